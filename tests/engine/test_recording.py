"""Recording: every text of every event is hidden, unless it is listed as our own words."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from run_contracts import events
from run_contracts.client.checked_target import Target
from run_contracts.engine.recording import LONGEST_FOUND, OWN_WORDS, as_broken, hidden
from run_contracts.traffic.exchange import Exchange, Intent, Request, Response
from run_contracts.traffic.hiding import errors_without_secrets
from run_contracts.types import DialectName, Edition
from tests.leaks import leaks

KEY = "sk-S3cr3t/key-0123456789"
HIDE = Target(url="http://h/v1", key=KEY).hidden
EVENTS = get_args(events.Event)
NAMES = {
    "Exchange": Exchange,
    "Edition": Edition,
    "DialectName": DialectName,
    "Intent": Intent,
    **vars(events),
}


def _made(hint: Any) -> Any:  # noqa: PLR0911 - a kind of type each
    """Return a value of a type whose every text holds the key, at any depth."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in (str, Any):
        return f"no {KEY}, sorry"
    if hint is bytes:
        return f'{{"a": "{KEY}"}}'.encode()
    if origin is Literal or (isinstance(hint, type) and issubclass(hint, Enum)):
        return inner[0] if inner else next(iter(hint))
    if origin in (Union, types.UnionType):
        return _made(inner[0])
    if origin is tuple:
        return tuple(_made(one) for one in inner if one is not Ellipsis)
    if origin in (dict, Mapping) or hint is dict:
        return {_made(inner[0]): _made(inner[1])}
    if is_dataclass(hint):
        hints = get_type_hints(hint, localns=NAMES)
        return hint(**{one.name: _made(hints[one.name]) for one in fields(hint)})  # type: ignore[operator]
    return hint(1)


def _texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a value with the class and the field it is in."""
    match value:
        case Enum():
            return
        case str() | bytes():
            yield where, value if isinstance(value, str) else value.decode()
        case tuple() | list():
            for one in value:
                yield from _texts(one, where)
        case dict():
            yield from _texts([*value, *value.values()], where)
        case _ if is_dataclass(value):
            for one in fields(value):
                yield from _texts(getattr(value, one.name), f"{type(value).__name__}.{one.name}")


@pytest.mark.parametrize("kind", EVENTS)
def test_every_text_of_an_event_is_hidden_or_our_own(kind: type[Any]) -> None:
    """At every depth, in keys of mappings, too; a new field is hidden without being listed."""
    own = {f"{name}.{field}" for name, names in OWN_WORDS.items() for field in names}
    event = _made(kind)
    before = {where for where, _ in _texts(event)}
    left = {where for where, text in _texts(hidden(event, HIDE)) if leaks(text, KEY)}
    assert left <= own
    assert before


def test_our_own_words_are_fields_that_exist() -> None:
    """A field that is gone is listed no more."""
    known = {
        kind.__name__: {one.name for one in fields(kind)}
        for kind in (*vars(events).values(), Exchange, Request, Response)
        if is_dataclass(kind) and isinstance(kind, type)
    }
    for name, listed in OWN_WORDS.items():
        assert set(listed) <= known[name]


@pytest.mark.parametrize("before", range(80, 125, 4))
def test_what_was_found_is_cut_after_it_is_hidden(before: int) -> None:
    """Wherever the cut falls, no half of a secret is left."""
    found = "." * before + KEY + "." * 2 * LONGEST_FOUND
    shown = _found(found)
    assert not leaks(shown, KEY)
    assert len(shown) <= 120
    assert not leaks(_found("." * (LONGEST_FOUND - before) + KEY), KEY)


def _found(value: str) -> str:
    """Return what a report says of a value that was found."""
    exchange = Exchange(
        number=1, edition="v2", request=Request(method="GET", url="http://h"),
        response=Response(status=200),
    )  # fmt: skip
    violation = types.SimpleNamespace(found=value, pointer="", expected="x", code="type")
    broken = as_broken(types.SimpleNamespace(exchange=exchange, violation=violation))  # type: ignore[arg-type]
    first = events.FirstSeen(
        requirement="RUN-ID-001", level="MUST", sentence="", probe="p", broken=broken
    )
    event = hidden(first, HIDE)
    assert isinstance(event, events.FirstSeen)
    return event.broken.found


def test_an_error_says_no_secret_nor_does_what_it_came_from() -> None:
    """In what it was raised with, what was added to it, and the errors before."""
    with pytest.raises(KeyError) as raised:
        _raise_without_secrets()
    error_texts = [str(raised.value), str(raised.value.__cause__), *raised.value.__notes__]
    assert not leaks(" ".join(error_texts), KEY)
    assert "first $OPENAI_API_KEY" in error_texts


def _raise_without_secrets() -> None:
    error = KeyError(KEY, 1)
    error.add_note(f"beside {KEY}")
    with errors_without_secrets(HIDE):
        raise error from ValueError(f"first {KEY}")
