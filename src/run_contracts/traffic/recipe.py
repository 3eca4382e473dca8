"""Recipes: the exchanges that a report holds, as requests to send again.

A server gives other ids another time. So an id that an earlier answer gave is captured from that
answer, and a placeholder stands for it in later requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from run_contracts.contract.object_names import named_kind
from run_contracts.traffic.base_urls import below, in_text
from run_contracts.traffic.exchange import Exchange, Intent
from run_contracts.traffic.payload import Pointer, ids_in
from run_contracts.traffic.shell import TOKEN
from run_contracts.types import JSONObject

Race = Literal["", "begins", "ends"]
WORDS = {
    "run": "run",
    "run_step": "step",
    "message": "message",
    "function": "call",
    "assistant": "assistant",
    "thread": "thread",
}
"""The words that placeholders are named by, for a kind of object and for a type of tool call."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """Stands in a request for a captured id, e.g. ``run_2``."""

    name: str


Template = tuple[str | Placeholder, ...]
"""A text with placeholders in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """An id to take from an answer, and the name of the placeholders for it.

    `part` counts the JSON values of the answer from 0: there is one, or one for each frame.
    """

    name: str
    part: int
    pointer: Pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeStep:
    """One request of a recipe.

    `path` is what follows the base URL. `await_status` is the run's status that a poll showed: it
    is to be polled again until it has that status. A request that begins a race is under way while
    the next one is sent.
    """

    number: int
    method: str
    path: Template
    headers: tuple[tuple[str, str], ...]
    body: Template
    intent: Intent
    captures: tuple[Capture, ...]
    await_status: str | None
    race: Race


def recipe(base: str, exchanges: Iterable[Exchange]) -> tuple[RecipeStep, ...]:
    """Return the steps that send these exchanges with the target at a base URL again."""
    ordered = _as_begun(list(exchanges))
    sent = [exchange.sent_texts for exchange in ordered]
    names: dict[str, str] = {}
    steps: list[RecipeStep] = []
    for at, exchange in enumerate(ordered):
        path, body = _path(base, exchange, names), _body(exchange, names)
        later = set().union(*sent[at + 1 :]) - set().union(*sent[: at + 1])
        captures = tuple(_captures(exchange, later, names))
        steps.append(_step(exchange, path, body, captures, _race(at, ordered)))
    return tuple(steps)


def _as_begun(exchanges: list[Exchange]) -> list[Exchange]:
    """Return exchanges as they were begun: of those that raced, the last one kept came first."""
    begun: list[Exchange] = []
    for exchange in exchanges:
        raced = [at for at, other in enumerate(begun) if 0 < exchange.together == other.together]
        begun.insert(raced[0] if raced else len(begun), exchange)
    return begun


def _step(
    exchange: Exchange, path: Template, body: Template, captures: tuple[Capture, ...], race: Race
) -> RecipeStep:
    headers = [pair for pair in exchange.request.headers if _is_kept(*pair)]
    return RecipeStep(
        number=exchange.number,
        method=exchange.request.method,
        path=path,
        headers=tuple(headers),
        body=body,
        intent=exchange.intent,
        captures=captures,
        await_status=_status(exchange) if exchange.operation_id == "getRun" else None,
        race=race,
    )


def _is_kept(name: str, value: str) -> bool:
    """Say whether a header says something of what is asked, and is one that can be sent."""
    is_header = TOKEN.fullmatch(name) is not None and value.isascii()
    return is_header and value.replace("\t", " ").isprintable() and name.lower() not in OWN_HEADERS


def _race(at: int, ordered: list[Exchange]) -> Race:
    """Return which part an exchange has in a race: it goes on during the next, or ends it."""

    def is_same(other: Exchange) -> bool:
        return 0 < other.together == ordered[at].together

    if any(map(is_same, ordered[at + 1 : at + 2])):
        return "begins"
    return "ends" if any(map(is_same, ordered[max(at - 1, 0) : at])) else ""


def _status(exchange: Exchange) -> str | None:
    """Return the status of the run that an answer shows."""
    _, answered = next(iter(exchange.answer.values), ("", None))
    status = answered.get("status") if isinstance(answered, dict) else None
    return status if isinstance(status, str) else None


def _path(base: str, exchange: Exchange, names: Mapping[str, str]) -> Template:
    quoted = {quote(i, safe="", errors="surrogatepass"): name for i, name in names.items()}
    return _template(_rest(base, exchange.request.url), quoted, "(?<=[/=])", "(?=[/?&]|$)")


def _rest(base: str, url: str) -> str:
    """Return what is to follow a base URL: whatever was sent, it leads to no other server."""
    rest = below(base, url)
    if rest is None:
        rest = in_text("/" + url.partition("://")[2].partition("/")[2])
    return rest if rest[:1] in ("", "/", "?") else f"/{rest}"


def _body(exchange: Exchange, names: Mapping[str, str]) -> Template:
    return _template(exchange.request.payload.text, names, '(?<=")', '(?=")')


def _template(text: str, names: Mapping[str, str], before: str, after: str) -> Template:
    """Return a text with placeholders for the ids between what must stand before and after."""
    if not names:
        return (text,) if text else ()
    ids = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    pieces = re.split(f"{before}({ids}){after}", text)
    return tuple(Placeholder(name=names[p]) if n % 2 else p for n, p in enumerate(pieces) if p)


def _captures(exchange: Exchange, wanted: set[str], names: dict[str, str]) -> Iterator[Capture]:
    """Yield the captures of the wanted ids that have no name yet, and name them."""
    wanted = wanted.intersection(exchange.answer.ids).difference(names)
    for part, (_, value) in enumerate(exchange.answer.values if wanted else ()):
        for pointer, id_, owner in ids_in(value):
            if id_ in wanted and id_ not in names:
                names[id_] = _new_name(_word(str(pointer[-1]), owner), names.values())
                yield Capture(name=names[id_], part=part, pointer=pointer)


def _new_name(word: str, taken: Iterable[str]) -> str:
    """Return a word as a name that is not taken: with its number, but for the first.

    >>> _new_name("run", ["run", "thread"])
    'run_2'
    """
    same = sum(re.fullmatch(rf"{word}(_\d+)?", name) is not None for name in taken)
    return f"{word}_{same + 1}" if same else word


def _word(field: str, owner: JSONObject) -> str:
    """Return what a field has the id of, in a word that can be part of a name.

    It is one that the project knows, or id: what a server chose is no name in a script.
    """
    known = field.removesuffix("_id")
    if field == "id":
        known = WORDS.get(named_kind(owner) or str(owner.get("object") or owner.get("type")), "id")
    return known if known in WORDS.values() else "id"
