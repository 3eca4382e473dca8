"""What tools write in other ways than usual, and what is a recording only at first sight."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.lost_bodies import CUT_BY_RECORDER, lost
from run_contracts.traffic.exchange import Response
from tests.recordings.calls import HOST, RUNS
from tests.recordings.verdicts_of import verdicts_of
from tests.samples import message, page, refusal, run

PAGE = json.dumps(page())
OK_HEAD = "HTTP/1.1 200 OK\r\n\r\n"
STUB = {"request": {"method": "GET", "urlPath": RUNS}, "response": {"jsonBody": page()}}
SPOKEN_OF = "upstream answered HTTP/1.1 502 Bad Gateway"
GO_VCR = {
    "version": 1,
    "interactions": [
        {
            "request": {"method": "GET", "url": HOST + RUNS, "headers": {}, "body": ""},
            "response": {"status": "200 OK", "code": 200, "headers": {}, "body": PAGE},
        }
    ],
}
PHP_VCR = [
    {
        "request": {"method": "GET", "url": HOST + RUNS, "headers": {}},
        "response": {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": PAGE},
    }
]
WRITTEN = message(
    content=[{"type": "text", "text": {"value": "a\u2028b", "annotations": []}}],
    status="completed",
    completed_at=1_800_000_000,
    incomplete_details=None,
    incomplete_at=None,
)
COMPLETED = {"event": "thread.message.completed", "data": json.dumps(WRITTEN, ensure_ascii=False)}
HOLD: dict[str, tuple[str, int]] = {
    "answers without a line break between them": ((OK_HEAD + PAGE) * 2, 2),
    "an error that speaks of HTTP": (
        f"HTTP/1.1 500 No\r\n\r\n{json.dumps(refusal(message=SPOKEN_OF))}\n",
        1,
    ),
    "curl that is shutting down": (
        f"* Trying\n> GET {RUNS} HTTP/1.1\n> Host: h\n> \n< HTTP/1.1 200 OK\n< \n{PAGE}"
        "* shutting down connection #0\n",
        1,
    ),
    "a proxy that connects first": (
        f"HTTP/1.1 200 Connection established\r\n\r\n{OK_HEAD}{PAGE}",
        1,
    ),
    "a request whose URL is none": (f"GET http://[::1 HTTP/1.1\r\n\r\n{OK_HEAD}{PAGE}", 1),
    "texts with a line break of their own": (
        "\n".join(json.dumps(one, ensure_ascii=False) for one in (COMPLETED, {"event": "done"})),
        1,
    ),
    "a stub that answers anything first": (
        json.dumps({"mappings": [{"request": {}, "response": {"proxyBaseUrl": "http://h"}}, STUB]}),
        1,
    ),
    "a stub without a status": (json.dumps(STUB), 1),
    "a stub that asks for cookies": (
        json.dumps(STUB | {"request": {**STUB["request"], "cookies": {"a": {"equalTo": "1"}}}}),
        1,
    ),
    "go-vcr": (yaml.safe_dump(GO_VCR), 1),
    "php-vcr": (yaml.safe_dump(PHP_VCR).replace("- request", "-\n  request"), 1),
    "an output that is text, of Langfuse": (
        json.dumps([{"id": "1", "traceId": "t", "type": "SPAN", "output": PAGE}]),
        1,
    ),
    "the end of a batch, with an error beside": (
        "\n".join(
            json.dumps({"url": HOST + RUNS, "status": 200, "response": page(), "error": None} | one)
            for one in ({"method": "GET"}, {"method": "GET", "at": 5})
        ),
        2,
    ),
}


@pytest.mark.parametrize("name", HOLD)
def test_what_a_tool_writes_otherwise_holds(name: str, tmp_path: Path) -> None:
    """Every answer in it is found, and nothing right in it is broken."""
    text, answers = HOLD[name]
    (tmp_path / "x.txt").write_text(text, newline="")
    found = verdicts_of(tmp_path / "x.txt")
    assert found.broken == set(), found.said
    assert found.answers[Standing.HOLDS] == answers, found.said


def _laughs() -> str:
    lines = ["x0: &x0 [lol]"]
    lines += [f"x{at}: &x{at} [{', '.join([f'*x{at - 1}'] * 10)}]" for at in range(1, 11)]
    return "\n".join(["version: 1", *lines, "interactions: [*x10]"])


LITTLE: dict[str, str] = {
    "lines of a log that have errors": '{"level": "error", "error": "refused", "msg": "x"}\n' * 2,
    "lines whose errors are objects": '{"level": 50, "error": {"stack": "x"}, "msg": "x"}\n' * 2,
    "an event that is no name": '{"event": [1], "a": 1}\n{"a": 2}\n',
    "a type that is no name": '{"output": 1, "type": []}',
    "a status in other digits": '{"url": "/v1/threads", "status": "\u00b2"}\n' * 2,
    "a status of many digits": f'{{"url": "/v1/threads", "status": {"9" * 4000}}}\n' * 2,
    "a collection that is a name": '{"collection": "x", "info": {}, "item": []}',
    "a log that is nested deep": json.dumps(
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": text}}]}]}]}
        if (text := '{"a":' * 100_000)
        else None
    ),
    "a log in the words of Python": json.dumps({"body": "{'a': 1} started", "attributes": {}}),
    "YAML with a date": "version: 1\nobject: thread.run\ncreated: 2024-01-01\n",
    "YAML within itself": "version: 1\nerror: &a [*a]\n",
    "YAML that stands for very much": _laughs(),
    "a path of many parts": json.dumps(
        {"request": {"method": "GET", "url": "/v1/threads" + "/a" * 120_000}, "response": STUB}
    ),
    "a stream that was taken out": json.dumps(
        {
            "log": {
                "entries": [
                    {
                        "request": {"method": "POST", "url": HOST + RUNS, "headers": []},
                        "response": {
                            "status": 200,
                            "headers": [{"name": "content-type", "value": "text/event-stream"}],
                            "content": {"text": "[REDACTED]"},
                        },
                    }
                ]
            }
        }
    ),
}


@pytest.mark.parametrize("name", LITTLE)
def test_what_is_no_answer_breaks_nothing(name: str, tmp_path: Path) -> None:
    """It is not judged, or not read, whatever is in it; nothing of ours fails at it."""
    (tmp_path / "x.json").write_text(LITTLE[name])
    found = verdicts_of(tmp_path / "x.json")
    assert not {Standing.BROKEN, Standing.OUR_ERROR, Standing.HOLDS} & found.answers.keys()


@pytest.mark.parametrize(
    "body", [b'{"tool": "' + b'{\\"k\\": 1}, ' * 200_000, b'{"a": "' + b"." * 2_000_000 + b' x",}']
)
def test_a_long_body_that_was_cut_is_seen_at_once(body: bytes) -> None:
    """However its texts quote what is JSON again."""
    started = time.process_time()
    assert lost(Response(status=200, body=body)) in ("", CUT_BY_RECORDER)
    assert time.process_time() - started < 5


def test_chunks_are_put_together_at_once(tmp_path: Path) -> None:
    """Also a million of them."""
    head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = "1\r\n \r\n" * 500_000 + f"{len(PAGE):x}\r\n{PAGE}\r\n0\r\n\r\n"
    (tmp_path / "x.txt").write_text(head + chunks, newline="")
    started = time.process_time()
    assert verdicts_of(tmp_path / "x.txt").answers == {Standing.HOLDS: 1}
    assert time.process_time() - started < 10


def test_an_answer_that_is_broken_by_itself_turns_no_other_red(tmp_path: Path) -> None:
    """Of a history each answer counts once."""
    lines: list[Any] = [run(id=f"run_{at}") for at in range(10)]
    lines += [run("in_progress", id="run_x"), run(id="run_x", created_at=7)]
    lines[-1] |= {"status": "nonsense"}
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert verdicts_of(tmp_path / "x.jsonl").answers == {Standing.HOLDS: 11, Standing.BROKEN: 1}


def test_what_a_line_speaks_is_its_own(tmp_path: Path) -> None:
    """The nulls of an SDK in one line are seen, whatever the lines before it were."""
    plain = run(tools=[{"type": "function", "function": {"name": "f"}}])
    order = ["id", "created_at", "object"]
    plain = {name: plain[name] for name in order} | plain
    nulls = plain | {
        "tools": [{"type": "function", "function": {"name": "f", "description": None}}]
    }
    lines = [one | {"id": f"run_{at}"} for at, one in enumerate((plain, nulls, nulls))]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, lines)))
    found = verdicts_of(tmp_path / "x.jsonl")
    assert found.broken == set(), found.said


def test_texts_that_look_taken_out_leave_a_request_as_it_is(tmp_path: Path) -> None:
    """Only an id in place of which something stands makes a request one that nobody kept."""
    asked = {"assistant_id": "asst_other", "model": "gpt-4o", "instructions": "# Be nice."}
    line = {"method": "POST", "url": HOST + RUNS, "status": 200, "request_body": asked}
    records = [line | {"response_body": run("queued", id=f"run_{at}")} for at in range(2)]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, records)))
    assert "RUN-ID-012" in verdicts_of(tmp_path / "x.jsonl").broken
