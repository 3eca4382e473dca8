"""Strings of a pattern or a format for factories, and the plainest of them.

The strings of a pattern are drawn once by hypothesis, whose regular expressions are kept well, and
then varied letter by letter where the pattern leaves them free.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from functools import lru_cache

from run_contracts.errors import ContractError
from run_contracts.making.forms import Text
from run_contracts.making.text_formats import NUMBERED_TEXTS, TRIED_TEXTS, formatted
from run_contracts.making.text_patterns import is_text_of

POOL_SIZE = 40
"""Strings that are drawn for a pattern."""
ALPHABETS = (string.digits, string.ascii_lowercase, string.ascii_uppercase)


@lru_cache(maxsize=1024)
def plainest(form: Text) -> str:
    """Return the plainest string of a form with a pattern or a format."""
    make = formatted(form)
    return make(0) if make is not None else min(_pool(form), key=lambda text: (len(text), text))


@lru_cache(maxsize=1024)
def shaped(form: Text) -> Callable[[Callable[[], float]], str]:
    """Return a maker of strings of a form, from numbers between 0 and 1."""
    make, is_valid = formatted(form), is_text_of(form)
    if make is not None:

        def made(random: Callable[[], float]) -> str:
            text = make(int(random() * NUMBERED_TEXTS))
            # The strings of small numbers fit in any case, see `formatted`.
            return text if is_valid(text) else make(int(random() * TRIED_TEXTS))

        return made
    pool = [(text, _free(text, is_valid)) for text in _pool(form)]

    def varied(random: Callable[[], float]) -> str:
        text, free = pool[int(random() * len(pool))]
        letters = list(text)
        for at, alphabet in free:
            letters[at] = alphabet[int(random() * len(alphabet))]
        changed = "".join(letters)
        return changed if is_valid(changed) else text

    return varied


def renamed(form: Text, text: str, at: int) -> str:
    """Return a string of a form with a number at an end that the form leaves free, if one is.

    >>> renamed(Text(pattern="^x"), "x", 2)
    'x2'
    """
    is_valid = is_text_of(form)
    return next((one for one in (f"{text}{at}", f"{at}{text}") if is_valid(one)), text)


def _free(text: str, is_valid: Callable[[str], bool]) -> list[tuple[int, str]]:
    """Return where a letter or digit can be any other of its kind, with that kind."""
    free = []
    for at, letter in enumerate(text):
        alphabet = next((one for one in ALPHABETS if letter in one), "")
        if alphabet and all(is_valid(text[:at] + other + text[at + 1 :]) for other in alphabet):
            free.append((at, alphabet))
    return free


@lru_cache(maxsize=256)
def _pool(form: Text) -> tuple[str, ...]:
    """Return strings of a form, the same each time."""
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415 - seldom needed
    from hypothesis.errors import HypothesisException  # noqa: PLC0415

    from run_contracts.making.generators.hypothesis_texts import readable_texts  # noqa: PLC0415

    texts: list[str] = []

    @settings(
        max_examples=POOL_SIZE,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(readable_texts(form))
    def collect(text: str) -> None:
        texts.append(text)

    try:
        collect()
    except HypothesisException:
        raise ContractError(
            f"no string was found of pattern {form.pattern!r}, format {form.format!r} and "
            f"{form.least} to {form.most} characters"
        ) from None
    return tuple(dict.fromkeys(texts))
