"""Formats of strings that JSON Schema names, and how a number becomes a string of each.

One table serves all generators: what differs is where the number comes from.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from run_contracts.making.forms import Text
from run_contracts.making.text_patterns import is_text_of

NUMBERED_TEXTS = 2**48
"""How many numbers there are to make a string of; 0 gives the plainest."""
FIRST_MOMENT = 1_704_067_200
"""The start of 2024, seconds since the Unix epoch."""
PERIOD = 78_000_000
"""Seconds from there that moments are within: about two years and a half."""
TRIED_TEXTS = 8
"""Strings of a format that are tried, to see whether they have the lengths and the pattern, too."""
SPREAD = 0x9E3779B97F4A7C15F39CC0605CEDC835
"""An odd number that spreads small numbers over 128 bits."""


def _moment(number: int) -> datetime:
    return datetime.fromtimestamp(FIRST_MOMENT + number % PERIOD, tz=UTC)


def _uri(number: int) -> str:
    return f"https://www.example.com/{number:x}"


def _email(number: int) -> str:
    return f"user.{number % 100_000}@example.com"


def _hostname(number: int) -> str:
    return f"host-{number % 100_000}.example.com"


FORMATS: Mapping[str, Callable[[int], str]] = {
    "date-time": lambda number: f"{_moment(number):%Y-%m-%dT%H:%M:%SZ}",
    "date": lambda number: f"{_moment(number):%Y-%m-%d}",
    "time": lambda number: f"{_moment(number):%H:%M:%SZ}",
    "duration": lambda number: f"PT{number % 86_400}S",
    "email": _email,
    "idn-email": _email,
    "hostname": _hostname,
    "idn-hostname": _hostname,
    "ipv4": lambda number: f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    "ipv6": lambda number: f"2001:db8::{number >> 16 & 0xFFFF:x}:{number & 0xFFFF:x}",
    "uri": _uri,
    "uri-reference": lambda number: f"/{number:x}",
    "iri": _uri,
    "iri-reference": lambda number: f"/{number:x}",
    "uri-template": lambda number: f"https://www.example.com/{number:x}/{{id}}",
    "uuid": lambda number: str(uuid.UUID(int=number * SPREAD % 2**128, version=4)),
    "json-pointer": lambda number: f"/items/{number % 1000}",
    "relative-json-pointer": lambda number: f"{number % 10}/items",
    "regex": lambda number: f"^[a-z]{{{number % 64}}}$",
}
"""The formats that are made; a string of any other format is made as any string."""


@lru_cache(maxsize=1024)
def formatted(form: Text) -> Callable[[int], str] | None:
    """Return what makes a string of a number; None if the format is not enough to make it.

    >>> formatted(Text(format="date"))(0)
    '2024-01-01'
    """
    make = FORMATS.get(form.format or "")
    if make is None or not all(map(is_text_of(form), map(make, range(TRIED_TEXTS)))):
        return None
    return make
