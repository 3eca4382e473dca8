"""By what traffic shows a dialect: where it went, what was asked for, what an answer holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from run_contracts.contract.azure import VERSION_PARAMETER
from run_contracts.contract.readings import dialects
from run_contracts.traffic.exchange import Request, Response

SIGN_FIELDS = ("type", "code", "reason")
"""The fields whose values may be a dialect's own."""
CALLERS_OWN = frozenset({"parameters", "schema", "metadata"})
"""The fields that hold what the caller of a server wrote, whatever it is."""
CONTAINERS = (dict, list)
DEEPEST_SIGN = 6
ITEMS_SEARCHED = 20
LONGEST_SIGN = 60
BARE_ERROR = {"code", "message"}
"""All that an error of Azure's gateways has."""
Pair = tuple[Request, Response]


class Sign(NamedTuple):
    """What something speaks for, by name, and in a clause why."""

    name: str
    reason: str


def family_of(pairs: Iterable[Pair]) -> Sign | None:
    """Return the family of servers that exchanges show, by the first that shows one."""
    return next((sign for pair in pairs for sign in _signs(pair)), None)


def _signs(pair: Pair) -> Iterator[Sign]:
    """Yield the families that an exchange shows: by host, path, version, headers, in this order."""
    request, response = pair
    url = urlsplit(request.url)
    host = url.netloc.lower().rpartition("@")[2].partition(":")[0]
    for suffix, family in _signs_of("hosts"):
        if host.endswith(suffix):
            yield Sign(family, f"host {host[-LONGEST_SIGN:]}")
    for part, family in _signs_of("paths"):
        if part in url.path:
            yield Sign(family, f"{part} in the path")
    for asked in versions(request):
        for version, family in _signs_of("api_versions"):
            if asked == version:
                yield Sign(family, f"api-version {version}")
        yield Sign("azure", f"api-version {asked[:LONGEST_SIGN]}")
    names = {name.lower() for name, _ in response.headers}
    for header, family in _signs_of("headers"):
        if header in names:
            yield Sign(family, f"the header {header}")


def versions(request: Request) -> list[str]:
    """Return the api-version that a request names, if any."""
    return parse_qs(urlsplit(request.url).query).get(VERSION_PARAMETER, [])


@cache
def _signs_of(kind: str) -> tuple[tuple[str, str], ...]:
    """Return the signs of a kind, each with the family of its dialect."""
    found = ((sign, one.family) for one in dialects().values() for sign in one.signs.get(kind, ()))
    return tuple(found)


def own_value(value: Any, name: str, depth: int = DEEPEST_SIGN) -> str | None:
    """Return the type, code or reason in a value that only the dialect of this name has.

    >>> own_value({"required_action": {"type": "submit_tool_approval"}}, "azure-agents")
    'submit_tool_approval'
    """
    return _own_of(value, _values(name), depth) if isinstance(value, dict | list) else None


def _own_of(value: dict[str, Any] | list[Any], own: frozenset[str], depth: int) -> str | None:
    """Return the first of a dialect's `own` words in a value; every recorded line is asked."""
    if isinstance(value, dict):
        for field in SIGN_FIELDS:
            named = value.get(field)
            if isinstance(named, str) and named in own:
                return named
        inner: Iterable[Any] = (
            value.values() if CALLERS_OWN.isdisjoint(value) else _of_the_server(value)
        )
    else:
        inner = value[:ITEMS_SEARCHED]
    if depth > 1:
        for one in inner:
            if one and one.__class__ in CONTAINERS and (shown := _own_of(one, own, depth - 1)):
                return shown
    return None


def _of_the_server(value: dict[str, Any]) -> list[Any]:
    return [one for field, one in value.items() if field not in CALLERS_OWN]


@cache
def _values(name: str) -> frozenset[str]:
    return frozenset(dialects()[name].signs.get("values", ()))


def is_bare_error(value: Any) -> bool:
    """Say whether a value is an error of nothing but a code and a message.

    >>> is_bare_error({"error": {"code": "404", "message": "Resource not found"}})
    True
    """
    error = value.get("error") if isinstance(value, dict) else None
    return isinstance(error, dict) and error.keys() == BARE_ERROR and "object" not in value


SECOND_FIELD = ("object",)
"""What stands second in a run that no SDK wrote, whatever is null in it."""
SECONDS_OF_A_DAY = 86_400


def signature_of(run: dict[str, Any]) -> tuple[Any, ...] | None:
    """Return what decides which dialect a run speaks by itself; None of all but plain runs.

    A run that requires action is none, for the calls in it may be of any type.

    Two of one signature have the same fields, of the same day, and parts of the same types, codes
    and reasons. Quick, for it is asked of every line.
    """
    names = tuple(run)
    if names[1:2] != SECOND_FIELD or run.get("required_action") is not None:
        return None
    try:
        error, choice = run["last_error"], run["tool_choice"]
        return (
            names,
            run["object"],
            run["created_at"] // SECONDS_OF_A_DAY,
            run.get("parallel_tool_calls") is None,
            run.get("tool_resources") is None,
            error and error["code"],
            choice if isinstance(choice, str | None) else choice["type"],
            (run["incomplete_details"] or {}).get("reason"),
            *[tool["type"] for tool in run["tools"]],
        )
    except (KeyError, TypeError, AttributeError):
        return None
