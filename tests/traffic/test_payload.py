"""Payloads: what bytes say, read once."""

from __future__ import annotations

import json
import time

import pytest

from run_contracts.traffic.payload import Payload
from tests.checks.written_traffic import stream
from tests.samples import run

STREAM = stream(("thread.run.queued", run("queued")), ("done", "[DONE]"))
PAGE = {"object": "list", "data": [run("queued"), 7, {"object": "tea"}]}


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


READ = {
    "an object": (_json(run("queued")), [("", False)]),
    "the items of a list": (_json(PAGE), [("/data/0", True)]),
    "a stream": (
        stream(("thread.run.queued", run("queued")), ("done", "[DONE]")),
        [("line 1", False)],
    ),
    "a list in a stream": (stream((None, PAGE)), [("line 1: /data/0", True)]),
    "nothing": (b"", []),
    "no JSON": (b"<html>", []),
    "too deep": (b'{"object": "thread.run", "a": ' + b"[" * 900 + b"]" * 900 + b"}", []),
}


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("is_stream", [False, True])
def test_it_knows_the_runs_in_it_and_where_they_stand(name: str, *, is_stream: bool) -> None:
    """Whatever its header says it is."""
    data, places = READ[name]
    runs = Payload(data, is_stream=is_stream).objects["run"]
    assert [(placed.place, placed.is_item) for placed in runs] == places


def test_ids_are_found_at_any_depth_in_every_frame() -> None:
    """Also those of what a run belongs to."""
    data = stream((None, {"id": "a", "of": [{"step_id": "b", "name": "c"}]}), (None, {"id": "d"}))
    assert Payload(data).ids == ("a", "b", "d")


def test_what_has_come_of_a_stream_is_not_read_again() -> None:
    """A frame that is not whole yet is not there; one that is keeps its value."""
    data = stream((None, {"id": "run_1"}), (None, {"id": "run_2"}))
    begun = Payload(data[:-10], is_stream=True, is_whole=False)
    (frame,) = begun.frames
    read = begun.body_of(frame)
    whole = Payload(data, is_stream=True)
    whole.continues(begun)
    assert whole.body_of(frame) is read
    assert whole.ids == ("run_1", "run_2")


def test_what_is_no_json_may_hold_ids_all_the_same() -> None:
    """Nobody deletes what somebody named in a body that is cut off."""
    assert "asst_1" in Payload(b'{"assistant_id": "asst_1", "metadata": ').texts


def test_objects_of_a_long_stream_are_read_in_a_time_that_grows_as_they_do() -> None:
    """Of 60,000 events each is put to those of its kind once: a copy for each takes a minute."""
    event = b'event: thread.run.step.delta\ndata: {"object": "thread.run.step.delta"}\n\n'
    payload = Payload(event * 60_000, is_stream=True)
    assert len(payload.values) == 60_000
    started = time.process_time()
    assert len(payload.objects["run_step_delta"]) == 60_000
    assert time.process_time() - started < 3.0
