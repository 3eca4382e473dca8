"""Oddities: legal runs that no bound or word of the schema names, written out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from run_contracts.contract.lifecycle import (
    CANCELLED,
    COMPLETED,
    EXPIRED,
    FAILED,
    INCOMPLETE,
    QUEUED,
    REQUIRES_ACTION,
)

I32, U32, EXACT = 2**31 - 1, 2**32 - 1, 2**53 - 1
HUGE = 256_000
"""Characters of instructions that an assistant may have."""
CALLS = "required_action__submit_tool_outputs__tool_calls"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class HandwrittenCase:
    """One legal run out of the ordinary: what to fix, leave out and add, in which status."""

    name: str
    what: str
    status: str | None = None
    fixed: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


def handwritten_cases(edition: str) -> Iterator[HandwrittenCase]:
    """Yield the oddities of an edition."""
    yield from _texts()
    yield from _moments()
    yield from _numbers()
    yield from _calls()
    yield from _lives(edition)
    yield from _missing_evidence()


def _texts() -> Iterator[HandwrittenCase]:
    """Yield texts that break naive readers."""
    for name, (what, text) in TEXTS.items():
        yield HandwrittenCase(
            name=f"instructions-{name}",
            what=f"The instructions hold {what}.",
            fixed={"instructions": text},
        )
        yield HandwrittenCase(
            name=f"metadata-{name}",
            what=f"A key and a value of the metadata hold {what}.",
            fixed={"metadata": {text: text}},
        )
    yield HandwrittenCase(
        name="instructions-huge",
        what=f"The instructions have {HUGE} characters, as many as an assistant may have.",
        fixed={"instructions": "x" * HUGE},
    )
    yield HandwrittenCase(
        name="instructions-empty",
        what="The instructions are there, and empty.",
        fixed={"instructions": ""},
    )
    yield HandwrittenCase(
        name="model-unknown", what="The model is one nobody knows.", fixed={"model": "zz-9"}
    )


def _moments() -> Iterator[HandwrittenCase]:
    """Yield moments at the ends of what readers keep timestamps in."""
    named = {"i32": I32, "u32": U32}
    for name, most in named.items():
        for word, moment in (("below", most - 1), ("at", most), ("beyond", most + 1)):
            yield HandwrittenCase(
                name=f"created-{word}-{name}",
                what=f"created_at is {moment}: {word} the largest number of {name[1:]} bits.",
                status=QUEUED,
                fixed={"created_at": moment},
            )
    yield HandwrittenCase(
        name="created-at-the-epoch",
        what="created_at is 0: falsy, and still a moment.",
        fixed={"created_at": 0},
    )
    moments = dict.fromkeys(("created_at", "started_at", "completed_at"), 1_767_225_600)
    yield HandwrittenCase(
        name="all-in-one-second",
        what="The run was created, started and completed within one second.",
        status=COMPLETED,
        fixed=moments,
    )
    yield HandwrittenCase(
        name="ends-beyond-2038",
        what="Created before the end of 32-bit time, completed after it.",
        status=COMPLETED,
        fixed={"created_at": I32 - 1, "started_at": I32, "completed_at": I32 + 5},
    )


def _numbers() -> Iterator[HandwrittenCase]:
    """Yield counts and numbers that look like something else."""
    for name, count in (("i32", I32), ("u32", U32), ("exact", EXACT)):
        for limit in ("max_prompt_tokens", "max_completion_tokens"):
            yield HandwrittenCase(
                name=f"{limit}-{name}",
                what=f"{limit} is {count}, the largest {name} number.",
                fixed={limit: count},
            )
    for count in (15, 16, 255, 256):
        yield HandwrittenCase(
            name=f"max_completion_tokens-{count}",
            what=f"max_completion_tokens is {count}, around the lowest limits ever accepted.",
            fixed={"max_completion_tokens": count},
        )
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    for status in (COMPLETED, FAILED, CANCELLED):
        yield HandwrittenCase(
            name=f"{status}-without-a-token",
            what=f"A {status} run used no token at all.",
            status=status,
            fixed={"usage": usage},
        )
    for name, value in (("0", 0), ("1", 1), ("1.0", 1.0), ("2", 2), ("tiny", 1e-9)):
        yield HandwrittenCase(
            name=f"temperature-{name}",
            what=f"temperature is {value!r}: with or without decimals, it is a number.",
            fixed={"temperature": value},
        )
    yield HandwrittenCase(
        name="top_p-1", what="top_p is 1 without decimals, a number.", fixed={"top_p": 1}
    )


def _calls() -> Iterator[HandwrittenCase]:
    """Yield what a run may ask its caller for."""
    cases = {
        "none": ("no call at all", []),
        "parallel": ("two calls of one function at once", [_call(1), _call(2)]),
        "many": ("128 calls at once", [_call(at) for at in range(128)]),
        "arguments-empty": ("a call without arguments, not even an empty object", [_call(1, "")]),
        "arguments-not-json": ("arguments that the model cut off", [_call(1, '{"city": "Li')]),
        "arguments-list": ("arguments that are JSON, but no object", [_call(1, "[1, 2]")]),
        "arguments-unicode": ("arguments with escaped letters", [_call(1, '"\\u00e9\\ud83e"')]),
    }
    for name, (what, calls) in cases.items():
        yield HandwrittenCase(
            name=f"calls-{name}",
            what=f"The run waits for {what}.",
            status=REQUIRES_ACTION,
            fixed={CALLS: calls},
        )


def _call(at: int, arguments: str = '{"city": "Lisbon"}') -> dict[str, Any]:
    function = {"name": "get_weather", "arguments": arguments}
    return {"id": f"call_{at:024d}", "type": "function", "function": function}


def _lives(edition: str) -> Iterator[HandwrittenCase]:
    """Yield turns a life may take that readers do not expect."""
    yield HandwrittenCase(
        name="queued-again-after-a-submit",
        what="The run is queued and has started_at: outputs were submitted and it waits again.",
        status=QUEUED,
        fixed={"started_at": 1_767_225_605},
    )
    yield HandwrittenCase(
        name="completed-in-another-order",
        what="The run was restarted after a submit, long after it was created.",
        status=COMPLETED,
        fixed={"started_at": 1_767_226_199},
    )
    for status in (FAILED, CANCELLED, EXPIRED):
        yield HandwrittenCase(
            name=f"{status}-before-it-started",
            what=f"The run {status} while it was still queued: it never started.",
            status=status,
            fixed={"started_at": None},
        )
    yield HandwrittenCase(
        name="expired-with-completed_at",
        what="The run expired and has completed_at, as all that were recorded do.",
        status=EXPIRED,
        fixed={"completed_at": 1_767_226_200},
    )
    yield HandwrittenCase(
        name="failed-without-words",
        what="The run failed, and the message that says why is empty.",
        status=FAILED,
        fixed={"last_error__message": ""},
    )
    yield from _limits(edition)


def _limits(edition: str) -> Iterator[HandwrittenCase]:
    status = COMPLETED if edition == "v1" else INCOMPLETE
    yield HandwrittenCase(
        name=f"{status}-by-a-limit-it-does-not-have",
        what=(
            f"A token limit ended the run, which is {status}; the reason names the other limit, "
            "as it did in both that were recorded."
        ),
        status=status,
        fixed={
            "max_completion_tokens": 16,
            "incomplete_details": {"reason": "max_prompt_tokens"},
        },
    )
    yield HandwrittenCase(
        name=f"{status}-for-no-known-reason",
        what=f"The run is {status} and its incomplete_details hold nothing.",
        status=status,
        fixed={"incomplete_details": {}},
    )


def _missing_evidence() -> Iterator[HandwrittenCase]:
    """Yield runs with less, or more, than usual."""
    for name in ("metadata", "instructions", "tool_choice", "response_format"):
        yield HandwrittenCase(name=f"{name}-null", what=f"{name} is null.", fixed={name: None})
    optional = ("temperature", "top_p", "tool_resources", "reasoning_effort")
    yield HandwrittenCase(
        name="without-optional-fields",
        what="Every field that may be missing is missing.",
        without=optional,
        fixed={"model": "gpt-4o"},
    )
    yield HandwrittenCase(
        name="unknown-field",
        what="The run has a field nobody has heard of; readers must let it be.",
        fixed={"model": "gpt-4o"},
        extra={"x_vendor": {"region": "eu"}},
    )
    tool = {"type": "function", "function": {"name": "f" * 64}}
    yield HandwrittenCase(
        name="tools-20-with-one-name",
        what="All 20 tools are functions of one name, the longest that is described.",
        fixed={"tools": [tool] * 20},
    )
    yield HandwrittenCase(
        name="tool-with-free-parameters",
        what="The parameters of a function are an empty object.",
        fixed={"tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}]},
    )
