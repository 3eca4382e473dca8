"""Edge cases by hand: legal texts, moments and numbers that no bound or word names."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.contract.lifecycle import CANCELLED, COMPLETED, FAILED, QUEUED
from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.forms import EXACT

I32, U32 = 2**31 - 1, 2**32 - 1
HUGE = 256_000
"""Characters of instructions that an assistant may have."""
TEXTS = {
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


def unusual_values() -> Iterator[CaseDescription]:
    """Yield texts, moments and numbers that readers trip over."""
    yield from _texts()
    yield from _moments()
    yield from _numbers()


def _texts() -> Iterator[CaseDescription]:
    """Yield texts that break naive readers."""
    for name, (what, text) in TEXTS.items():
        yield CaseDescription(
            name=f"instructions-{name}",
            what=f"The instructions hold {what}.",
            fixed={"instructions": text},
        )
        yield CaseDescription(
            name=f"metadata-{name}",
            what=f"A key and a value of the metadata hold {what}.",
            fixed={"metadata": {text: text}},
        )
    yield CaseDescription(
        name="instructions-huge",
        what=f"The instructions have {HUGE} characters, as many as an assistant may have.",
        fixed={"instructions": "x" * HUGE},
    )
    yield CaseDescription(
        name="instructions-empty",
        what="The instructions are there, and empty.",
        fixed={"instructions": ""},
    )
    yield CaseDescription(
        name="model-unknown", what="The model is one nobody knows.", fixed={"model": "zz-9"}
    )


def _moments() -> Iterator[CaseDescription]:
    """Yield moments at the ends of what readers keep timestamps in."""
    named = {"i32": I32, "u32": U32}
    for name, most in named.items():
        for word, moment in (("below", most - 1), ("at", most), ("beyond", most + 1)):
            yield CaseDescription(
                name=f"created-{word}-{name}",
                what=f"created_at is {moment}: {word} the largest number of {name[1:]} bits.",
                status=QUEUED,
                fixed={"created_at": moment},
            )
    yield CaseDescription(
        name="created-at-the-epoch",
        what="created_at is 0: falsy, and still a moment.",
        fixed={"created_at": 0},
    )
    moments = dict.fromkeys(("created_at", "started_at", "completed_at"), 1_767_225_600)
    yield CaseDescription(
        name="all-in-one-second",
        what="The run was created, started and completed within one second.",
        status=COMPLETED,
        fixed=moments,
    )
    yield CaseDescription(
        name="ends-beyond-2038",
        what="Created before the end of 32-bit time, completed after it.",
        status=COMPLETED,
        fixed={"created_at": I32 - 1, "started_at": I32, "completed_at": I32 + 5},
    )


def _numbers() -> Iterator[CaseDescription]:
    """Yield counts and numbers that look like something else."""
    for name, count in (("i32", I32), ("u32", U32), ("exact", EXACT)):
        for limit in ("max_prompt_tokens", "max_completion_tokens"):
            yield CaseDescription(
                name=f"{limit}-{name}",
                what=f"{limit} is {count}, the largest {name} number.",
                fixed={limit: count},
            )
    for count in (15, 16, 255, 256):
        yield CaseDescription(
            name=f"max_completion_tokens-{count}",
            what=f"max_completion_tokens is {count}, around the lowest limits ever accepted.",
            fixed={"max_completion_tokens": count},
        )
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    for status in (COMPLETED, FAILED, CANCELLED):
        yield CaseDescription(
            name=f"{status}-without-a-token",
            what=f"A {status} run used no token at all.",
            status=status,
            fixed={"usage": usage},
        )
    for name, value in (("0", 0), ("1", 1), ("1.0", 1.0), ("2", 2), ("tiny", 1e-9)):
        yield CaseDescription(
            name=f"temperature-{name}",
            what=f"temperature is {value!r}: with or without decimals, it is a number.",
            fixed={"temperature": value},
        )
    yield CaseDescription(
        name="top_p-1", what="top_p is 1 without decimals, a number.", fixed={"top_p": 1}
    )
