"""Jobs: a part of a recording or a short file, judged by whichever process has it, the same."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from run_contracts.errors import UsageError
from run_contracts.filesystem.remote import is_url, size_of
from run_contracts.filesystem.single_line import name_of
from run_contracts.recordings.bodies_apart import BodiesElsewhere
from run_contracts.recordings.file_parts import FilePart
from run_contracts.recordings.file_reading import data_parts, file_parts
from run_contracts.recordings.formats.exchange_records import PartNames
from run_contracts.recordings.judging.across_parts import AcrossParts
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.findings import not_judged, own_error
from run_contracts.recordings.judging.part_verdict import PartVerdict, judged_part
from run_contracts.recordings.judging.standings import Standing

MOST_SAID_AT_ONCE = 4 * 1024**2
"""Characters of findings that one job may have; a file with more is judged part by part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeFile:
    """A file that one process reads and judges; `data` are its bytes, where it cannot open it.

    One of more than `longest` bytes is not judged as a whole.
    """

    file: str
    names: PartNames
    longest: int
    data: bytes | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Its name as it may be shown."""
        return name_of(self.file)

    def parts(self) -> Iterator[FilePart]:
        """Yield its parts, as they are read everywhere; raise `BodiesElsewhere` if need be."""
        if self.data is None:
            return file_parts(self.file, self.names)
        return data_parts(self.data, self.file, self.names)


Piece = FilePart | WholeFile
"""What one process judges at once."""


class Answer(NamedTuple):
    """The verdicts on a piece part by part, and why what follows cannot be read."""

    verdicts: tuple[PartVerdict, ...] = ()
    refused: str = ""


class Job(NamedTuple):
    """A piece, by what it is judged, and how many findings are said of each part of it."""

    piece: Piece
    asked: AskedFor
    room: int

    def answer(self) -> Answer | None:
        """Return what becomes of it; None of a file that cannot be judged as a whole here.

        An error of ours costs the rest of the piece, and is named.
        """
        if isinstance(self.piece, WholeFile):
            return self._of_file(self.piece)
        try:
            return Answer((judged_part(self.piece, self.asked, self.room),))
        except Exception as error:
            return failed(self.piece.name, error)

    def _of_file(self, file: WholeFile) -> Answer | None:
        verdicts: list[PartVerdict] = []
        read = said = 0
        try:
            if is_url(file.file) and size_of(file.file) > file.longest:
                return None
            for verdict in joined(_each(file.parts(), self), self.asked, self.room):
                verdicts.append(verdict)
                read += verdict.size
                said += sum(len(one.text) + len(one.alike) for one in verdict.said)
                if read > file.longest or said > MOST_SAID_AT_ONCE:
                    return None
        except BodiesElsewhere:
            return None
        except UsageError as error:
            return Answer(tuple(verdicts), str(error))
        except Exception as error:
            verdicts += failed(file.name, error).verdicts
        return Answer(tuple(verdicts))


def joined(
    each: Iterable[tuple[FilePart, PartVerdict]], asked: AskedFor, room: int
) -> Iterator[PartVerdict]:
    """Yield the verdict on each part of a file together with what came before it there."""
    across = AcrossParts(asked)
    for part, verdict in each:
        yield across.joined(part, verdict, room)


def _each(parts: Iterable[FilePart], job: Job) -> Iterator[tuple[FilePart, PartVerdict]]:
    return ((part, judged_part(part, job.asked, job.room)) for part in parts)


def failed(name: str, error: Exception) -> Answer:
    """Return the answer for what an error of ours kept from being judged; raise it to debug it."""
    if os.environ.get("RUN_CONTRACTS_DEBUG"):
        raise error
    return unjudged(name, error)


def unjudged(name: str, error: Exception) -> Answer:
    """Return the answer of a piece of which an error of ours says nothing but that it was one."""
    said = (not_judged(name, own_error(error)).said,)
    return Answer((PartVerdict(size=0, answers=Counter({Standing.OUR_ERROR: 1}), said=said),))
