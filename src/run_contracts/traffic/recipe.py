"""Recipes: exchanges that were told as events, as requests to send again.

An id that an earlier answer gave is a name in a later request, for another time it is another id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote, urlsplit

from run_contracts.errors import UnreadableBody
from run_contracts.events import Exchanged
from run_contracts.traffic.sse import frames
from run_contracts.validation.json_text import decode_json, texts_in

Pointer = tuple[str | int, ...]
KINDS = {
    "thread.run": "run",
    "thread.run.step": "step",
    "thread.message": "message",
    "function": "call",
}
WORDS = frozenset({"assistant", *KINDS.values(), "thread"})
"""What an id is called by."""
Race = Literal["", "begins", "ends"]
OWN_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "host",
        "user-agent",
        "x-schemathesis-testcaseid",
    }
)
"""Headers that say nothing about what is asked; whoever sends again has their own."""
GET_RUN = "getRun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """Stands in a request for an id: its name, e.g. ``run_2``."""

    name: str


Text = tuple[str | Name, ...]
"""A text with names in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """An id to take from an answer.

    `part` counts the JSON values of the answer from 0: there is one, or one for each frame.
    """

    name: str
    part: int
    pointer: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeStep:
    """One request of a recipe.

    `path` is what follows the base URL. `await_status` is the run's status that a look at it
    showed: to be looked for again until it is seen. A request that begins a race is under way
    while the next one is sent.
    """

    number: int
    method: str
    path: Text
    headers: tuple[tuple[str, str], ...]
    body: Text
    answered: int
    intent: str
    picks: tuple[Pick, ...]
    await_status: str | None
    race: Race


def recipe(base: str, exchanges: Iterable[Exchanged]) -> tuple[RecipeStep, ...]:
    """Return the steps that send these exchanges again, told of the target at a base URL."""
    ordered = _as_begun(list(exchanges))
    sent = [_sent(one) for one in ordered]
    names: dict[str, str] = {}
    steps: list[RecipeStep] = []
    for place, one in enumerate(ordered):
        path, body = _path(base, one, names), _body(one, names)
        later = set().union(*sent[place + 1 :]) - set().union(*sent[: place + 1])
        picks = tuple(_picks(one, later, names))
        steps.append(_step(one, path, body, picks, _race(place, ordered)))
    return tuple(steps)


def _as_begun(exchanges: list[Exchanged]) -> list[Exchanged]:
    """Return exchanges as they were begun: of those that raced, the last one kept came first."""
    found: list[Exchanged] = []
    for one in exchanges:
        raced = [n for n, other in enumerate(found) if 0 < one.together == other.together]
        found.insert(raced[0] if raced else len(found), one)
    return found


def _step(
    one: Exchanged, path: Text, body: Text, picks: tuple[Pick, ...], race: Race
) -> RecipeStep:
    headers = [(n, value) for n, value in one.request_headers if n.lower() not in OWN_HEADERS]
    return RecipeStep(
        number=one.number,
        method=one.method,
        path=path,
        headers=tuple(headers),
        body=body,
        answered=one.status,
        intent=one.premise,
        picks=picks,
        await_status=_status(one) if one.operation == GET_RUN else None,
        race=race,
    )


def _race(place: int, ordered: list[Exchanged]) -> Race:
    """Return which part an exchange has in a race: it goes on during the next, or ends it."""

    def is_same(other: Exchanged) -> bool:
        return 0 < other.together == ordered[place].together

    if any(map(is_same, ordered[place + 1 : place + 2])):
        return "begins"
    return "ends" if any(map(is_same, ordered[max(place - 1, 0) : place])) else ""


def _status(one: Exchanged) -> str | None:
    answered = next(parts(one.response_body), None)
    status = answered.get("status") if isinstance(answered, dict) else None
    return status if isinstance(status, str) else None


def _sent(one: Exchanged) -> set[str]:
    """Return every text of a request that may be an id."""
    path = re.split(r"[/?&=]", urlsplit(one.url).path + "?" + urlsplit(one.url).query)
    return {unquote(part) for part in path} | set(texts_in(_json(one.request_body)))


def _path(base: str, one: Exchanged, names: Mapping[str, str]) -> Text:
    quoted = {quote(found, safe=""): name for found, name in names.items()}
    return _with_names(one.url.removeprefix(base), quoted, "(?<=[/=])", "(?=[/?&]|$)")


def _body(one: Exchanged, names: Mapping[str, str]) -> Text:
    return _with_names(one.request_body, names, '(?<=")', '(?=")')


def _with_names(text: str, names: Mapping[str, str], before: str, after: str) -> Text:
    """Return a text with names for the ids that stand between what comes before and after."""
    if not names:
        return (text,) if text else ()
    ids = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    pieces = re.split(f"{before}({ids}){after}", text)
    return tuple(Name(name=names[p]) if n % 2 else p for n, p in enumerate(pieces) if p)


def _picks(one: Exchanged, wanted: set[str], names: dict[str, str]) -> Iterator[Pick]:
    """Yield the wanted ids that an answer tells first, and name them."""
    for part, value in enumerate(parts(one.response_body)):
        for pointer, found, kind in _ids(value, ()):
            if found in wanted and found not in names:
                same = sum(
                    re.fullmatch(rf"{kind}(_\d+)?", name) is not None for name in names.values()
                )
                names[found] = f"{kind}_{same + 1}" if same else kind
                yield Pick(name=names[found], part=part, pointer=pointer)


def _ids(value: Any, at: Pointer) -> Iterator[tuple[Pointer, str, str]]:
    """Yield where an id is, the id, and what it is of."""
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str) and (name == "id" or name.endswith("_id")):
                kind = _word(name.removesuffix("_id")) if name != "id" else _kind(value)
                yield (*at, name), one, kind
            yield from _ids(one, (*at, name))
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _ids(one, (*at, place))


def _kind(value: dict[str, Any]) -> str:
    """Return what an object is, in a word that can be part of a name."""
    called = str(value.get("object") or value.get("type") or "id")
    return KINDS.get(called) or _word(called)


def _word(text: str) -> str:
    """Return a word that the project knows, or id: what a server chose is no name in a script."""
    return text if text in WORDS else "id"


def parts(answer: str) -> Iterator[Any]:
    r"""Yield the JSON values of an answer: its only one, or one of each frame (None if not JSON).

    >>> list(parts("data: 1\n\ndata: [DONE]\n\n"))
    [1, None]
    """
    whole = _json(answer)
    if whole is not None:
        yield whole
        return
    for frame in frames(answer.encode("utf-8", errors="replace")):
        yield _json(frame.data or "")


def _json(text: str) -> Any:
    """Return the JSON value of a text; None if it is none, or is too large or deep to be read."""
    try:
        return decode_json(text.encode("utf-8", errors="surrogatepass")).value
    except UnreadableBody:
        return None
