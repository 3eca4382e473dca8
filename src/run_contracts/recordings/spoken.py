"""What is spoken in a recording: its edition and dialect, and what says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from run_contracts.contract.files import read_json
from run_contracts.contract.object_names import named_kind
from run_contracts.contract.readings import Dialect, dialects
from run_contracts.recordings.formats.entry_parts import MILLISECONDS
from run_contracts.traffic.exchange import Request, Response
from run_contracts.types import DialectName, Edition

FIRST_OF_V2 = dt.date(2024, 4, 17)
"""The day on which v2 came to be: what was created before is v1."""
BETA = "openai-beta"
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


PLAIN = Spoken("v2", None, "nothing speaks against it")


class _Sign(NamedTuple):
    """What speaks for an edition, a family or a dialect, in a clause."""

    what: str
    reason: str


def spoken_by(value: Any, *, otherwise: Spoken | None = None) -> Spoken:
    """Return what an answer speaks that was recorded alone; `otherwise` if it says nothing.

    >>> spoken_by({"object": "thread.run", "created_at": 1701388800, "file_ids": []})
    Spoken(edition='v1', dialect='openai-2023-11', reason='created on 2023-12-01')
    """
    objects = list(_objects(value))
    if not objects:
        return _bare_error(value) or otherwise or PLAIN
    return _spoken(objects, family=None, hints=(), is_alone=True)


def spoken_in(pairs: Sequence[tuple[Request, Response]]) -> Spoken:
    """Return what is spoken in the exchanges of a session."""
    objects: list[Any] = []
    for _, response in pairs:
        if len(objects) < VALUES_LOOKED_AT and response.body:
            objects += (one for _, value in response.payload.values for one in _objects(value))
    family = next(filter(None, map(_family, pairs)), None)
    hints = tuple(filter(None, (_header(pairs), _version(pairs))))
    return _spoken(objects, family=family, hints=hints, is_alone=False)


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
    family: _Sign | None,
    hints: tuple[_Sign, ...],
    is_alone: bool,
) -> Spoken:
    """Weigh what objects say before the days they were made, and those before headers."""
    day = _day(objects)
    signs = [*_by_fields(objects), *_by_day(day), *hints]
    edition = signs[0] if signs else _Sign(PLAIN.edition, PLAIN.reason)
    dialect = _open_dialect(objects, family, edition.what, is_alone=is_alone)
    dialect = dialect or _dated_dialect(objects, family, edition.what, day)
    if dialect is None:
        return Spoken(edition.what, None, edition.reason)  # type: ignore[arg-type]  # a name of one
    return Spoken(edition.what, dialect.what, dialect.reason)  # type: ignore[arg-type]


def _day(objects: Iterable[Mapping[str, Any]]) -> dt.date | None:
    """Return the day on which the first object was made; numbers of milliseconds are read so."""
    for one in objects:
        moment = one.get("created_at")
        if isinstance(moment, int | float) and not isinstance(moment, bool) and moment > 0:
            return _date(moment / 1000 if moment >= MILLISECONDS else moment)
    return None


@lru_cache(maxsize=256)
def _date(moment: float) -> dt.date | None:
    try:
        return dt.datetime.fromtimestamp(moment, dt.UTC).date()
    except (OverflowError, OSError, ValueError):
        return None


V1_FIELDS = ("file_ids",)
V2_FIELDS = ("tool_resources", "parallel_tool_calls", "attachments")
V1_TOOLS, V2_TOOLS = ("retrieval",), ("file_search",)


def _by_fields(objects: Iterable[Mapping[str, Any]]) -> Iterator[_Sign]:
    """Yield the editions that objects name by a field or a tool that only one of them has."""
    for one in objects:
        tools = one.get("tools")
        names = (
            [t.get("type") for t in tools if isinstance(t, dict)] if isinstance(tools, list) else []
        )
        for edition, fields, kinds in (("v2", V2_FIELDS, V2_TOOLS), ("v1", V1_FIELDS, V1_TOOLS)):
            shown = [
                name
                for name in fields
                if one.get(name) is not None or (edition == "v1" and name in one)
            ]
            shown += [name for name in kinds if name in names]
            if shown:
                yield _Sign(edition, f"{shown[0]} in {named_kind(one) or 'an object'}")
                break


def _by_day(day: dt.date | None) -> Iterator[_Sign]:
    if day is not None and day < FIRST_OF_V2:
        yield _Sign("v1", f"created on {day}")


def _header(pairs: Iterable[tuple[Request, Response]]) -> _Sign | None:
    for request, _ in pairs:
        for name, value in request.headers:
            if name.lower() == BETA and value.strip().startswith("assistants="):
                edition = value.strip().removeprefix("assistants=")[:2]
                if edition in ("v1", "v2"):
                    return _Sign(edition, f"OpenAI-Beta: assistants={edition}")
    return None


def _version(pairs: Iterable[tuple[Request, Response]]) -> _Sign | None:
    """Return the edition that an api-version of Azure stands for."""
    for version in _versions(pairs):
        for one in dialects().values():
            if version in one.signs.get("api_versions", ()):
                return _Sign(one.edition, f"api-version {version}")
    return None


def _versions(pairs: Iterable[tuple[Request, Response]]) -> Iterator[str]:
    for request, _ in pairs:
        yield from parse_qs(urlsplit(request.url).query).get("api-version", ())


def _family(pair: tuple[Request, Response]) -> _Sign | None:
    """Return the family of servers that an exchange shows: by URL, api-version, headers."""
    request, response = pair
    url = urlsplit(request.url)
    names = {name.lower() for name, _ in response.headers}
    versions = parse_qs(url.query).get("api-version", ())
    for one in sorted(dialects().values(), key=lambda one: one.until is not None):
        signs = one.signs
        for host in signs.get("hosts", ()):
            if url.netloc.lower().endswith(host):
                return _Sign(one.family, f"host {url.netloc[:60]}")
        for part in signs.get("paths", ()):
            if part in url.path:
                return _Sign(one.family, f"{part} in the path")
        for version in versions:
            if version in signs.get("api_versions", ()):
                return _Sign(one.family, f"api-version {version[:40]}")
        for header in signs.get("headers", ()):
            if header in names:
                return _Sign(one.family, f"the header {header}")
    return _Sign("azure", f"api-version {versions[0][:40]}") if versions else None


def _open_dialect(
    objects: list[dict[str, Any]], family: _Sign | None, edition: str, *, is_alone: bool
) -> _Sign | None:
    """Return a dialect that is still spoken, of which something positive must show."""
    for one in dialects().values():
        if one.until is not None or one.edition != edition:
            continue
        if one.family == "sdk":
            shown = is_alone and next(filter(None, map(_dumped, objects)), None)
            if shown:
                return _Sign(one.name, f"{shown} is null, as the SDK writes what was absent")
            continue
        if family is not None and family.what == one.family:
            return _Sign(one.name, family.reason)
        if family is None:
            shown_value = next(filter(None, (_named(value, one) for value in objects)), None)
            if shown_value:
                return _Sign(one.name, f"{shown_value} in an answer")
    return None


def _named(value: Any, dialect: Dialect, depth: int = 6) -> str | None:
    """Return what in a value only this dialect has: the type of something, a code, a reason."""
    wanted = _wanted(dialect.name)
    if isinstance(value, dict) and depth:
        for key, one in value.items():
            if isinstance(one, str) and key in ("type", "code", "reason") and one in wanted:
                return one
            if isinstance(one, dict | list) and (found := _named(one, dialect, depth - 1)):
                return found
    elif isinstance(value, list) and depth:
        for one in value[: ITEMS_LOOKED_AT * 4]:
            if found := _named(one, dialect, depth - 1):
                return found
    return None


@cache
def _wanted(name: str) -> frozenset[str]:
    return frozenset(dialects()[name].signs.get("values", ()))


def _dated_dialect(
    objects: list[dict[str, Any]], family: _Sign | None, edition: str, day: dt.date | None
) -> _Sign | None:
    """Return the dialect that was spoken on the day that objects were made, by the family.

    Where the family does not show it is the one that lacked no more than is absent.
    """
    if day is None:
        return None
    spoken = [
        one
        for one in dialects().values()
        if one.until is not None
        and one.edition == edition
        and one.covers(day)
        and (family is None or one.family == family.what)
    ]
    absent = _absent(objects, edition)
    fitting = sorted(
        (one for one in spoken if absent <= set(one.optional.get("run", ()))),
        key=lambda one: (one.family != "openai", len(one.optional.get("run", ()))),
    )
    if family is None and not absent:
        fitting = [one for one in spoken if one.family == "openai"]
    if fitting:
        return _Sign(fitting[0].name, f"created on {day}")
    return _Sign(spoken[0].name, f"created on {day}") if spoken else None


def _absent(objects: Iterable[Mapping[str, Any]], edition: str) -> set[str]:
    """Return the fields that every run has, and the runs among these objects have not."""
    required = _required_of_runs(edition)
    runs = [one for one in objects if named_kind(one) == "run"]
    return {name for run in runs for name in required if name not in run}


@cache
def _required_of_runs(edition: str) -> frozenset[str]:
    return frozenset(read_json(f"{edition}/run.json")["required"])


def _bare_error(value: Any) -> Spoken | None:
    """Return what a lone error of nothing but a code and a message speaks: an Azure gateway's."""
    error = value.get("error") if isinstance(value, dict) else None
    if isinstance(error, dict) and error.keys() == {"code", "message"} and "object" not in value:
        return Spoken("v2", "azure-agents", "an error of nothing but code and message")
    return None


