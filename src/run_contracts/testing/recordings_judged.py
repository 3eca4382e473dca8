"""Recordings judged in a test session: `assert_recording`, and what one file amounts to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from run_contracts.errors import UsageError
from run_contracts.recordings.file_parts import Entries, FilePart
from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.formats.exchange_records import PartNames
from run_contracts.recordings.judging.asked_for import AskedFor, Side
from run_contracts.recordings.judging.file_verdicts import verdicts
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.judging.tally import MOST_SAID, Tally
from run_contracts.recordings.value_entries import found_in
from run_contracts.types import DialectName, Edition

NAMELESS_RECORDING = "the recording"
VERIFIED_STANDINGS = frozenset({Standing.HOLDS, Standing.BROKEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingVerdict:
    """What a recording amounts to: its findings in lines, and why nothing of it was judged."""

    findings: tuple[str, ...]
    remarks: tuple[str, ...]
    is_broken: bool
    is_verified: bool
    is_our_error: bool
    reading: str

    @property
    def text(self) -> str:
        """The findings, and by what contract they are."""
        return "\n".join([*self.findings, self.reading])


def judge_file(file: str | os.PathLike[str], asked: AskedFor) -> RecordingVerdict:
    """Return the verdict on a file; raise `UsageError` for one that cannot be read."""
    return _verdict(file_parts(file), os.fspath(file), asked)


def _verdict(parts: Iterable[FilePart], name: str, asked: AskedFor) -> RecordingVerdict:
    tally = Tally(name, 0)
    said = [one for verdict in verdicts(parts, asked, MOST_SAID) for one in tally.add(verdict)]
    said += tally.ending()
    return RecordingVerdict(
        findings=tuple(one.text for one in said if one.requirement),
        remarks=tuple(one.text for one in said if not one.requirement),
        is_broken=tally.answers[Standing.BROKEN] > 0,
        is_verified=any(tally.answers[one] for one in VERIFIED_STANDINGS),
        is_our_error=tally.answers[Standing.OUR_ERROR] > 0,
        reading="\n".join(f"read as {spoken}" for spoken in tally.spoken),
    )


class AssertRecording:
    """Asserts that a recording, or a stub, keeps the contract.

    >>> AssertRecording()({"error": {"message": "no", "type": "t", "param": 7, "code": None}})
    Traceback (most recent call last):
    AssertionError: the recording: RUN-ERR-004 (MUST) at /error/param: ...
    """

    def __call__(  # noqa: PLR0913 - what may be asked for
        self,
        recording: Any,
        *,
        edition: Edition | None = None,
        dialect: DialectName | None = None,
        judges: Side = "server",
        strict: bool = False,
        alone: bool = False,
    ) -> None:
        """Raise an `AssertionError` with every broken MUST; with `strict` every SHOULD, too.

        A recording is a path, or what one holds as decoded JSON: a cassette, stubs of WireMock or
        nock, a HAR, records of exchanges with method, url, status and body, or answers alone.
        Edition and dialect are found out unless they are given; `judges` says whose side is judged:
        server, client or both; `alone` that nobody else changed the runs, threads and assistants
        meanwhile. Raises `UsageError` for what is no recording.
        """
        __tracebackhide__ = True
        is_file = isinstance(recording, str | os.PathLike)
        asked = AskedFor.named(edition, dialect, judges=judges, is_alone=alone)
        if is_file:
            verdict = judge_file(recording, asked)
        else:
            verdict = _verdict(_parts(recording), NAMELESS_RECORDING, asked)
        if not verdict.is_verified:
            raise UsageError("; ".join(verdict.remarks) or "there is nothing to judge in it")
        if verdict.is_broken or (strict and verdict.findings):
            raise AssertionError(verdict.text)

    def __repr__(self) -> str:
        return "<assert_recording>"


def _parts(document: Any) -> Iterator[Entries]:
    found = found_in(document, PartNames())
    yield Entries(name=NAMELESS_RECORDING, entries=found.entries, form=found.form)


def meant_files(names: Iterable[str], folder: Path) -> frozenset[Path]:
    """Return the files that names mean in a folder; raise `UsageError` for one that means none."""
    from run_contracts.recordings.expanding import expanded  # noqa: PLC0415 - only here

    files: set[Path] = set()
    for name in names:
        meant = {Path(file).resolve() for file, _ in expanded([str(folder / name)])}
        if not meant or not all(file.is_file() for file in meant):
            raise UsageError(f"run_contracts_cassettes: {name} means no file in {folder}")
        files |= meant
    return frozenset(files)
