"""The event stream: its published form, and the reader that gives events back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from run_contracts.client.checked_target import Target
from run_contracts.contract.files import read_json
from run_contracts.engine.runner import check
from run_contracts.errors import UsageError
from run_contracts.events import Broken, Event, Exchanged, Finished, Started, as_dict, exchanges
from run_contracts.report import jsonlines
from run_contracts.traffic.exchange import NO_ANSWER, Response
from tests.report.checks_made import SEVERAL, URL, checks, seen

SCHEMA: dict[str, Any] = read_json(jsonlines.SCHEMA)
LINES = Draft202012Validator(SCHEMA)


def written(events: tuple[Event, ...]) -> str:
    """Return events as the lines that are written of them."""
    file = io.StringIO()
    for event in events:
        jsonlines.write(event, file)
    return file.getvalue()


def same(some: Iterable[Event], others: Iterable[Event]) -> bool:
    """Say whether events are the same; exchanges are, if they say the same."""
    return [*map(_comparable, some)] == [*map(_comparable, others)]


def _comparable(event: Event) -> Event | tuple[object, ...]:
    if not isinstance(event, Exchanged):
        return event
    one = event.exchange
    response = replace(one.response, is_whole=True)
    known = one.source, one.intent, one.together, one.operation_id
    return one.number, one.request, response, *known


def _lost(event: Exchanged) -> Exchanged:
    """Return an exchange without an answer, because the application raised something."""
    said = {"failure": "Server disconnected", "traceback": "KeyError: 'x'"}
    lost = Response(status=NO_ANSWER, seconds=0.5, **said)  # type: ignore[arg-type]
    return Exchanged(exchange=replace(event.exchange, response=lost))


def test_what_had_no_answer_is_read_again(tmp_path: Path) -> None:
    """With the reason, and with what was raised."""
    events = [_lost(one) if isinstance(one, Exchanged) else one for one in seen()]
    file = tmp_path / "lost.jsonl"
    file.write_text(written(tuple(events)), encoding="utf-8")
    assert same(jsonlines.read(file), events)


def test_the_schema_is_one_and_describes_every_field() -> None:
    """Whoever reads events in another language finds there what each field means."""
    Draft202012Validator.check_schema(SCHEMA)
    for form in SCHEMA["$defs"].values():
        assert form["description"].endswith(".")
        assert all("description" in one or "$ref" in one for one in form["properties"].values())


@pytest.mark.parametrize("kind", [*jsonlines.EVENT_TYPES.values(), Broken])
def test_fields_and_schema_are_the_same_both_ways(kind: type[Any]) -> None:
    """No field is written that is not published, and none is published that is not written."""
    names = {one: name for name, one in jsonlines.EVENT_TYPES.items()}
    form = SCHEMA["$defs"][names.get(kind, "broken")]
    own = {one.name for one in fields(kind)} | ({"event"} if kind in names else set())
    if kind is Exchanged:
        own = set(as_dict(_lost(next(one for one in seen() if isinstance(one, Exchanged)))))
    assert set(form["properties"]) == own
    assert set(form["required"]) <= own


REAL = {
    "right": ("v2", ()),
    "right v1": ("v1", ()),
    "broken": ("v2", SEVERAL),
    "broken off": ("v1", ("RUN-LIST-013", "RUN-STREAM-003-e")),
}


@pytest.mark.parametrize("name", REAL)
def test_every_line_of_a_real_check_is_of_the_published_form(name: str) -> None:
    """Right and broken servers alike."""
    edition, faults = REAL[name]
    for line in written(seen(*faults, edition=edition)).splitlines():
        LINES.validate(json.loads(line))


def test_a_check_that_reaches_nobody_is_of_the_published_form() -> None:
    """A check that is stopped before its verdicts is whole all the same, and says why."""
    events = tuple(check(Target(url="http://127.0.0.1:9/v1", timeout=1.0)))
    for line in written(events).splitlines():
        LINES.validate(json.loads(line))
    assert isinstance(events[-1], Finished)
    assert events[-1].error


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=checks(is_readable=True))
def test_what_was_written_is_read_again(events: tuple[Event, ...], tmp_path: Path) -> None:
    """Reading what was written gives the same events, whatever texts are in them."""
    file = tmp_path / "check.jsonl"
    file.write_text(written(events), encoding="utf-8")
    assert same(jsonlines.read(file), events)


def test_a_report_from_before_it_had_a_command_is_read(tmp_path: Path) -> None:
    """Then there is none."""
    first, *rest = written(seen()).splitlines()
    old = {name: value for name, value in json.loads(first).items() if name != "command"}
    file = tmp_path / "old.jsonl"
    file.write_text("\n".join([json.dumps(old), *rest, ""]), encoding="utf-8")
    started = jsonlines.read(file)[0]
    assert isinstance(started, Started)
    assert (started.command, started.command_for("RUN-LIST-005")) == ("", "")


def test_when_a_request_was_sent_is_read_again(tmp_path: Path) -> None:
    """To the microsecond; a report that does not say it is read, and then nobody knows."""
    lines = written(seen()).splitlines()
    file = tmp_path / "check.jsonl"
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    pairs = list(zip(exchanges(seen()), exchanges(jsonlines.read(file)), strict=True))
    assert pairs
    assert all(abs(one.sent_at - again.sent_at) < 2e-6 for one, again in pairs)
    assert all(one.sent_at > 1_700_000_000 for one, _ in pairs)
    old = [{n: v for n, v in json.loads(line).items() if n != "at"} for line in lines]
    file.write_text("\n".join([*map(json.dumps, old), ""]), encoding="utf-8")
    assert {one.sent_at for one in exchanges(jsonlines.read(file))} == {0.0}


def test_a_real_check_is_read_again(tmp_path: Path) -> None:
    """Also one with bodies, streams and violations."""
    file = tmp_path / "check.jsonl"
    file.write_text(written(seen(*SEVERAL)), encoding="utf-8")
    assert same(jsonlines.read(file), seen(*SEVERAL))


def test_fields_that_are_not_known_are_passed_over(tmp_path: Path) -> None:
    """A later version may say more without a new format."""
    file = tmp_path / "check.jsonl"
    lines = [json.loads(line) | {"not_known": 1} for line in written(seen()).splitlines()]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    assert same(jsonlines.read(file), seen())


def _without(at: int) -> Callable[[list[str]], list[str]]:
    return lambda lines: [line for number, line in enumerate(lines, start=1) if number != at]


def _second(text: str) -> Callable[[list[str]], list[str]]:
    return lambda lines: [lines[0], f"{text}\n", *lines[1:]]


def _changed(at: int, /, **changes: Any) -> Callable[[list[str]], list[str]]:
    def change(lines: list[str]) -> list[str]:
        changed = [*lines]
        changed[at] = json.dumps(json.loads(lines[at]) | changes) + "\n"
        return changed

    return change


WRONG: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "empty": (lambda lines: [], ": empty;"),
    "no footer": (lambda lines: lines[:-1], ", line {before}: truncated"),
    "cut off": (
        lambda lines: [*lines[:-1], lines[-1][:-30]],
        ", line {last}: the report is truncated, not JSON",
    ),
    "not JSON": (_second("oops"), ", line 2: not JSON: Expecting value"),
    "not UTF-8": (_second("\udcff"), ", line 2: not JSON: byte 0 is not UTF-8"),
    "blank": (_second(""), ", line 2: not JSON"),
    "deep": (_second("[" * 500_000), ", line 2: nested deeper"),
    "no object": (_second("[]"), ", line 2: no known event: null"),
    "format": (_changed(0, format=2), ", line 1: format 2 of the report is not known"),
    "event": (_changed(3, event="sneezed"), ', line 4: no known event: "sneezed"; known are'),
    "field": (_changed(-1, requests="9"), "finished is not of the form in schemas/report/events"),
    "no start": (_without(1), ", line 1: a report begins with the event started"),
    "two starts": (
        lambda lines: [lines[0], *lines],
        ", line 2: a report begins with the event started, and has it once",
    ),
    "two in one": (
        lambda lines: lines * 2,
        ", line {last}: a report ends with the event finished",
    ),
    "no base URL": (
        _changed(0, target="http://x/}; touch canary; #"),
        ", line 1: the target is no base URL of a server over http or https: ",
    ),
    "a user in it": (_changed(0, target="http://me:pw@h/v1"), ", line 1: the target is no base"),
    "no port": (_changed(0, target="http://h:99999/v1"), ", line 1: the target is no base URL"),
    "no method": (
        _changed(1, method="GET; touch canary"),
        ", line 2: the method of the request is none of HTTP: ",
    ),
    "another server": (
        _changed(1, url="http://reference.invalid:81/v1/threads"),
        ", line 2: the URL of the request does not lie below that of the target: ",
    ),
    "above the base": (_changed(1, url=f"{URL}/../admin"), ", line 2: the URL of the request does"),
    "another host": (_changed(1, url=f"{URL}@evil.example/"), ", line 2: the URL of the request"),
    "no URL": (_changed(1, url="http://[::1"), ", line 2: the URL of the request does not lie"),
    "a truth for a number": (_changed(1, number=True), ", line 2: exchanged is not of the form"),
    "a huge number": (_changed(1, number=10**400), ", line 2: exchanged is not of the form"),
    "a moment after all years": (_changed(1, at=1e300), ", line 2: exchanged is not of the form"),
    "hostile": (_second('{"event": "\\u001b[2J"}'), r'no known event: "\u001b[2J"'),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_report_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    """One line says which line is wrong, and why; nothing is given back half."""
    spoil, reason = WRONG[name]
    lines = written(seen()).splitlines(keepends=True)
    file = tmp_path / "check.jsonl"
    file.write_bytes("".join(spoil(lines)).encode("utf-8", errors="surrogateescape"))
    with pytest.raises(UsageError) as caught:
        jsonlines.read(file)
    wanted = reason.replace("{last}", str(len(lines))).replace("{before}", str(len(lines) - 1))
    assert str(caught.value).startswith(str(file))
    assert wanted in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "command",
    [
        "run-contracts check http://h/v1; touch canary",
        "run-contracts check $(touch canary)",
        "run-contracts check http://h/v1 --report /etc/passwd",
        "run-contracts replay r.jsonl RUN-LIST-005",
        'run-contracts check "http://h/`id`"',
        "run-contracts check http://h/v1\n::error::x",
    ],
)
def test_a_command_that_no_check_writes_is_not_read(command: str, tmp_path: Path) -> None:
    """Somebody would paste it."""
    file = tmp_path / "check.jsonl"
    lines = _changed(0, command=command)(written(seen()).splitlines(keepends=True))
    file.write_text("".join(lines), encoding="utf-8")
    started = jsonlines.read(file)[0]
    assert isinstance(started, Started)
    assert started.command == ""


def test_a_whole_number_that_is_written_with_a_point_is_one(tmp_path: Path) -> None:
    """JSON knows one kind of numbers."""
    file = tmp_path / "check.jsonl"
    lines = _changed(1, number=1.0)(written(seen()).splitlines(keepends=True))
    file.write_text("".join(lines), encoding="utf-8")
    exchanged = jsonlines.read(file)[1]
    assert isinstance(exchanged, Exchanged)
    assert str(exchanged.exchange.number) == "1"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Its name is in the line."""
    with pytest.raises(UsageError, match=r"no\.jsonl: no such file"):
        jsonlines.read(tmp_path / "no.jsonl")
