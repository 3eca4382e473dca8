"""Sessions: the exchanges of a recording that went to one server with one key, in order."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

from run_contracts.recordings.dialect_signs import versions
from run_contracts.recordings.hosts import host_of, spelled_host
from run_contracts.recordings.recorded import Recorded
from run_contracts.recordings.recorded_streams import as_far_as_known
from run_contracts.recordings.redacted import with_its_ids
from run_contracts.recordings.shared_ids import ChangedByOthers, Sender
from run_contracts.recordings.spoken import Spoken, spoken_in_each
from run_contracts.recordings.time_order import (
    CLOCK_GRAIN,
    each_life,
    in_order,
    is_in_some_order,
    of_known_order,
)
from run_contracts.traffic.exchange import Exchange, Request

KEY_HEADERS = (
    *("authorization", "api-key", "x-api-key"),
    *("openai-organization", "openai-project"),
)
"""What says whose objects a request is about."""
ROOT = re.compile("/(?:threads|assistants)(?=/|$)")
"""How the paths of the protocol begin, after what is before all of them at a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSession:
    """Exchanges that belong together, oldest first, and what was spoken in them."""

    exchanges: tuple[Exchange, ...]
    spoken: Spoken


def sessions(
    recorded: Iterable[Recorded],
    source: str,
    fixed: Spoken | None,
    lacks_others: Callable[[Recorded], bool] = lambda _: False,
) -> Iterator[RecordedSession]:
    """Yield the sessions of one file: one for each server and key; a stub is one by itself.

    `fixed` is what is spoken in all of them, where somebody said so. What `lacks_others` that came
    between is a session by itself, too, in which is spoken what is in the others of its server and
    key; so is what others at its host may have changed. A session ends at what was not read.
    """
    groups: dict[tuple[Sender, int], list[Recorded]] = {}
    for number, entry in enumerate(_each_once(recorded), start=1):
        url = entry.request.url
        sender = Sender(host_of(url), server_of(entry.request), key_of(entry.request))
        key = sender, number if entry.is_stub else 0
        groups.setdefault(key, []).append(_known(with_its_ids(entry)))
    parts = [part for (sender, _), every in groups.items() for part in _parts(sender, every, fixed)]
    changed = ChangedByOthers(
        (part.sender, part.members) for part in parts if not part.members[0].is_stub
    )
    for sender, spoken, part_members, has_order in parts:

        def is_by_itself(one: Recorded, by: Sender = sender) -> bool:
            return lacks_others(one) or changed.may_concern(by, one)

        for members in _each_session(part_members, is_by_itself):
            exchanges = tuple(_exchanges(members, source, spoken, has_order=has_order))
            yield RecordedSession(exchanges=exchanges, spoken=spoken)


class _Part(NamedTuple):
    """What one sender asked in one life of a server, in one edition and dialect, in order."""

    sender: Sender
    spoken: Spoken
    members: list[Recorded]
    has_order: bool


def _parts(sender: Sender, every: list[Recorded], fixed: Spoken | None) -> Iterator[_Part]:
    """Yield the parts of what a sender asked, in the order of time, as far as that is known."""
    for group in of_known_order(every):
        has_order = is_in_some_order(group)
        for life in each_life(in_order(group)):
            for spoken, members in _parts_by_speech(life, fixed):
                by = sender._replace(speech=spoken[:2])
                yield _Part(by, spoken, members, has_order)


def _each_session(
    group: list[Recorded], is_by_itself: Callable[[Recorded], bool]
) -> Iterator[list[Recorded]]:
    """Yield what is judged together: nothing is across what could not be read."""
    kept = [one for one in group if not is_by_itself(one)]
    for _, members in groupby(kept, key=lambda one: one.gaps):
        yield list(members)
    yield from ([one] for one in group if is_by_itself(one))


def server_of(request: Request) -> tuple[str, ...]:
    """Return what tells servers apart: host, what comes before the paths, the api-version."""
    base = ROOT.split(urlsplit(request.url).path, maxsplit=1)[0]
    return spelled_host(request.url), base, *versions(request)


def key_of(request: Request) -> str:
    """Return what tells the key of a request from others, and not the key."""
    given = [value for name, value in request.headers if name.lower() in KEY_HEADERS]
    return hashlib.sha256("\n".join(given).encode("utf-8", "surrogatepass")).hexdigest()


def _known(entry: Recorded) -> Recorded:
    """Return an exchange whose answer claims no more than a recording can know."""
    response = as_far_as_known(entry.response) if not entry.is_checked else entry.response
    return entry if response is entry.response else replace(entry, response=response)


def _parts_by_speech(
    group: list[Recorded], fixed: Spoken | None
) -> Iterator[tuple[Spoken, list[Recorded]]]:
    """Yield what is spoken in a session, with its exchanges; a cassette may be of several years."""
    pairs = [(entry.request, entry.response) for entry in group]
    parts: dict[tuple[str, str | None], tuple[Spoken, list[Recorded]]] = {}
    for entry, spoken in zip(
        group, [fixed] * len(group) if fixed else spoken_in_each(pairs), strict=True
    ):
        parts.setdefault(spoken[:2], (spoken, []))[1].append(entry)
    yield from parts.values()


def _each_once(recorded: Iterable[Recorded]) -> Iterator[Recorded]:
    """Yield exchanges, but those that some log has again: the same at the same moment."""
    seen: set[tuple[object, ...]] = set()
    for entry in recorded:
        asked, answered = entry.request, entry.response
        same = entry.at, asked.method, asked.url, asked.body, answered.status, answered.body
        if not entry.at or same not in seen:
            yield entry
        seen.add(same)


def _exchanges(
    group: list[Recorded], source: str, spoken: Spoken, *, has_order: bool
) -> Iterator[Exchange]:
    """Yield the exchanges of a session, with those that were under way together."""
    beside_each = together(group, has_order=has_order)
    for number, (entry, beside) in enumerate(zip(group, beside_each, strict=True), start=1):
        exchange = entry.exchange(number, spoken.edition, source)
        yield replace(exchange, together=beside or entry.together)


def together(ordered: list[Recorded], *, has_order: bool) -> list[int]:
    """Return for each exchange the number of those that it was under way with; 0 for none.

    Only where moments and durations were kept it is known that two were. Where the recording has no
    order of its own, two of one moment may have been.
    """
    numbers = [0] * len(ordered)
    last_end, group = 0.0, 0
    for at, entry in enumerate(ordered):
        is_beside = entry.at < last_end - CLOCK_GRAIN
        is_beside |= at > 0 and not has_order and entry.at == ordered[at - 1].at
        if entry.at and at and is_beside:
            if not numbers[at - 1]:
                group += 1
                numbers[at - 1] = group
            numbers[at] = numbers[at - 1]
        last_end = max(last_end, entry.at + entry.response.seconds)
    return numbers
