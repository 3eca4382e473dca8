"""What is spoken in a recording: its edition and dialect, and what says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from run_contracts.contract.azure import edition_of_version
from run_contracts.contract.object_names import named_kind
from run_contracts.contract.operations import BETA
from run_contracts.contract.readings import dialects
from run_contracts.recordings.dated_dialects import dated_dialect
from run_contracts.recordings.dialect_signs import (
    Sign,
    family_of,
    is_bare_error,
    own_value,
    signature_of,
    versions,
)
from run_contracts.recordings.formats.entry_parts import MILLISECONDS, moment
from run_contracts.recordings.sdk_dumps import null_of_dump
from run_contracts.traffic.exchange import Request, Response
from run_contracts.types import DialectName, Edition

FIRST_OF_V2 = dt.date(2024, 4, 17)
"""The day on which v2 came to be: what was created before is v1."""
FIRST_DAY, DAY = dt.date(1970, 1, 1), 86_400
"""The first day of the epoch, and how many seconds one has."""
DATED = ("run", "run_step")
"""The kinds of objects that are made when they are seen."""
ITEMS_LOOKED_AT = 5
VALUES_LOOKED_AT = 200
"""Objects of a session that are looked at, at most."""


class Spoken(NamedTuple):
    """An edition and a dialect, and in a clause what says that they are spoken."""

    edition: Edition
    dialect: DialectName | None
    reason: str

    def __str__(self) -> str:
        name = f", dialect {self.dialect}" if self.dialect else ""
        return f"edition {self.edition}{name}: {self.reason}"


MOST_SIGNED = 4096
"""Signatures of answers that are remembered with what they speak."""
_REMEMBERED: dict[Hashable, Spoken] = {}
UNSIGNED = Spoken("v2", None, "nothing speaks against it")


def spoken_by(value: Any, *, otherwise: Spoken | None = None) -> Spoken:
    """Return what an answer speaks that was recorded alone; `otherwise` if it says nothing.

    >>> spoken_by({"object": "thread", "created_at": 1701388800})
    Spoken(edition='v1', dialect='openai-2023-11', reason='created on 2023-12-01')
    """
    objects = list(_objects(value))
    if not objects:
        return _of_gateway(value) or _of_delta(value) or otherwise or UNSIGNED
    signature = signature_of(value) if objects[0] is value else None
    if signature is None:
        return _spoken(objects, family=None, hints=(), is_alone=True)
    try:
        return _REMEMBERED[signature]
    except KeyError:
        spoken = _spoken(objects, family=None, hints=(), is_alone=True)
        if len(_REMEMBERED) >= MOST_SIGNED:
            _REMEMBERED.clear()
        _REMEMBERED[signature] = spoken
        return spoken
    except TypeError:  # a part of it that is no text
        return _spoken(objects, family=None, hints=(), is_alone=True)


def spoken_in(pairs: Sequence[tuple[Request, Response]]) -> Spoken:
    """Return what is spoken in the exchanges of a session."""
    objects: list[Any] = []
    for _, response in pairs:
        if len(objects) < VALUES_LOOKED_AT and response.body:
            objects += (one for _, value in response.payload.values for one in _objects(value))
    family = family_of(pairs)
    hints = tuple(filter(None, (_header(pairs), _version(pairs))))
    return _spoken(objects, family=family, hints=hints, is_alone=False, sent_on=_sent_on(pairs))


def spoken_in_each(pairs: Sequence[tuple[Request, Response]]) -> list[Spoken]:
    """Return what is spoken in each exchange of a session, which is mostly the same in all.

    Where nothing shows the family of servers, runs and steps of other days may speak another
    dialect: some cassettes were recorded anew in part. What shows none speaks what was spoken last.
    """
    whole = spoken_in(pairs)
    is_fixed = family_of(pairs) is not None
    is_fixed |= whole.dialect is not None and dialects()[whole.dialect].until is None
    if is_fixed:
        return [whole] * len(pairs)
    spoken: list[Spoken] = []
    last = whole
    for _, response in pairs:
        shown = (one for _, value in response.payload.values for one in _objects(value))
        dated = [one for one in shown if named_kind(one) in DATED]
        if dated:
            own = _spoken(dated, family=None, hints=(), is_alone=False)
            last = last if own.reason == UNSIGNED.reason or own[:2] == last[:2] else own
        spoken.append(last)
    return spoken


def _sent_on(pairs: Iterable[tuple[Request, Response]]) -> dt.date | None:
    """Return the day of the first answer that has a Date."""
    dates = (response.header("date") for _, response in pairs)
    moments = (moment(date) for date in dates if date)
    return next((_date(int(one) // DAY) for one in moments if one), None)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects that a value shows: itself, or the first items of its list."""
    if isinstance(value, dict):
        items = value.get("data")
        if isinstance(items, list):
            yield from (one for one in items[:ITEMS_LOOKED_AT] if isinstance(one, dict))
        elif "created_at" in value:
            yield value


