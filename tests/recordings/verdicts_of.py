"""What is said of a recording, as the command would say it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.formats.exchange_records import PartNames
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.part_verdict import judged_part
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.spoken import Spoken


class Verdicts(NamedTuple):
    """The answers of a file by what they amount to, the requirements broken, all that is said."""

    answers: Counter[Standing]
    broken: set[str]
    said: list[str]
    spoken: Counter[Spoken]
    form: str


def verdicts_of(file: Path, names: PartNames | None = None, *, is_alone: bool = False) -> Verdicts:
    """Return the verdicts on a file."""
    asked = AskedFor(is_alone=is_alone)
    every = [judged_part(part, asked, 1000) for part in file_parts(file, names)]
    return Verdicts(
        sum((one.answers for one in every), Counter()),
        {said.requirement for one in every for said in one.said if said.requirement},
        [said.text for one in every for said in one.said],
        sum((one.spoken for one in every), Counter()),
        every[0].form if every else "",
    )
