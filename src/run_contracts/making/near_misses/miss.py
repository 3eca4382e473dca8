"""A miss: a value with one fault, before it is known whose requirement it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A value with one fault: where it lies, and what it is in a sentence.

    `text` is the value as it is sent, where that is not its JSON text; `operation` is the request
    that a stream answers; `legal` is the legal value it was made of, where it is one value.
    """

    kind: str
    value: Any
    pointer: str
    sentence: str
    text: str | None = None
    content_type: str | None = None
    operation: str = ""
    legal: Any = None