def _spoken(
    objects: list[dict[str, Any]],
    *,
    family: Sign | None,
    hints: tuple[Sign, ...],
    is_alone: bool,
    sent_on: dt.date | None = None,
) -> Spoken:
    """Weigh what objects say before the days they were made, and those before headers."""
    day = _day(objects) or sent_on
    signs = [*_by_fields(objects), *_by_day(day), *hints]
    edition = signs[0] if signs else Sign(UNSIGNED.edition, UNSIGNED.reason)
    dialect = _open_dialect(objects, family, edition.name, is_alone=is_alone)
    dialect = dialect or dated_dialect(objects, family, edition.name, day)
    if dialect is None:
        return Spoken(edition.name, None, edition.reason)  # type: ignore[arg-type]  # a name of one
    return Spoken(edition.name, dialect.name, dialect.reason)  # type: ignore[arg-type]


def _day(objects: Iterable[Mapping[str, Any]]) -> dt.date | None:
    """Return the day on which the first object was made; milliseconds tell none.

    No server wrote them when there were dialects: who does speaks none of those. Runs and steps
    come first, for an assistant or a thread may be old.
    """
    for one in sorted(objects, key=lambda one: named_kind(one) not in DATED):
        made = one.get("created_at")
        if isinstance(made, int | float) and 0 < made < MILLISECONDS:
            return _date(int(made) // DAY)
    return None


@lru_cache(maxsize=4096)
def _date(days: int) -> dt.date | None:
    """Return the date so many days after the epoch."""
    try:
        return FIRST_DAY + dt.timedelta(days=days)
    except OverflowError:
        return None


V1_FIELDS = ("file_ids",)
V2_FIELDS = ("tool_resources", "parallel_tool_calls", "attachments")
V1_TOOLS, V2_TOOLS = ("retrieval",), ("file_search",)


def _by_fields(objects: Iterable[Mapping[str, Any]]) -> Iterator[Sign]:
    """Yield the editions that objects name by a field or a tool that only one of them has."""
    for value in objects:
        names = _tool_types(value)
        for edition, fields, kinds in (("v2", V2_FIELDS, V2_TOOLS), ("v1", V1_FIELDS, V1_TOOLS)):
            shown = [
                name
                for name in fields
                if value.get(name) is not None or (edition == "v1" and name in value)
            ]
            shown += [name for name in kinds if name in names]
            if shown:
                yield Sign(edition, f"{shown[0]} in {named_kind(value) or 'an object'}")
                break


def _tool_types(value: Mapping[str, Any]) -> list[Any]:
    """Return the types of the tools of an object, and of the calls of a step or of its delta."""
    delta = value.get("delta")
    step = delta if isinstance(delta, dict) else value
    details = step.get("step_details")
    calls = details.get("tool_calls") if isinstance(details, dict) else None
    listed = (*_list(value.get("tools")), *_list(calls))
    return [one.get("type") for one in listed if isinstance(one, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _by_day(day: dt.date | None) -> Iterator[Sign]:
    if day is not None and day < FIRST_OF_V2:
        yield Sign("v1", f"created on {day}")


def _header(pairs: Iterable[tuple[Request, Response]]) -> Sign | None:
    for request, _ in pairs:
        for name, value in request.headers:
            if name.lower() == BETA and value.strip().startswith("assistants="):
                edition = value.strip().removeprefix("assistants=")[:2]
                if edition in ("v1", "v2"):
                    return Sign(edition, f"OpenAI-Beta: assistants={edition}")
    return None


def _version(pairs: Iterable[tuple[Request, Response]]) -> Sign | None:
    """Return the edition that an api-version of Azure stands for."""
    for request, _ in pairs:
        for version in versions(request):
            edition = edition_of_version(version)
            if edition is not None:
                return Sign(edition, f"api-version {version}")
    return None


def _open_dialect(
    objects: list[dict[str, Any]], family: Sign | None, edition: str, *, is_alone: bool
) -> Sign | None:
    """Return a dialect that is still spoken, of which something positive must show."""
    for dialect in dialects().values():
        if dialect.until is not None or edition not in dialect.editions:
            continue
        if dialect.family == "sdk":
            shown = is_alone and next(filter(None, map(null_of_dump, objects)), None)
            if shown:
                return Sign(dialect.name, f"{shown} is null, as the SDK writes what was absent")
            continue
        if family is not None and family.name == dialect.family:
            return Sign(dialect.name, family.reason)
        if family is None:
            shown_value = next(filter(None, (own_value(v, dialect.name) for v in objects)), None)
            if shown_value:
                return Sign(dialect.name, f"{shown_value} in an answer")
    return None


def _of_delta(value: Any) -> Spoken | None:
    """Return what a lone piece of a stream speaks, which tells no day."""
    is_delta = isinstance(value, dict) and isinstance(value.get("delta"), dict)
    sign = next(_by_fields([value]), None) if is_delta else None
    return Spoken(sign.name, None, sign.reason) if sign else None  # type: ignore[arg-type]


def _of_gateway(value: Any) -> Spoken | None:
    """Return what a lone error of Azure's gateways speaks."""
    reason = "an error of nothing but code and message"
    return Spoken("v2", "azure-agents", reason) if is_bare_error(value) else None
