"""The ids of a recording, and fresh ones in their place, so that each play has its own."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from run_contracts.recordings.dialect_signs import CALLERS_OWN

MOST_DRAWS = 100
"""How often a fresh id is drawn until it is none that there is."""
_ID_FORM = re.compile(
    r"(?:thread|run|msg|asst|step|call)_[A-Za-z0-9_-]{1,200}"
    r"|[a-z]{2,12}_(?=\w*[0-9A-Z])[A-Za-z0-9]{6,200}"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?=\w*[0-9])[A-Za-z0-9]{20,200}"
)
_ID_PREFIX = re.compile(r"(?:[a-z]+_)?")
_ESCAPES_AND_WORDS = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|.)|[A-Za-z0-9_-]+", re.DOTALL)
"""Escapes of JSON, so that the letter of one is no part of a word, and words."""
_ALIKE = (string.digits, "abcdef", string.ascii_lowercase, string.ascii_uppercase)
"""The characters that stand for one another; ids in hexadecimal digits stay so."""


def ids_in(value: Any) -> Iterator[str]:
    """Yield what a value has for ids: texts of their form in fields that name them.

    >>> list(ids_in({"id": "run_1", "model": "gpt_1234567", "metadata": {"id": "run_2"}}))
    ['run_1']
    """
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += [inner for name, inner in value.items() if name not in CALLERS_OWN]
            for name, inner in value.items():
                is_id = name == "id" or name.endswith("_id")
                if is_id and isinstance(inner, str) and _ID_FORM.fullmatch(inner):
                    yield inner


def words_in(data: bytes) -> frozenset[bytes]:
    """Return the words of a body or a URL, of which some may be ids."""
    return frozenset(match[0] for match in _ESCAPES_AND_WORDS.finditer(data))


def replaced(data: bytes, by: Mapping[bytes, bytes]) -> bytes:
    r"""Return bytes with other words in place of some, but for parts of words.

    >>> replaced(rb'"\nrun_1 run_12"', {b"run_1": b"run_7"})
    b'"\\nrun_7 run_12"'
    """
    return _ESCAPES_AND_WORDS.sub(lambda match: by.get(match[0], match[0]), data)


def replaced_text(text: str, by: Mapping[bytes, bytes]) -> str:
    """Return a text with other words in place of some."""
    data = text.encode("utf-8", errors="surrogatepass")
    return replaced(data, by).decode("utf-8", errors="surrogatepass")


def fresh_ids(ids: Iterable[str], seed: str) -> dict[bytes, bytes]:
    """Return another id for each, of the same prefix and length; the same for the same seed.

    One for which no other is left stays as it is.
    """
    every = tuple(dict.fromkeys(ids))
    drawn, used = random.Random(seed), set(every)  # noqa: S311 - ids, not secrets
    fresh: dict[bytes, bytes] = {}
    for known in every:
        for _ in range(MOST_DRAWS):
            other = _like(known, drawn)
            if other not in used:
                used.add(other)
                fresh[known.encode()] = other.encode()
                break
    return fresh


def _like(known: str, drawn: random.Random) -> str:
    match = _ID_PREFIX.match(known)
    prefix = match[0] if match else ""
    return prefix + "".join(_other(one, drawn) for one in known[len(prefix) :])


def _other(character: str, drawn: random.Random) -> str:
    """Return a character of the same class."""
    alike = next((one for one in _ALIKE if character in one), character)
    return drawn.choice(alike)
