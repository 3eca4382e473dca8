"""Records: an exchange as one object of JSON, under the names that loggers give its parts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import word
from run_contracts.recordings.formats.entry_parts import (
    Misshapen,
    body,
    moment,
    request,
    response,
)
from run_contracts.recordings.recorded import NOT_KEPT, Entry, Recorded, Unread
from run_contracts.traffic.exchange import OK

LOGGED_WITHIN = (
    "",
    "fields",
    "jsonPayload",
    "data",
    "attributes",
    "message",
    "extra",
    "context",
    "meta",
    "http",
    "record.extra",
)
"""Objects in which loggers put what they log; the first is the record itself."""


USUAL_PATHS: Mapping[str, list[str]] = tomllib.loads(
    files("run_contracts.recordings.formats").joinpath("field_names.toml").read_text("utf-8")
)
"""Where the parts of an exchange may stand, the more particular first."""
NAMES_OF_BODIES = ("body", "json", ".content")
"""How the names end under which nothing but a body stands."""
FILES_OF_BODIES = (".json", ".sse", ".txt")
"""How the names of files end that bodies are in; others may be those of a program that logs."""
FIVE_DIGITS = 10_000
"""A number that no status reaches."""
AROUND_TEXT = frozenset({"content", "bytes"})
"""All that the Elastic Common Schema has around a body, which is text within it."""
OBJECT_STARTS = ("thread", "list", "assistant")
"""How the objects of the contract call themselves, or begin to."""


@dataclass(frozen=True, slots=True)
class PartNames:
    """Where records have the parts of an exchange: paths with dots that somebody named."""

    given: Mapping[str, str] = field(default_factory=dict)
    are_answers: bool = False
    """Whether values of no form are answers, for somebody said of which kind they are."""

    @classmethod
    def of(cls, said: Iterable[str]) -> PartNames:
        """Return the names of texts like ``url=req.target``; raise `UsageError` for others.

        >>> PartNames.of(["url=req.target"]).given
        {'url': 'req.target'}
        """
        given: dict[str, str] = {}
        for text in said:
            name, is_there, path = text.partition("=")
            if name not in USUAL_PATHS or not (is_there and path):
                known = ", ".join(USUAL_PATHS)
                raise UsageError(f"no field {word(text)}; write NAME=PATH, NAME one of {known}")
            given[name] = path
        return cls(given)

    def part(self, record: Mapping[str, Any], name: str) -> Any:
        """Return a part of the exchange in a record; None if it is not there."""
        if name in self.given:
            return _at(record, self.given[name])
        for around in LOGGED_WITHIN:
            inner = _at(record, around) if around else record
            if isinstance(inner, Mapping):
                for path in USUAL_PATHS[name]:
                    value = _at(inner, path)
                    if _fits(name, value, path):
                        return value
        return None


def _at(record: Any, path: str) -> Any:
    """Return what stands at a path: as one name with dots, or step by step."""
    if not isinstance(record, Mapping):
        return None
    if path in record:
        return record[path]
    first, _, rest = path.partition(".")
    return _at(record.get(first), rest) if rest else None


def _fits(name: str, value: Any, path: str) -> bool:
    match name:
        case "method":
            return isinstance(value, str) and value.isalpha() and len(value) <= 7  # noqa: PLR2004
        case "url":
            return isinstance(value, str) and ("/" in value)
        case "status":
            is_number = isinstance(value, int | str) and not isinstance(value, bool)
            return is_number and _STATUS_DIGITS.fullmatch(_bounded(value)) is not None
        case "request_file" | "response_file":
            return isinstance(value, str) and value.lower().endswith(FILES_OF_BODIES)
        case "request_body" | "response_body":
            return _is_body(value) and (path.endswith(NAMES_OF_BODIES) or _may_be_ours(value))
    return value is not None


_STATUS_DIGITS = re.compile("[1-5][0-9]{2}")


def _bounded(value: int | str) -> str:
    """Return a number as text; that of one which has more digits than any status is empty."""
    return value if isinstance(value, str) else str(value) if 0 < value < FIVE_DIGITS else ""


def _is_body(value: Any) -> bool:
    """Say whether something may be a body: an object, or text that begins like one, or a stream."""
    if isinstance(value, str):
        return value.lstrip().startswith(("{", "[", "event:", "data:", ":"))
    return isinstance(value, dict) and not value.keys() <= AROUND_TEXT


def _may_be_ours(value: Any) -> bool:
    """Say whether what stands under a name for anything is a body: it says what it is, or why not.

    A logger's own object for an answer, with its status and no body, is none.
    """
    if isinstance(value, dict):
        return "object" in value or "error" in value or "assistant_id" in value
    return True


def is_record(value: Any, names: PartNames) -> bool:
    """Say whether a value is a record of an exchange, or of an answer of the contract.

    >>> is_record({"url": "/v1/threads/t/runs/r", "status": 200, "body": {"object": "thread.run"}},
    ...     PartNames())
    True
    >>> is_record({"msg": "ready", "level": "info"}, PartNames())
    False
    """
    if not isinstance(value, dict):
        return False
    if names.given:
        return any(_at(value, path) is not None for path in names.given.values())
    url, answered = names.part(value, "url"), names.part(value, "response_body")
    status = names.part(value, "status")
    if url is not None and status is not None and _is_path_of_ours(url):
        return True
    return answered is not None and _says_what_it_is(answered)


def _is_path_of_ours(url: str) -> bool:
    return any(part in url for part in ("/threads", "/assistants"))


def _says_what_it_is(answered: Any) -> bool:
    """Say whether a body is an object of the contract, as far as a glance tells."""
    if isinstance(answered, dict):
        name = answered.get("object")
        return isinstance(name, str) and name.startswith(OBJECT_STARTS)
    return isinstance(answered, str) and ("thread.run" in answered or '"thread.' in answered)


def recorded(value: Mapping[str, Any], names: PartNames, place: str) -> Entry | None:
    """Return the exchange of a record; without a method it is an answer whose request is not kept.

    None for one without an answer, which is a log line about something else.
    """
    answered, status = names.part(value, "response_body"), names.part(value, "status")
    if answered is None and status is None:
        return None
    method, url = names.part(value, "method"), names.part(value, "url")
    try:
        asked = NOT_KEPT
        if isinstance(method, str) and isinstance(url, str):
            sent = body(names.part(value, "request_body"))
            asked = request(method, url, names.part(value, "request_headers"), sent)
        elif answered is None:
            return None
        return Recorded(
            request=asked,
            response=response(
                OK if status is None else status,
                names.part(value, "response_headers"),
                body(answered),
                seconds=names.part(value, "seconds") or 0,
            ),
            place=place,
            at=moment(names.part(value, "at")),
            request_file=str(names.part(value, "request_file") or ""),
            response_file="" if answered else str(names.part(value, "response_file") or ""),
        )
    except Misshapen as wrong:
        return Unread(place, str(wrong))
