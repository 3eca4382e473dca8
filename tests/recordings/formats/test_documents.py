"""Every form of document: what is read of it, and what is judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from run_contracts.recordings.file_reading import entries
from run_contracts.recordings.formats import format_of
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.recorded import Recorded, Unread
from tests.recordings.calls import BROKEN, HOST, Call, calls, wrong
from tests.recordings.documents_of_calls import (
    STUBS,
    TEXTS_ONLY,
    WITHOUT_REQUESTS,
    WRITERS,
    har,
    nock,
    vcr,
)
from tests.recordings.verdicts_of import verdicts_of

HOLD, BREAK = Standing.HOLDS, Standing.BROKEN


def _write(file: Path, document: Any) -> Path:
    is_json = file.suffix == ".json"
    file.write_text(json.dumps(document) if is_json else yaml.safe_dump(document))
    return file


@pytest.fixture(name="file", params=["json", "yaml"])
def _file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return tmp_path / f"x.{request.param}"


def _is_written(name: str, file: Path) -> bool:
    """Say whether recorders write a form so: only cassettes are YAML, and bytes only there."""
    is_cassette = name.startswith(("vcr", "Ruby", "Betamax")) and "list" not in name
    return is_cassette if file.suffix == ".yaml" else name not in TEXTS_ONLY


@pytest.mark.parametrize("name", WRITERS)
def test_all_that_was_kept_is_read(name: str, file: Path) -> None:
    """Requests, statuses, bodies and headers come in order, each with its place."""
    if not _is_written(name, file):
        pytest.skip("no recorder writes it so")
    read = entries(_write(file, WRITERS[name](calls())))
    assert all(isinstance(entry, Recorded) for entry in read)
    for entry, call in zip(read, calls(), strict=True):
        assert isinstance(entry, Recorded)
        assert entry.place
        assert entry.is_stub is (name in STUBS)
        _assert_is_call(entry, call, name)


def _assert_is_call(entry: Recorded, call: Call, name: str) -> None:
    assert entry.response.payload.body.value == call.answer
    assert entry.response.media_type == call.media_type
    if name in WITHOUT_REQUESTS:
        assert not entry.has_request
        return
    assert (entry.request.method, entry.response.status) == (call.method, call.status)
    path = call.path.partition("?")[0] if name == "Mockoon" else call.path
    assert entry.request.url.endswith(path)
    if name not in STUBS:
        assert entry.request.url == HOST + call.path
        assert entry.request.payload.body.value == call.sent
    if entry.at:
        assert entry.at == call.at


WITH_MOMENTS = ("HAR", "Ruby's VCR", "Betamax", "OpenTelemetry spans", "Langfuse")


@pytest.mark.parametrize("name", WITH_MOMENTS)
def test_moments_are_read(name: str, tmp_path: Path) -> None:
    """A recorder that keeps when something was asked for is believed."""
    read = entries(_write(tmp_path / "x.json", WRITERS[name](calls())))
    assert [one.at for one in read if isinstance(one, Recorded)] == [one.at for one in calls()]


@pytest.mark.parametrize("name", WRITERS)
def test_a_right_recording_holds_and_a_wrong_one_breaks_its_rule(name: str, file: Path) -> None:
    """In every form the same is right, and the same is wrong, by the same one rule."""
    if not _is_written(name, file):
        pytest.skip("no recorder writes it so")
    right = verdicts_of(_write(file, WRITERS[name](calls())))
    assert (right.answers, right.said) == ({HOLD: 5}, [])
    broken = verdicts_of(_write(file, WRITERS[name](wrong())))
    assert (broken.answers, broken.broken) == ({HOLD: 3, BREAK: 2}, {BROKEN})


LISTS = {
    "HAR": ("log", "entries"),
    "vcrpy": ("interactions",),
    "Ruby's VCR": ("http_interactions",),
    "WireMock, jsonBody": ("mappings",),
    "Azure test proxy": ("Entries",),
    "nock": (),
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "damage", [None, 7, "x", [], {}, {"request": 1, "response": {"status": 2}}]
)
def test_what_is_wrong_with_one_entry_costs_no_other(
    name: str, damage: Any, tmp_path: Path
) -> None:
    """An entry of another form is named, and the others are judged."""
    document = listed = WRITERS[name](calls())
    for key in LISTS[name]:
        listed = listed[key]
    listed[4] = damage
    read = entries(_write(tmp_path / "x.json", document))
    assert [type(one) for one in read[:4]] == [Recorded] * 4
    assert all(isinstance(one, Unread) and "5" in one.place for one in read[4:])
    assert len(read) == 5


@pytest.mark.parametrize("name", WRITERS)
def test_each_form_is_recognised_as_itself(name: str) -> None:
    """No form takes another for its own."""
    form = format_of(WRITERS[name](calls()))
    assert form is not None
    known = {"vcrpy": "VCR", "Ruby's": "VCR", "Betamax": "VCR", "vcrpy,": "VCR"}
    first = name.split(maxsplit=1)[0].rstrip(",")
    assert form.name.startswith(known.get(first, first))


def test_what_was_never_answered_is_passed_over(tmp_path: Path) -> None:
    """A browser keeps what it gave up with status 0, and sockets that are no HTTP of ours."""
    document = har(calls())
    given_up = {"request": {"method": "GET", "url": HOST}, "response": {"status": 0, "_error": "x"}}
    socket = {
        "request": {"method": "GET", "url": "ws://127.0.0.1:1234/x", "headers": []},
        "response": {"status": 101, "headers": [], "content": {}},
        "_webSocketMessages": [{"type": "send", "data": "x"}],
        "startedDateTime": "2027-01-15T08:00:00Z",
        "time": -1,
    }
    document["log"]["entries"] += [given_up, socket]
    found = verdicts_of(_write(tmp_path / "x.json", document))
    assert (found.answers, found.said) == ({HOLD: 5, Standing.BESIDE: 1}, [])


def test_what_is_said_to_be_base64_and_is_not_is_named(tmp_path: Path) -> None:
    """A body that cannot be decoded is no fault of a server."""
    document = vcr(calls()[:1], body=lambda _: {"base64_string": "x"})
    (entry,) = entries(_write(tmp_path / "x.json", document))
    assert entry == Unread("interaction 1", "a body is said to be base64 and is not")


STUB_PATHS = {
    "urlPathTemplate": "/v1/threads/{thread_id}/runs/{run_id}",
    "urlPathPattern": "/v1/threads/[^/]+/runs/.*",
    "urlPattern": "^/v1/threads/([a-z_0-9]+)/runs/run_1$",
}


@pytest.mark.parametrize("name", STUB_PATHS)
def test_a_stub_of_any_thread_is_judged(name: str, tmp_path: Path) -> None:
    """Parameters and patterns stand for ids that are not known, and its answer is judged."""
    document = WRITERS["WireMock, jsonBody"](wrong()[2:3])
    document["mappings"][0]["request"] = {"method": "GET", name: STUB_PATHS[name]}
    found = verdicts_of(_write(tmp_path / "x.json", document))
    assert (found.answers, found.broken) == ({BREAK: 1}, {BROKEN})


def test_stubs_may_stand_in_any_order(tmp_path: Path) -> None:
    """Each is answered whenever it is asked for: no history is made of them."""
    for name in sorted(STUBS):
        document = WRITERS[name](calls()[::-1])
        assert verdicts_of(_write(tmp_path / "x.json", document)).answers == {HOLD: 5}, name


def test_what_a_stub_fills_in_later_is_not_read(tmp_path: Path) -> None:
    """A body that is a template, or stands in another file, is not what is answered."""
    document = WRITERS["WireMock, body"](calls()[:3])
    answers = [one["response"] for one in document["mappings"]]
    answers[0]["body"] = '{"id": "{{request.path.[3]}}"}'
    answers[1] = {"status": 200, "bodyFileName": "run.json"}
    document["mappings"][1]["response"] = answers[1]
    read = entries(_write(tmp_path / "x.json", document))
    assert [isinstance(one, Unread) for one in read] == [True, True, False]


def test_a_body_that_is_named_binary_is_read_as_hexadecimal(tmp_path: Path) -> None:
    """Nock keeps what was compressed in parts of hexadecimal, one text if it is short."""
    document = nock(calls(), is_gzipped=True)
    for one in document:
        one["response"] = "".join(one["response"])
    assert verdicts_of(_write(tmp_path / "x.json", document)).answers == {HOLD: 5}


@pytest.mark.parametrize("form", ["lines", "an array", "one"])
def test_entries_of_an_archive_are_read_without_it(form: str, tmp_path: Path) -> None:
    """What `jq` takes out of an archive is judged as the archive is."""
    entries_ = WRITERS["HAR"](wrong())["log"]["entries"]
    if form == "one":
        entries_ = entries_[:1]
    lines = "\n".join(map(json.dumps, entries_)) + "\n"
    file = tmp_path / ("x.json" if form == "an array" else "x.jsonl")
    file.write_text(json.dumps(entries_) if form == "an array" else lines)
    found = verdicts_of(file)
    if form == "one":
        assert (found.answers, found.broken) == ({Standing.HOLDS: 1}, set())
    else:
        counts = {Standing.HOLDS: 3, Standing.BROKEN: 2}
        assert (found.answers, found.broken) == (counts, {BROKEN})
