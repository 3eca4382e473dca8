"""Each form of recording: whether it is read, by which library, and what is said of it."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml
from tests.recordings.calls import BROKEN, calls, wrong
from tests.recordings.documents_of_calls import TEXTS_ONLY, WRITERS
from tests.recordings.records_of_calls import RECORDERS
from tests.recordings.verdicts_of import verdicts_of

from run_contracts.errors import UsageError
from run_contracts.recordings.expanding import expanded
from run_contracts.recordings.file_reading import entries
from run_contracts.recordings.judging.standings import Standing, counted
from run_contracts.recordings.recorded import Recorded

RECORDED = "RUN_CONTRACTS_RECORDED"
"""Names a folder of recorded traffic that is right, if there is one."""


class Written(NamedTuple):
    form: str
    right: str
    wrong: str


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks formats")
    parser.add_argument("--recorded", default=os.environ.get(RECORDED), help="a folder of traffic")
    folder = parser.parse_args(arguments).recorded
    _of_documents()
    if folder:
        _of_folder(folder)


def _written() -> Iterator[Written]:
    for name, write in WRITERS.items():
        as_text = yaml.safe_dump if name in TEXTS_ONLY else json.dumps
        yield Written(name, as_text(write(calls())), as_text(write(wrong())))
    for name, record in RECORDERS.items():
        right, broken = (
            "".join(json.dumps(record(call)) + "\n" for call in of) for of in (calls(), wrong())
        )
        yield Written(f"lines of {name}", right, broken)


def _of_documents() -> None:
    print("form, read by: entries; a right session; the same with one wrong run; read as")
    total, right = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "x")
        for one in _written():
            file.write_text(one.right, encoding="utf-8")
            held = verdicts_of(file)
            number = sum(isinstance(entry, Recorded) for entry in entries(file))
            file.write_text(one.wrong, encoding="utf-8")
            broken = verdicts_of(file)
            total += 1
            is_right = not held.broken and broken.broken == {BROKEN} and number
            right += bool(is_right)
            spoken = {said.edition for said in held.spoken}
            print(f"{one.form} ({held.form}): {number}; {counted(held.answers)};", end=" ")
            print(f"{counted(broken.answers)}; {', '.join(sorted(spoken))}")
    print(f"{right} of {total} forms are read, hold, and break {BROKEN} alone")


def _of_folder(folder: str) -> None:
    answers: Counter[Standing] = Counter()
    broken: Counter[str] = Counter()
    spoken: Counter[str] = Counter()
    files = 0
    for name, _ in expanded([folder]):
        try:
            found = verdicts_of(Path(name))
        except UsageError as error:
            print(error)
            continue
        files += 1
        answers += found.answers
        broken.update(found.broken)
        spoken.update({str(said.dialect or said.edition): n for said, n in found.spoken.items()})
    print(f"recorded traffic: {files} files, {answers.total():,} answers: {counted(answers)}")
    print(f"  requirements broken, by files: {dict(broken.most_common()) or 'none'}")
    print(f"  read as: {dict(spoken.most_common())}")
