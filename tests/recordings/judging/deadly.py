"""Pieces of recordings that end the process that judges them, as one out of memory is ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import parent_process

from run_contracts.recordings.file_parts import BareLines, FilePart
from run_contracts.recordings.judging.jobs import WholeFile


def _end_a_worker() -> None:
    if parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlyLines(BareLines):
    """Lines that no worker survives."""

    def answers(self) -> Iterator[tuple[int, bytes]]:
        _end_a_worker()
        return BareLines.answers(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingLines(BareLines):
    """Lines that show an error of ours."""

    def answers(self) -> Iterator[tuple[int, bytes]]:
        raise RuntimeError("it cannot be")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlyFile(WholeFile):
    """A file that no worker survives as a whole."""

    def parts(self) -> Iterator[FilePart]:
        _end_a_worker()
        return WholeFile.parts(self)
