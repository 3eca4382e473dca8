"""Hiding: exchanges, and all other values, as they may leave this process, without any secret."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from run_contracts.traffic.exchange import Exchange, Request, Response

Hide = Callable[[str], str]
"""Returns a text with the names of secrets for the secrets."""
OwnWords = Mapping[str, Collection[str]]
"""The fields, by the names of their classes, whose texts this package writes by itself."""
EXCHANGE_WORDS: OwnWords = {"Exchange": ("edition", "source", "meant_for"), "Request": ("method",)}
"""Those of an exchange."""


def hidden(exchange: Exchange, hide: Hide, *, longest: int) -> Exchange:
    """Return a copy without secrets, its bodies as text of so many bytes at most.

    What is read of a body is shared where its bytes are the same, so that nothing is read twice.
    """
    request, response = exchange.request, exchange.response
    copy = replace(
        exchange,
        request=replace(
            without_secrets(replace(request, body=b""), hide, EXCHANGE_WORDS),
            body=_body(request.body, hide, longest),
        ),
        response=replace(
            without_secrets(replace(response, body=b""), hide, EXCHANGE_WORDS),
            body=_body(response.body, hide, longest),
        ),
        meant_for=exchange.operation_id,
    )
    _share(request, copy.request)
    _share(response, copy.response)
    return copy


def without_secrets(value: Any, hide: Hide, own_words: OwnWords) -> Any:
    """Return a value whose texts, at any depth, hold no secret, but for our own words in it.

    In containers keys are texts, too; what is none of all these is returned as it is.
    """

    def inner(one: Any) -> Any:
        return without_secrets(one, hide, own_words)

    match value:
        case str() if not isinstance(value, Enum):
            return hide(value)
        case bytes():
            return hide(value.decode("utf-8", errors="replace")).encode()
        case tuple() | list() | set() | frozenset():
            made = map(inner, value)
            return type(value)(*made) if hasattr(value, "_fields") else type(value)(made)
        case Mapping():
            return {inner(key): inner(one) for key, one in value.items()}
    if not is_dataclass(value) or isinstance(value, type):
        return value
    own = own_words.get(type(value).__name__, ())
    names = [one.name for one in fields(value) if one.init and one.name not in own]
    return replace(value, **{name: inner(getattr(value, name)) for name in names})


@contextmanager
def errors_without_secrets(hide: Hide) -> Iterator[None]:
    """Take the secrets out of what an error says that is raised inside, and of what led to it."""
    try:
        yield
    except Exception as error:
        _hide_error(error, hide)
        raise


def _hide_error(error: BaseException, hide: Hide) -> None:
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        raised = left.pop()
        if raised is None or id(raised) in seen:
            continue
        seen.add(id(raised))
        raised.args = without_secrets(raised.args, hide, {})
        for name, value in list(vars(raised).items()):
            if isinstance(value, str | list | tuple):
                setattr(raised, name, without_secrets(value, hide, {}))
        left += [raised.__cause__, raised.__context__, *getattr(raised, "exceptions", ())]


def _body(body: bytes, hide: Hide, longest: int) -> bytes:
    """Return a body as text without secrets; it is cut last, for half a secret is not found.

    Of a very long one so much is read that what is hidden in it leaves enough to show.
    """
    text = hide(body[: 2 * longest].decode("utf-8", errors="replace")).encode()
    if len(text) > longest:
        return text[:longest].decode("utf-8", errors="replace").encode()
    return body if text == body else text


def _share(original: Request | Response, copy: Request | Response) -> None:
    """Let a copy with the same body have what is read of it, too."""
    if copy.body is original.body:
        vars(copy)["payload"] = original.payload
