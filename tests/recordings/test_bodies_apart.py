"""Bodies in files of their own are read with the recording that names them, and no other file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from run_contracts.filesystem.opening import STANDARD_INPUT
from run_contracts.recordings import bodies_apart
from run_contracts.recordings.bodies_apart import BodiesApart
from run_contracts.recordings.expanding import expanded
from run_contracts.recordings.file_reading import entries
from run_contracts.recordings.formats.exchange_records import PartNames
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.recorded import Recorded, Unread
from run_contracts.traffic.exchange import Response
from tests.recordings.verdicts_of import verdicts_of
from tests.samples import run

THREAD = "/v1/threads/thread_1"
RUN = f"{THREAD}/runs/run_1"
NAME = "body-run.json"


def _archive(name: str, *, sent: str | None = None) -> Any:
    posted = {"postData": {"text": "", "_file": sent}} if sent else {}
    asked = {"method": "POST" if sent else "GET", "url": f"http://x.invalid{RUN}", **posted}
    content = {"size": 1, "mimeType": "application/json", "_file": name}
    return {"log": {"entries": [{"request": asked, "response": _answer(content=content)}]}}


def _answer(**rest: Any) -> Any:
    return {"status": 200, "headers": [], **rest}


def _stub(name: str) -> Any:
    return {
        "request": {"method": "GET", "url": RUN},
        "response": {"status": 200, "bodyFileName": name},
    }


def _environment(name: str) -> Any:
    answer = {"statusCode": 200, "bodyType": "FILE", "filePath": name}
    route = {"method": "get", "endpoint": RUN.lstrip("/"), "responses": [answer]}
    return {"routes": [route], "endpointPrefix": ""}


LAID_OUT = {
    "Playwright": ("session.har", NAME, _archive),
    "WireMock": ("mappings/runs/one.json", f"__files/{NAME}", _stub),
    "WireMock, all stubs in one": ("stubs.json", f"__files/{NAME}", _stub),
    "Mockoon": ("mockoon.json", NAME, _environment),
    "Mockoon, in a folder": ("mockoon.json", f"bodies/{NAME}", _environment),
}
"""Where recorders put a recording and a body of it, and what the recording says then."""


def _written(folder: Path, form: str, body: Any) -> Path:
    recording, beside, document = LAID_OUT[form]
    named = NAME if form.startswith("WireMock") else beside
    _put(folder / beside, body)
    return _put(folder / recording, document(named))


def _put(file: Path, value: Any) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value))
    return file


@pytest.mark.parametrize("form", LAID_OUT)
def test_a_right_body_in_a_file_of_its_own_holds(tmp_path: Path, form: str) -> None:
    """It is read from where its recorder puts it."""
    found = verdicts_of(_written(tmp_path, form, run()))
    assert found.answers == {Standing.HOLDS: 1}, found.said


@pytest.mark.parametrize("form", LAID_OUT)
def test_a_wrong_body_in_a_file_of_its_own_breaks_its_rule(tmp_path: Path, form: str) -> None:
    """It is judged as one that stands in the recording."""
    assert verdicts_of(_written(tmp_path, form, run(model=7))).broken == {"RUN-SHAPE-015"}


def test_the_body_of_a_request_is_read_too(tmp_path: Path) -> None:
    """What was sent is known as if it stood in the archive."""
    _put(tmp_path / "sent.json", {"metadata": {}})
    _put(tmp_path / NAME, run())
    (entry,) = entries(_put(tmp_path / "x.har", _archive(NAME, sent="sent.json")))
    assert isinstance(entry, Recorded)
    assert json.loads(entry.request.body) == {"metadata": {}}


def test_a_body_of_a_request_that_is_missing_is_one_that_nobody_kept(tmp_path: Path) -> None:
    """What was answered is judged all the same."""
    _put(tmp_path / NAME, run())
    found = verdicts_of(_put(tmp_path / "x.har", _archive(NAME, sent="missing.json")))
    assert found.answers == {Standing.HOLDS: 1}, found.said


def test_a_log_names_files_of_bodies(tmp_path: Path) -> None:
    """Under the usual names or those that are given, for the request and the answer."""
    _put(tmp_path / "sent.json", {"metadata": {}})
    _put(tmp_path / NAME, run())
    line = {"method": "POST", "url": RUN, "status": 200, "request_file": "sent.json"}
    log = tmp_path / "log.jsonl"
    names = PartNames.of(["response_file=kept_in"])
    for named, asked in (("response_file", None), ("kept_in", names)):
        log.write_text(f"{json.dumps(line | {named: NAME})}\n" * 2)
        (entry, _) = entries(log, asked)
        assert isinstance(entry, Recorded)
        assert json.loads(entry.request.body) == {"metadata": {}}
        assert entry.response.payload.body.value == run()


def _secret(folder: Path) -> Path:
    return _put(folder / "secret.json", run(model=7))


LEADING_OUT = {
    "up": lambda folder: "../secret.json",
    "absolute": lambda folder: str(folder / "secret.json"),
    "a link": lambda folder: "link.json",
    "a folder": lambda folder: ".",
    "a pipe": lambda folder: "pipe",
    "nothing": lambda folder: "nothing.json",
    "no name": lambda folder: "\0",
    "too long": lambda folder: "x" * 5000,
    "a link to itself": lambda folder: "loop",
}


@pytest.mark.parametrize("name", LEADING_OUT)
def test_a_recording_opens_no_file_elsewhere(tmp_path: Path, name: str) -> None:
    """What it names is a file in its own folder, or its body is not read."""
    secret, own = _secret(tmp_path), tmp_path / "own"
    own.mkdir()
    (own / "link.json").symlink_to(secret)
    (own / "loop").symlink_to(own / "loop")
    os.mkfifo(own / "pipe")
    (entry,) = entries(_put(own / "x.har", _archive(LEADING_OUT[name](tmp_path))))
    assert isinstance(entry, Unread)
    assert "which is not beside it" in entry.reason
    assert len(entry.reason) < 200


def test_only_stubs_are_looked_for_beside_their_folder(tmp_path: Path) -> None:
    """A folder called mappings opens nothing above it but that of the bodies."""
    _secret(tmp_path)
    (entry,) = entries(_put(tmp_path / "mappings" / "x.json", _stub("../secret.json")))
    assert isinstance(entry, Unread)
    (entry,) = entries(_put(tmp_path / "mappings" / "x.har", _archive("secret.json")))
    assert isinstance(entry, Unread)


def test_a_body_that_is_a_template_is_not_judged(tmp_path: Path) -> None:
    """What is filled in when it is sent is no answer yet."""
    file = _written(tmp_path, "WireMock", {"id": "{{randomValue}}"})
    assert verdicts_of(file).answers == {Standing.NOT_READ: 1}


def test_bodies_are_read_up_to_a_sum(tmp_path: Path) -> None:
    """A small archive that names one large file very often costs no more than a large archive."""
    _put(tmp_path / NAME, run())
    file = _put(tmp_path / "x.har", _archive(NAME))
    again = Recorded(response=Response(status=200), response_file=NAME)
    size = (tmp_path / NAME).stat().st_size
    read = list(BodiesApart(str(file), most=2 * size).joined([again] * 3))
    assert [type(entry) for entry in read] == [Recorded, Recorded, Unread]
    assert "too large" in str(read[2])


def test_a_body_longer_than_any_that_is_judged_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that stands in the recording."""
    monkeypatch.setattr(bodies_apart, "BODY_LIMIT", 10)
    (entry,) = entries(_written(tmp_path, "Playwright", run()))
    assert isinstance(entry, Unread)
    assert "at most" in entry.reason


def test_a_recording_from_a_pipe_has_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies in no folder, and that of whoever runs the command is not its own."""
    _put(tmp_path / NAME, run())
    monkeypatch.chdir(tmp_path)
    given = Recorded(response=Response(status=200), response_file=NAME)
    (entry,) = BodiesApart(STANDARD_INPUT).joined([given])
    assert isinstance(entry, Unread)
    assert entry.reason == f"its body is in the file '{NAME}', which is not beside it"


def test_a_folder_means_its_recordings_with_their_bodies(tmp_path: Path) -> None:
    """Bodies are no recordings of their own: what was sent says nothing of a server."""
    stub = _written(tmp_path / "wiremock", "WireMock", run())
    body = f"{'0a' * 20}.json"
    _put(tmp_path / "har" / body, {"model": "gpt-4o"})
    archive = _put(tmp_path / "har" / "x.har", _archive(body))
    assert [file for file, _ in expanded([str(tmp_path)])] == [str(archive), str(stub)]
