"""One decoded value of a recording, and the entries that it holds, whatever it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from run_contracts.checks.values import kind_by_itself
from run_contracts.recordings.file_parts import bare
from run_contracts.recordings.formats import format_of
from run_contracts.recordings.formats.event_records import is_event_record, streams
from run_contracts.recordings.formats.exchange_records import PartNames, is_record, recorded
from run_contracts.recordings.formats.har import HAR_ENTRY
from run_contracts.recordings.formats.own_reports import entries as of_report
from run_contracts.recordings.formats.own_reports import is_of_whole_check, is_report
from run_contracts.recordings.kind_of_fields import is_error_of_log, kind_of_fields
from run_contracts.recordings.recorded import Entry, Recorded, Unread

UNKNOWN = "it is JSON of no form that is known"
Placed = tuple[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a value, or several in order, hold: entries, and the name of their form."""

    entries: tuple[Entry, ...]
    form: str


def found_in(value: Any, names: PartNames, text: str = "") -> Found:
    """Return the entries of the only value of a file; `text` is the JSON it stands in."""
    form = format_of(value)
    if form is not None:
        return Found(entries=tuple(form.read(value)), form=f"{form.name}, read by {form.library}")
    if isinstance(value, list) and value:
        items = [(f"item {number}", item) for number, item in enumerate(value, start=1)]
        return Found(entries=tuple(entries_of(items, names)), form=f"an array of {_noun(value)}")
    if not _is_answer(value, names) and not is_record(value, names):
        return Found(entries=(Unread("", UNKNOWN),), form="")
    (entry, *_) = [*entries_of([("", value)], names), Unread("", UNKNOWN)]
    if _is_answer(value, names) and isinstance(entry, Recorded) and text:
        entry = bare(text.encode("utf-8", errors="surrogatepass"))
    return Found(entries=(entry,), form="one answer")


def entries_of(values: Iterable[Placed], names: PartNames) -> Iterator[Entry]:
    """Yield the entries of values in order, each with its place: what stands in lines, or an array.

    Events of streams that follow one another are put together again.
    """
    events: list[Placed] = []
    for place, value in values:
        if is_event_record(value):
            events.append((place, value))
            continue
        yield from streams(events)
        events = []
        yield from _entries(place, value, names)
    yield from streams(events)


def _entries(place: str, value: Any, names: PartNames) -> Iterator[Entry]:
    if isinstance(value, Unread):
        yield value
    elif _is_answer(value, names):
        yield _bare(value, place)
    elif is_record(value, names) and (names.given or not HAR_ENTRY.recognises(value)):
        entry = recorded(value, names, place)
        if entry is not None:
            yield entry
    elif (form := format_of(value)) is not None:
        for entry in form.read(value):
            inner = ", ".join(filter(None, (place, entry.place)))
            yield (
                entry._replace(place=inner)
                if isinstance(entry, Unread)
                else replace(entry, place=inner)
            )
    else:
        yield Unread(place, UNKNOWN)


def _bare(value: Any, place: str) -> Entry:
    """Return an answer alone; of what only YAML can say there is none."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return Unread(place, UNKNOWN)
    return bare(text.encode("utf-8", errors="surrogatepass"), place)


def holds_more_than_answers(value: Any, names: PartNames) -> bool:
    """Say whether a line is more than an answer by itself: an exchange, an event, a report."""
    if _is_answer(value, names):
        return False
    known = is_event_record(value) or is_report(value) or is_record(value, names)
    return known or format_of(value) is not None


class OfLines(NamedTuple):
    """The entries of lines; whether they are a report of ours, and of a check that was alone."""

    entries: Iterator[Entry]
    is_report: bool = False
    is_whole: bool = False


def of_lines(values: Iterator[Placed], names: PartNames) -> OfLines:
    """Return the entries of lines, and what is known of them as a whole."""
    first = next(values, None)
    if first is None:
        return OfLines(iter(()))

    def every() -> Iterator[Placed]:
        yield first
        yield from values

    if is_report(first[1]):
        return OfLines(of_report(every()), True, is_of_whole_check(first[1]))
    return OfLines(entries_of(every(), names))


def _is_answer(value: Any, names: PartNames) -> bool:
    """Say whether a value is an answer: it says what it is, or has the fields of something."""
    if names.are_answers or not isinstance(value, dict):
        return names.are_answers
    if is_error_of_log(value):
        return False
    if kind_by_itself(value) is not None or isinstance(value.get("object"), str):
        return True
    return kind_of_fields(value) is not None


def _noun(value: list[Any]) -> str:
    return "stream events" if is_event_record(value[0]) else "answers"
