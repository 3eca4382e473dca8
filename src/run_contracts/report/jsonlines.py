"""The report for machines: one event a line, a footer at the end.

Its form is published in ``schemas/report/events.json``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from run_contracts.contract.files import read_json
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UnreadableBody, UsageError
from run_contracts.events import (
    FORMAT,
    Broken,
    Cause,
    CoverageItem,
    CoveragePart,
    Covered,
    Created,
    Creating,
    Decided,
    Deleted,
    Event,
    Exchanged,
    Finished,
    FirstSeen,
    NightEnded,
    NightFinding,
    OperationSeen,
    ProbeEnded,
    Started,
    Surveyed,
    as_dict,
)
from run_contracts.filesystem.opening import read as read_file
from run_contracts.filesystem.single_line import LONGEST_WHY, name_of, shortened
from run_contracts.report import sanitizing
from run_contracts.report.addresses import typed_command, wrong_request, wrong_target
from run_contracts.traffic.exchange import NO_ANSWER, Exchange, Intent, Request, Response
from run_contracts.validation.json_text import decode_json

if TYPE_CHECKING:
    import jsonschema_rs

SCHEMA = "report/events.json"
LONGEST_MESSAGE = 300
"""Characters that say what is wrong with the form of an event."""
EVENT_TYPES: dict[str, type[Event]] = {
    "started": Started,
    "creating": Creating,
    "created": Created,
    "deleted": Deleted,
    "probe_ended": ProbeEnded,
    "exchanged": Exchanged,
    "first_seen": FirstSeen,
    "surveyed": Surveyed,
    "covered": Covered,
    "night_ended": NightEnded,
    "decided": Decided,
    "cause": Cause,
    "finished": Finished,
}
"""The kinds of events by the name that a line gives them."""


def write(event: Event, file: IO[str]) -> None:
    """Append an event to a file as one line of JSON and hand it to the system at once."""
    file.write(as_line(event).decode("ascii"))
    file.flush()


def as_line(event: Event) -> bytes:
    """Return an event as one line of JSON."""
    return json.dumps(as_dict(event), ensure_ascii=True).encode("ascii") + b"\n"


def read(path: Path, *, is_whole: bool = True) -> tuple[Event, ...]:
    """Return the events of a report, `Started` first and `Finished` last.

    A report that need not be whole may end too soon, even within a line.

    Raises `UsageError` that names the line for a file that cannot be read or is truncated, for
    a line that is no event, for an event or a format that this version does not know, and for a
    request that cannot have gone to the target of the check.
    """
    data, name = read_file(path), name_of(path)
    lines = data.splitlines()
    is_cut = not data.endswith(b"\n")
    if is_cut and not is_whole:
        lines = lines[:-1]
    events: list[Event] = []
    started: Started | None = None
    for number, line in enumerate(lines, start=1):
        try:
            event = _event(line, started)
            _check_place(event, is_first=number == 1, is_last=number == len(lines))
        except _Wrong as error:
            cut = "the report is truncated, " if is_cut and number == len(lines) else ""
            raise UsageError(f"{name}, line {number}: {cut}{_bounded(str(error))}") from None
        started = event if isinstance(event, Started) else started
        events.append(event)
    if not events:
        raise UsageError(f"{name}: empty; a report begins with the event started")
    if is_whole and not isinstance(events[-1], Finished):
        raise UsageError(
            f"{name}, line {len(lines)}: truncated, the event finished does not follow; "
            "let the check come to its end"
        )
    return tuple(events)


def event_in(line: bytes, started: Started | None) -> Event:
    """Return the event that one line holds, of a check that has started so.

    Raises `UsageError` for a line that is no event.
    """
    try:
        return _event(line, started)
    except _Wrong as error:
        raise UsageError(_bounded(str(error))) from None


class _Wrong(ValueError):
    """What is wrong with a line."""


def _event(line: bytes, started: Started | None) -> Event:
    """Return the event that a line of a report holds, once the check has started."""
    try:
        body = decode_json(line)
    except UnreadableBody as error:
        raise _Wrong(str(error)) from None
    if not body.is_json:
        reason = body.violations[0].parameters["reason"]
        raise _Wrong(f"not JSON: {reason}")
    value = body.value
    name = value.get("event") if isinstance(value, dict) else None
    if not isinstance(name, str) or name not in EVENT_TYPES:
        raise _Wrong(f"no known event: {_short(name)}; known are {', '.join(EVENT_TYPES)}")
    if name == "started" and value.get("format") != FORMAT:
        raise _Wrong(
            f"format {_short(value.get('format'))} of the report is not known, this version "
            f"reads format {FORMAT}; use the version of run-contracts that wrote it"
        )
    for wrong in _departures(name, value):
        place = "/".join(map(str, wrong.instance_path)) or "the event"
        message = f"{place}: {wrong.message}"[:LONGEST_MESSAGE]
        raise _Wrong(f"{name} is not of the form in schemas/{SCHEMA}: {message}")
    if name == "exchanged":
        return Exchanged(exchange=_exchange(value, started))
    if name == "started":
        _check_target(value)
    if name in ("decided", "first_seen"):
        # A command of somebody else's is none to paste.
        value["command"] = ""
    event: Event = _made(EVENT_TYPES[name], value)
    return event


def _departures(name: str, value: Any) -> Iterator[jsonschema_rs.ValidationError]:
    """Yield how an event departs from its form; a lone surrogate cannot even be looked at."""
    try:
        yield from _validators()[name].iter_errors(value)
    except ValueError:
        raise _Wrong(f"{name} holds a character or a number that no JSON text can hold") from None


def _bounded(reason: str) -> str:
    return shortened(sanitizing.line(reason), LONGEST_WHY)


def _check_target(value: dict[str, Any]) -> None:
    """Refuse what is no target; have no command that no check has written."""
    wrong = wrong_target(value["target"])
    if wrong:
        raise _Wrong(f"{wrong}: {_short(value['target'])}")
    value["command"] = typed_command(value.get("command", ""))


def _exchange(value: dict[str, Any], started: Started | None) -> Exchange:
    """Return the exchange that was written; an intent that this version does not know is none."""
    wrong = wrong_request(value, started.target) if started else ""
    if wrong:
        raise _Wrong(f"{wrong}: {_short(value['method'])} {_short(value['url'])}")
    headers = {name: _frozen(value[name]) for name in ("request_headers", "response_headers")}
    return Exchange(
        number=int(value["number"]),
        edition=started.edition if started else EDITIONS[-1],
        request=Request(
            method=value["method"],
            url=value["url"],
            headers=headers["request_headers"],
            body=value["request_body"].encode("utf-8", errors="surrogatepass"),
        ),
        response=Response(
            status=int(value["status"]),
            headers=headers["response_headers"],
            body=value["response_body"].encode("utf-8", errors="surrogatepass"),
            seconds=value["seconds"],
            **{_failure_field(value["status"]): value.get("failure", "")},
            traceback=value.get("traceback", ""),
        ),
        source=value["source"],
        seen_at=value["at"] + value["seconds"] if "at" in value else 0.0,
        intent=Intent(value["premise"]) if value["premise"] in list(Intent) else Intent.NONE,
        together=int(value["together"]),
        meant_for=value["operation"],
    )


def _failure_field(status: int) -> str:
    """Return what a failure says of an answer: why there is none, or how it broke off."""
    return "failure" if status == NO_ANSWER else "broken_off"


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:40]}..."  # noqa: PLR2004 - a glance


def _check_place(event: Event, *, is_first: bool, is_last: bool) -> None:
    if isinstance(event, Started) != is_first:
        raise _Wrong("a report begins with the event started, and has it once")
    if isinstance(event, Finished) and not is_last:
        raise _Wrong("a report ends with the event finished, but lines follow; is it two in one?")


@cache
def _validators() -> dict[str, jsonschema_rs.Draft202012Validator]:
    """Return a validator for each kind of event, all from the published schema."""
    import jsonschema_rs  # noqa: PLC0415 - only reading needs it

    definitions = read_json(SCHEMA)["$defs"]
    return {
        name: jsonschema_rs.Draft202012Validator(
            {"$ref": f"#/$defs/{name}", "$defs": definitions}, offline=True
        )
        for name in EVENT_TYPES
    }


def _made(kind: type[Any], value: dict[str, Any]) -> Any:
    """Build an event or a part of one; fields that this version does not know are passed over."""
    types = {field.name: field.type for field in fields(kind)}
    given = {name: _frozen(content) for name, content in value.items() if name in types}
    given |= {name: int(content) for name, content in given.items() if types[name] == "int"}
    if kind is Decided:
        given["broken"] = tuple(_made(Broken, broken) for broken in value["broken"])
    elif kind is FirstSeen:
        given["broken"] = _made(Broken, value["broken"])
    elif kind is Surveyed:
        given["operations"] = tuple(_made(OperationSeen, one) for one in value["operations"])
    elif kind is Covered:
        given["parts"] = tuple(_made(CoveragePart, one) for one in value["parts"])
    elif kind is NightEnded:
        given["findings"] = tuple(_made(NightFinding, one) for one in value["findings"])
    elif kind is CoveragePart:
        given["items"] = tuple(_made(CoverageItem, one) for one in value["items"])
    return kind(**given)


def _frozen(value: Any) -> Any:
    """Return lists as tuples, at any depth; objects stay as they are."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
