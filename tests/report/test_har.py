"""The HTTP Archive, as browsers, proxies and our own reader open it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from run_contracts.engine.recording import LONGEST_TEXT
from run_contracts.events import Event, Exchanged, exchanges
from run_contracts.recordings.formats.har import HAR
from run_contracts.recordings.recorded import Recorded
from run_contracts.report import jsonlines
from run_contracts.report.rendering import rendered
from run_contracts.traffic.exchange import NO_ANSWER, Exchange, Request, Response
from tests.report.checks_made import SEVERAL, checks, seen
from tests.report.test_events import written

JSON = ("content-type", "application/json")
FORM = jsonschema_rs.Draft202012Validator(
    json.loads(Path(__file__).with_name("har.schema.json").read_text(encoding="utf-8"))
)


def _archive(events: tuple[Event, ...]) -> dict[str, Any]:
    archive: dict[str, Any] = json.loads(rendered("har", events))
    FORM.validate(archive)
    return archive


def _entries(events: tuple[Event, ...]) -> list[dict[str, Any]]:
    return list(_archive(events)["log"]["entries"])


def _with(**changes: Any) -> tuple[Event, ...]:
    """Return a real check whose second event is an exchange with something else in it."""
    first, *rest = seen()
    at = next(number for number, one in enumerate(rest) if isinstance(one, Exchanged))
    exchange = replace(next(exchanges(rest)), **changes)
    return (first, *rest[:at], Exchanged(exchange=exchange), *rest[at + 1 :])


def test_what_is_read_again_is_what_was_sent_and_answered() -> None:
    """Every exchange, streams included, byte by byte and with its time."""
    expected = list(exchanges(seen(*SEVERAL)))
    archive = _archive(seen(*SEVERAL))
    assert HAR.recognises(archive)
    again = list(HAR.read(archive))
    assert any(one.is_stream for one in expected)
    assert len(again) == len(expected)
    for entry, exchange in zip(again, expected, strict=True):
        assert isinstance(entry, Recorded)
        assert _said(entry.exchange(1, "v2")) == _said(exchange)
        assert (entry.intent, entry.together) == (exchange.intent, exchange.together)
        assert entry.at == pytest.approx(exchange.sent_at, abs=2e-6)
        assert entry.response.seconds == pytest.approx(exchange.response.seconds, abs=1e-6)


def _said(exchange: Exchange) -> tuple[object, ...]:
    request, response = exchange.request, exchange.response
    asked = request.method, request.url, request.headers, request.body
    return *asked, response.status, response.headers, response.body


def test_a_report_becomes_the_archive_that_the_check_became(tmp_path: Path) -> None:
    """Also the times, to the microsecond."""
    file = tmp_path / "check.jsonl"
    file.write_text(written(seen()), encoding="utf-8")
    ways = _entries(seen()), _entries(jsonlines.read(file))
    for one, other in zip(*ways, strict=True):
        moments = [entry.pop("startedDateTime") for entry in (one, other)]
        assert abs(int(moments[0][20:26]) - int(moments[1][20:26])) in (0, 1, 999_999)
        assert moments[0].startswith("20")
        assert one == other


def test_a_request_has_what_only_the_check_knows() -> None:
    """Under a name that no reader of archives takes for its own."""
    for entry, exchange in zip(_entries(seen()), exchanges(seen()), strict=True):
        assert entry["request"]["_runContracts"] == {
            "number": exchange.number,
            "source": exchange.source,
            "operation": exchange.operation_id,
            "premise": exchange.intent.value,
            "together": exchange.together,
        }


def test_what_had_no_answer_says_why() -> None:
    """The status is 0, as browsers write it."""
    lost = Response(status=NO_ANSWER, seconds=0.25, failure="the connection was closed")
    (entry,) = (
        one for one in _entries(_with(response=lost)) if one["response"]["status"] == NO_ANSWER
    )
    assert entry["response"]["_error"] == "no answer: the connection was closed"
    assert entry["time"] == 250
    assert (entry["response"]["httpVersion"], entry["response"]["statusText"]) == ("", "")
    cut = replace(lost, status=200, failure="", broken_off="it ended in the middle of a chunk")
    errors = [one["response"].get("_error") for one in _entries(_with(response=cut))]
    assert [one for one in errors if one] == ["it ended in the middle of a chunk"]


def test_a_body_that_was_cut_is_not_taken_for_whole() -> None:
    """A report has so much of a body; what reads the archive must not call the rest missing."""
    long = Response(status=200, seconds=0.5, body=b"[" * LONGEST_TEXT, headers=(JSON,))
    read = [one for one in HAR.read(_archive(_with(response=long))) if isinstance(one, Recorded)]
    assert [len(one.response.body) for one in read if not one.response.is_whole] == [LONGEST_TEXT]


def test_half_a_character_is_replaced() -> None:
    """Readers of JSON in other languages refuse a file that has one."""
    entry = _entries(_with(source="a\ud800b"))[0]
    assert entry["request"]["_runContracts"]["source"] == "a?b"


def test_a_query_is_taken_apart() -> None:
    """Also where a name is repeated, or has no value; what is no URL has none."""
    for url, expected in (
        ("http://h/v1/threads?a=1&a=b%20c&d=", [("a", "1"), ("a", "b c"), ("d", "")]),
        ("http://[h/v1/threads?a=1", []),
    ):
        entry = _entries(_with(request=Request(method="GET", url=url)))[0]
        found = [(one["name"], one["value"]) for one in entry["request"]["queryString"]]
        assert found == expected
        assert entry["request"]["url"] == url
        assert "postData" not in entry["request"]


def test_of_old_reports_nobody_knows_the_time() -> None:
    """Then the archive says the epoch, which our own reader takes for no time."""
    archive = _archive(_with(seen_at=0.0))
    assert archive["log"]["entries"][0]["startedDateTime"].startswith("1970-01-01T00:00:00")
    first = next(HAR.read(archive))
    assert isinstance(first, Recorded)
    assert first.at == 0.0


@settings(max_examples=40, deadline=None)
@given(events=checks(surrogates=True))
def test_any_text_of_a_server_is_an_archive(events: tuple[Event, ...]) -> None:
    """Of the published form, with every exchange, and no half of a character."""
    numbers = {one.number for one in exchanges(events)}
    entries = _entries(events)
    assert {one["request"]["_runContracts"]["number"] for one in entries} == numbers
    json.dumps(entries, ensure_ascii=False).encode("utf-8")
