"""Recipes: the exchanges that a report holds, as requests to send again.

A server gives other ids another time. So an id that an earlier answer gave is captured from that
answer, and a placeholder stands for it in later requests.
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
from run_contracts.types import JSONObject
from run_contracts.validation.json_text import decode_json, texts_in

Pointer = tuple[str | int, ...]
Race = Literal["", "begins", "ends"]
WORDS_BY_OBJECT = {
    "thread.run": "run",
    "thread.run.step": "step",
    "thread.message": "message",
    "function": "call",
}
ID_WORDS = frozenset({"assistant", *WORDS_BY_OBJECT.values(), "thread"})
"""The words that placeholders are named by."""
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
    intent: str
    captures: tuple[Capture, ...]
    await_status: str | None
    race: Race


def recipe(base: str, exchanges: Iterable[Exchanged]) -> tuple[RecipeStep, ...]:
    """Return the steps that send these exchanges with the target at a base URL again."""
    ordered = _as_begun(list(exchanges))
    sent = [_sent_texts(exchange) for exchange in ordered]
    names: dict[str, str] = {}
    steps: list[RecipeStep] = []
    for at, exchange in enumerate(ordered):
        path, body = _path(base, exchange, names), _body(exchange, names)
        later = set().union(*sent[at + 1 :]) - set().union(*sent[: at + 1])
        captures = tuple(_captures(exchange, later, names))
        steps.append(_step(exchange, path, body, captures, _race(at, ordered)))
    return tuple(steps)


def _as_begun(exchanges: list[Exchanged]) -> list[Exchanged]:
    """Return exchanges as they were begun: of those that raced, the last one kept came first."""
    begun: list[Exchanged] = []
    for exchange in exchanges:
        raced = [at for at, other in enumerate(begun) if 0 < exchange.together == other.together]
        begun.insert(raced[0] if raced else len(begun), exchange)
    return begun


def _step(
    exchange: Exchanged, path: Template, body: Template, captures: tuple[Capture, ...], race: Race
) -> RecipeStep:
    headers = [(n, value) for n, value in exchange.request_headers if n.lower() not in OWN_HEADERS]
    return RecipeStep(
        number=exchange.number,
        method=exchange.method,
        path=path,
        headers=tuple(headers),
        body=body,
        intent=exchange.premise,
        captures=captures,
        await_status=_status(exchange) if exchange.operation == "getRun" else None,
        race=race,
    )


def _race(at: int, ordered: list[Exchanged]) -> Race:
    """Return which part an exchange has in a race: it goes on during the next, or ends it."""

    def is_same(other: Exchanged) -> bool:
        return 0 < other.together == ordered[at].together

    if any(map(is_same, ordered[at + 1 : at + 2])):
        return "begins"
    return "ends" if any(map(is_same, ordered[max(at - 1, 0) : at])) else ""


def _status(exchange: Exchanged) -> str | None:
    """Return the status of the run that an answer shows."""
    answered = next(json_values(exchange.response_body), None)
    status = answered.get("status") if isinstance(answered, dict) else None
    return status if isinstance(status, str) else None


def _sent_texts(exchange: Exchanged) -> set[str]:
    """Return every text of a request that may be an id."""
    url = urlsplit(exchange.url)
    segments = re.split(r"[/?&=]", f"{url.path}?{url.query}")
    return {unquote(segment) for segment in segments} | set(texts_in(_json(exchange.request_body)))


def _path(base: str, exchange: Exchanged, names: Mapping[str, str]) -> Template:
    quoted = {quote(id_, safe=""): name for id_, name in names.items()}
    return _template(exchange.url.removeprefix(base), quoted, "(?<=[/=])", "(?=[/?&]|$)")


def _body(exchange: Exchanged, names: Mapping[str, str]) -> Template:
    return _template(exchange.request_body, names, '(?<=")', '(?=")')


def _template(text: str, names: Mapping[str, str], before: str, after: str) -> Template:
    """Return a text with placeholders for the ids between what must stand before and after."""
    if not names:
        return (text,) if text else ()
    ids = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    pieces = re.split(f"{before}({ids}){after}", text)
    return tuple(Placeholder(name=names[p]) if n % 2 else p for n, p in enumerate(pieces) if p)


def _captures(exchange: Exchanged, wanted: set[str], names: dict[str, str]) -> Iterator[Capture]:
    """Yield the captures of the wanted ids that have no name yet, and name them."""
    for part, value in enumerate(json_values(exchange.response_body)):
        for pointer, id_, word in _ids(value, ()):
            if id_ in wanted and id_ not in names:
                names[id_] = _new_name(word, names.values())
                yield Capture(name=names[id_], part=part, pointer=pointer)


def _new_name(word: str, taken: Iterable[str]) -> str:
    """Return a word as a name that is not taken: with its number, but for the first.

    >>> _new_name("run", ["run", "thread"])
    'run_2'
    """
    same = sum(re.fullmatch(rf"{word}(_\d+)?", name) is not None for name in taken)
    return f"{word}_{same + 1}" if same else word


def _ids(value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, str, str]]:
    """Yield where an id is, the id, and the word for what it is the id of."""
    if isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, str) and (name == "id" or name.endswith("_id")):
                word = _known(name.removesuffix("_id")) if name != "id" else _word_for(value)
                yield (*pointer, name), item, word
            yield from _ids(item, (*pointer, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _ids(item, (*pointer, at))


def _word_for(value: JSONObject) -> str:
    """Return what an object is, in a word that can be part of a name."""
    kind = str(value.get("object") or value.get("type") or "id")
    return WORDS_BY_OBJECT.get(kind) or _known(kind)


def _known(word: str) -> str:
    """Return a word that the project knows, or id: what a server chose is no name in a script."""
    return word if word in ID_WORDS else "id"


def json_values(answer: str) -> Iterator[Any]:
    r"""Yield the JSON values of an answer: its only one, or one of each frame (None if not JSON).

    >>> list(json_values("data: 1\n\ndata: [DONE]\n\n"))
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
