"""Texts that break naive readers, each with what it holds."""

from __future__ import annotations

from collections.abc import Mapping

from run_contracts.making.generators.typical import TYPICAL_TEXTS

UNUSUAL_TEXTS: Mapping[str, tuple[str, str]] = {
    "astral": ("letters beyond the basic plane", "\U0001d4d0 \U00010348 \U0001f9ea"),
    "combining": ("marks that combine with their letter", "e\u0301 n\u0303 a\u0308\u0304"),
    "right-to-left": ("right-to-left text with marks", "\u05e9\u05dc\u05d5\u05dd \u200f\u0645"),
    "direction-override": ("a character that turns the direction", "abc\u202edef"),
    "nul": ("the character NUL", "a\x00b"),
    "controls": ("control characters", "\x01\x1b[31m\x7f"),
    "line-ends": ("every kind of line end", "a\nb\r\nc\rd\u2028e\u2029f\x85g"),
    "json-like": ("what looks like JSON", '{"a": "\\"b\\\\"}'),
    "markup": ("what looks like markup", "<script>alert('&amp;')</script>"),
    "joined-emoji": ("one sign made of many", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
    "blank": ("nothing but blanks", " \t\u00a0\u3000"),
    "byte-order-mark": ("a byte order mark at its start", "\ufeffhello"),
    "noncharacter": ("a code point that is no character", "\uffff"),
}
HUGE = (TYPICAL_TEXTS["instructions"] + " ") * 6400
"""A text of 256,000 characters, as many as the instructions of an assistant may have."""
