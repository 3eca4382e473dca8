"""Our own reports: the exchanges in them, judged again as they were when they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from run_contracts.client.checked_target import PROFILES
from run_contracts.contract.requirements import EDITIONS
from run_contracts.engine.recording import LONGEST_TEXT
from run_contracts.recordings.formats.entry_by_entry import UNLIKE_ITSELF
from run_contracts.recordings.formats.entry_parts import check_url, headers
from run_contracts.recordings.recorded import Entry, Recorded, Unread
from run_contracts.report.jsonlines import EVENT_TYPES
from run_contracts.traffic.exchange import NO_ANSWER, Intent, Request, Response

STARTED_EVENT, EXCHANGED = "started", "exchanged"
GIVEN_THREAD = "thread-id "
"""How the command of a check names a thread that was there, after ``--`` or ``--run-``."""
LONGEST_WHOLE = LONGEST_TEXT - 4
"""Bytes from which on a body may have been cut, perhaps by a part of a character more."""


def is_report(value: Any) -> bool:
    """Say whether a value is an event of a report, which a file begins with.

    >>> is_report({"event": "started", "format": 1, "target": "http://a", "edition": "v2"})
    True
    """
    name = value.get("event") if isinstance(value, dict) else None
    is_event = isinstance(name, str) and name in EVENT_TYPES
    return is_event and ("format" in value or {"number", "method", "url"} <= value.keys())


def is_of_whole_check(value: Any) -> bool:
    """Say whether a report begins as one of a check in threads of its own.

    One that only read, or used a thread that was there, was not alone; and reports of a watch or a
    load hold no more than what shows a finding.

    >>> check = {"event": "started", "profile": "smoke", "command": "run-contracts check http://a"}
    >>> is_of_whole_check(check), is_of_whole_check(check | {"profile": "watch"})
    (True, False)
    """
    if not isinstance(value, dict) or value.get("event") != STARTED_EVENT:
        return False
    is_shared = value.get("is_read_only") is True or GIVEN_THREAD in str(value.get("command", ""))
    return value.get("profile") in PROFILES and not is_shared


def entries(values: Iterable[tuple[str, Any]]) -> Iterator[Entry]:
    """Yield the exchanges of a report, whose events come with their places.

    A report that was cut off is read as far as it goes.
    """
    edition = EDITIONS[-1]
    for place, value in values:
        name = value.get("event") if isinstance(value, dict) else None
        if name == STARTED_EVENT and value.get("edition") in EDITIONS:
            edition = value["edition"]
        elif name == EXCHANGED:
            try:
                yield _exchange(value, place, edition)
            except UNLIKE_ITSELF:
                yield Unread(place, "it is no exchange of a report")
        elif not isinstance(name, str):
            yield Unread(place, "it is no event of a report")


def _exchange(value: dict[str, Any], place: str, edition: Any) -> Recorded:
    status = int(value["status"])
    check_url(value["url"])
    failure = value.get("failure", "")
    is_answer = status != NO_ANSWER
    answered = value["response_body"].encode("utf-8", errors="surrogatepass")
    recorded = Recorded(
        request=Request(
            method=value["method"],
            url=value["url"],
            headers=headers(value["request_headers"]),
            body=value["request_body"].encode("utf-8", errors="surrogatepass"),
        ),
        response=Response(
            status=status,
            headers=headers(value["response_headers"]),
            body=answered,
            seconds=float(value["seconds"]),
            failure="" if is_answer else failure,
            broken_off=failure if is_answer else "",
        ),
        place=place,
        at=float(value.get("at") or 0.0),
        edition=edition,
    )
    return as_checked(recorded, value)


def as_checked(recorded: Recorded, known: Mapping[str, Any]) -> Recorded:
    """Return an exchange of a check with what the check knew of it, as a report has it.

    That is the premise of its request, and what it was under way with. A body as long as one that
    was cut is not known to be whole.
    """
    response, text = recorded.response, known["premise"]
    return replace(
        recorded,
        response=replace(response, is_whole=len(response.body) < LONGEST_WHOLE),
        intent=Intent(text) if text in list(Intent) else Intent.NONE,
        together=int(known["together"]),
        is_checked=True,
    )
