"""Everything that reads a file that somebody names, by name: a real file, and what reads it.

A new reader has a line here; the rest follows.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from io import StringIO
from pathlib import Path
from random import Random
from typing import NamedTuple

import click

from run_contracts.cli import cli
from run_contracts.cli.configuration import defaults
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import register
from run_contracts.engine.baseline import toml_file
from run_contracts.errors import UsageError
from run_contracts.events import Created, Creating, Deleted, Exchanged
from run_contracts.filesystem.single_line import line
from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.file_verdicts import verdicts
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.playing.play import Play
from run_contracts.recordings.playing.playable import played_recording
from run_contracts.recordings.playing.unrecorded import refusal
from run_contracts.report import jsonlines
from run_contracts.report.ledger_files import KeptLedger
from tests.engine.decoding import checked
from tests.fuzz.mutations import mutated
from tests.samples import page, run

SECONDS = 2.0
"""Of cpu time that reading a small file may take."""
LONGEST = 2000
"""Characters of a complaint."""
BASELINE = b"""\
[[known]]
id = "RUN-LIFE-002"
fingerprint = "createRun/status: no-move, found string"
reason = "our gateway is slow"
expires = 2027-03-31
link = "https://example.com/1"
profile = "full"

[[known]]
id = "RUN-LIST-005"
failures = ["RUN-LIST-005 listRuns/has_more: const, found boolean"]
reason = "known"
expires = 2027-03-31
"""
CONFIGURATION = b"""\
[project]
name = "x"

[tool.run-contracts]
edition = "v2"

