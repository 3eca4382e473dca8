"""A miss: a value with one fault, before it is known whose requirement it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from run_contracts.making.generators.simplest import PLAIN

SIMPLE: Mapping[str, Any] = {**PLAIN, "metadata": {}}
"""What runs are given, so that nothing but the fault is odd in histories, lists and streams."""


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