def _dumped(one: Mapping[str, Any]) -> str | None:
    """Return a field that is null where no server writes one, of an object that an SDK dumped.

    Its fields stand in the order of the SDK's models, which is that of the alphabet.
    """
    names = list(one)
    kind = named_kind(one)
    if kind is None or "object" not in names or not _is_alphabetical(names):
        return None
    return _null(one, kind)


def _is_alphabetical(names: list[str]) -> bool:
    before = names[: names.index("object")]
    before = before[1:] if before[:1] == ["id"] else before
    return len(before) > 0 and before == sorted(before)


def _null(value: Any, kind: str) -> str | None:
    """Return a field that may be absent and is null, at any depth."""
    optional = _optional_names()
    left: list[tuple[str, Any]] = [("", value)]
    while left:
        place, one = left.pop()
        if isinstance(one, dict):
            for name, inner in one.items():
                if inner is None and (name in optional or (kind == "message" and name == "status")):
                    return f"{place}/{name}"
                if isinstance(inner, dict | list):
                    left.append((f"{place}/{name}", inner))
        elif isinstance(one, list):
            left += [(f"{place}/{at}", inner) for at, inner in enumerate(one)]
    return None


@cache
def _optional_names() -> frozenset[str]:
    """Return the names of members that some object may lack and that none may have as null."""
    return frozenset(
        {
            "description",
            "parameters",
            "file_search",
            "function",
            "status",
            "ranking_options",
            "results",
        }
    )