[tool.run-contracts.check]
profile = "smoke"
seed = 7
only = ["RUN-LIFE-002"]
header = ["X-Team: blue"]
fail-under = 12.5
strict = true
"""
STREAM = b"".join(
    f"event: thread.run.{name}\ndata: {json.dumps(run(status))}\n\n".encode()
    for name, status in (("created", "queued"), ("completed", "completed"))
)


class Reader(NamedTuple):
    """What reads files of a name, and a real one."""

    file: str
    real: Callable[[], bytes]
    read: Callable[[Path], object]


@cache
def _report() -> bytes:
    """Return the report of a check that found something, short enough to be read often."""
    file = StringIO()
    exchanged = 0
    for event in checked("RUN-LIST-005", "v2"):
        exchanged += isinstance(event, Exchanged)
        if not isinstance(event, Exchanged) or exchanged < 8:
            jsonlines.write(event, file)
    return file.getvalue().encode()


@cache
def _ledger() -> bytes:
    """Return what a check writes down of what it creates."""
    happened: list[Creating | Created | Deleted] = []
    for number in range(1, 6):
        path = f"/threads/thread_{number}"
        happened.append(Creating(number=number, source="limits", home="/threads", at=1.5))
        happened.append(Created(number=number, path=path, is_shown=True))
        happened += [Deleted(path=path)] if number % 2 else []
    started = _report().split(b"\n")[:1]
    return b"".join([*started, b"\n", *map(jsonlines.as_line, happened)])


def _lines() -> bytes:
    values = (run(), page(run(), run(id="run_2")), run(model=7), {"error": {"message": "no"}})
    return b"\n".join(json.dumps(value).encode() for value in values)


def _configured(file: Path) -> object:
    """Return the options of a check that a pyproject.toml sets."""
    context = click.Context(cli)
    context.invoked_subcommand = "check"
    return defaults(cli, context, file.parent)


def _judged(file: Path) -> object:
    """Judge a recording; an error of ours on the way is one."""
    answers = Counter[Standing]()
    for verdict in verdicts(file_parts(file), AskedFor(), 50):
        answers += verdict.answers
        for said in verdict.said:
            _check(said.text)
            assert verdict.answers[Standing.OUR_ERROR] == 0, said.text
    return answers


def _leniently(file: Path) -> object:
    _, complaints = toml_file.read_leniently(file)
    for complaint in complaints:
        _check(complaint)
    return complaints


def _named(file: Path) -> object:
    """Look up what a file holds as the name of an edition, a dialect, a requirement."""
    name = file.read_bytes()[:5000].decode("utf-8", errors="surrogateescape")
    failures: list[UsageError] = []
    for look_up in (load, lambda text: load("v2", dialect=text), register("v2").__getitem__):
        try:
            look_up(name)  # type: ignore[operator]
        except UsageError as error:
            failures.append(error)
    for failure in failures:
        _check(str(failure))
    return failures


def _played(file: Path) -> object:
    """Play a recording from its beginning to its end, and once more what is used up."""
    recording = played_recording([file])
    _check(str(recording).replace(str(file.parent), ""))
    play = Play(recording, "0")
    for one in (*recording.exchanges, *recording.exchanges):
        if play.answer(one.request) is None:
            status, body = refusal(play, one.request)
            assert status in {404, 409}
            _check(json.loads(body)["error"]["message"])
        play.as_played(one.response.body)
    return play


def _session() -> bytes:
    """Return a recording of a client that creates a thread and a run, and polls it."""
    path = "http://host/v1/threads"
    asked: list[tuple[str, str, object, object]] = [
        ("POST", path, {"messages": [{"role": "user", "content": "Hi."}]}, {"id": "thread_1"}),
        ("POST", f"{path}/thread_1/runs", {"assistant_id": "asst_1"}, run("queued")),
        *(("GET", f"{path}/thread_1/runs/run_1?a=1", {}, run("completed")) for _ in range(3)),
    ]
    entries = [
        {
            "request": {"method": method, "url": url, "postData": {"text": json.dumps(sent)}},
            "response": {"status": 200, "content": {"text": json.dumps(answer)}},
            "time": 3.5,
        }
        for method, url, sent, answer in asked
    ]
    return json.dumps({"log": {"entries": entries}}).encode()


READERS = {
    "report": Reader("check.jsonl", _report, jsonlines.read),
    "cut report": Reader("check.jsonl", _report, lambda file: jsonlines.read(file, is_whole=False)),
    "ledger": Reader("ledger.jsonl", _ledger, KeptLedger),
    "baseline": Reader("known.toml", lambda: BASELINE, _leniently),
    "configuration": Reader("pyproject.toml", lambda: CONFIGURATION, _configured),
    "answer": Reader("run.json", lambda: json.dumps(run()).encode(), _judged),
    "list": Reader("runs.json", lambda: json.dumps(page(run(), run(id="r"))).encode(), _judged),
    "lines": Reader("runs.jsonl", _lines, _judged),
    "stream": Reader("run.sse", lambda: STREAM + b"event: done\ndata: [DONE]\n\n", _judged),
    "played": Reader("session.har", _session, _played),
    "name": Reader("name.txt", lambda: b"openai-2023-11", _named),
}


def tried(name: str, data: bytes, folder: Path) -> str:
    """Read bytes as a file; return ``read`` or ``refused``, and raise whatever else happens.

    A file is read, or refused in one line, in a short time.
    """
    reader = READERS[name]
    file = folder / reader.file
    file.write_bytes(data)
    started = time.process_time()
    outcome = "read"
    try:
        reader.read(file)
    except UsageError as error:
        outcome = "refused"
        _check(str(error).replace(str(folder), ""))
    spent = time.process_time() - started
    assert spent < SECONDS, f"{name}: {spent:.1f} s of cpu time"
    return outcome


def _check(complaint: str) -> None:
    """Assert that a complaint is one line of a length that can be read."""
    assert line(complaint) == complaint, repr(complaint)
    assert 0 < len(complaint) <= LONGEST, f"{len(complaint)}: {complaint[:200]}"


def mutated_file(name: str, seed: int | str) -> bytes:
    """Return the real file of a reader made wrong; the same for the same seed."""
    return mutated(READERS[name].real(), Random(f"{name} {seed}"))
