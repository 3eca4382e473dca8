"""Answers in archives whose reader left before their end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.file_verdicts import verdicts
from tests.samples import run

ENDED = "".join(
    f"event: thread.run.{name}\ndata: {json.dumps(run(status))}\n\n"
    for name, status in (("created", "queued"), ("completed", "completed"))
)
"""A stream without its end marker, in which the run came to rest."""
TYPE = [{"name": "Content-Type", "value": "text/event-stream"}]


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ({}, {"RUN-STREAM-003"}),
        ({"_error": "net::ERR_ABORTED"}, set()),
        ({"_failureText": "net::ERR_ABORTED"}, set()),
        ({"_error": None}, {"RUN-STREAM-003"}),
    ],
)
def test_a_stream_that_was_left_need_not_have_ended(
    left: Any, expected: set[str], tmp_path: Path
) -> None:
    """A browser says that its page closed it; only one that the server ended lacks its end."""
    entry = {
        "startedDateTime": "2026-11-29T08:00:00.000Z",
        "time": 5,
        "request": {
            "method": "POST",
            "url": "http://h/v1/threads/thread_1/runs",
            "headers": [],
            "postData": {"text": json.dumps({"assistant_id": "asst_1", "stream": True})},
        },
        "response": {
            "status": 200,
            "headers": TYPE,
            "content": {"text": ENDED},
            **left,
        },
    }
    file = tmp_path / "traffic.har"
    file.write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
    judged = verdicts(file_parts(file), AskedFor(), 100)
    found = {said.requirement for one in judged for said in one.said}
    assert found & {"RUN-STREAM-003"} == expected
