"""Edge cases of runs by hand: calls, turns and fields that readers do not expect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from run_contracts.contract.lifecycle import (
    CANCELLED,
    CANCELLING,
    COMPLETED,
    EXPIRED,
    FAILED,
    INCOMPLETE,
    QUEUED,
    REQUIRES_ACTION,
)
from run_contracts.contract.requirements import FOUNDING
from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.generators.typical import TYPICAL_TEXTS, numbered
from run_contracts.making.typical_content import CALL, NO_USAGE, USAGE, WEATHER_TOOL, asking
from run_contracts.making.typical_objects import EXPIRES_AFTER, born_in

LOWEST_LIMIT = 16
ARGUMENTS = {
    "empty": ("without arguments, not even an empty object", ""),
    "empty-object": ("whose arguments are an empty object", "{}"),
    "not-json": ("with arguments that the model cut off", '{"city": "Li'),
    "list": ("with arguments that are JSON, but no object", "[1, 2]"),
    "escaped": ("with arguments in escaped letters", '{"city": "\\u00c9vora \\ud83e\\uddea"}'),
    "unicode": ("with arguments beyond the basic plane", '{"city": "\u00c9vora \U0001f9ea"}'),
    "huge": ("with arguments of 100,000 characters", f'{{"city": "{"x" * 99_988}"}}'),
}


def unusual_lives(edition: str) -> Iterator[CaseDescription]:
    """Yield runs with calls, turns and fields that readers do not expect."""
    yield from _calls()
    yield from _starts(born_in(edition))
    yield from _ends(born_in(edition))
    yield from _limits(edition)
    yield from _missing_and_more(edition)


def _calls() -> Iterator[CaseDescription]:
    """Yield what a run may ask its caller for."""
    cases: dict[str, tuple[str, list[Any]]] = {
        "none": ("no call at all", []),
        "parallel": ("two calls of one function at once", [_call(1), _call(2)]),
        "many": ("128 calls at once", [_call(at) for at in range(128)]),
    }
    for name, (what, arguments) in ARGUMENTS.items():
        cases[f"arguments-{name}"] = (f"a call {what}", [_call(1, arguments)])
    for name, (what, calls) in cases.items():
        yield CaseDescription(
            name=f"calls-{name}",
            what=f"The run waits for {what}.",
            status=REQUIRES_ACTION,
            fixed={"required_action": asking(*calls)},
        )


def _call(at: int, arguments: str = TYPICAL_TEXTS["arguments"]) -> dict[str, Any]:
    function = {**CALL["function"], "arguments": arguments}
    return {**CALL, "id": numbered(CALL["id"], at), "function": function}


def _starts(born: int) -> Iterator[CaseDescription]:
    """Yield runs that began to work at another moment than most, or never."""
    yield CaseDescription(
        name="queued-again-after-a-submit",
        what="The run is queued and has started_at: outputs were submitted and it waits again.",
        status=QUEUED,
        fixed={"started_at": born + 5},
    )
    yield CaseDescription(
        name="completed-long-after-a-restart",
        what="The run was restarted after a submit, long after it was created.",
        status=COMPLETED,
        fixed={"started_at": born + EXPIRES_AFTER - 2, "completed_at": born + EXPIRES_AFTER - 1},
    )
    for status in (CANCELLING, FAILED, CANCELLED, EXPIRED):
        yield CaseDescription(
            name=f"{status}-before-it-started",
            what=f"The run is {status} and was queued until then: it never started.",
            status=status,
            fixed={"started_at": None},
        )


def _ends(born: int) -> Iterator[CaseDescription]:
    """Yield ends that leave other things behind than most do."""
    ends: dict[str, tuple[str, str, dict[str, Any]]] = {
        "failed-without-words": (
            "The run failed, and the message that says why is empty",
            FAILED,
            {"last_error": {"code": "server_error", "message": ""}},
        ),
        "expired-without-completed_at": (
            "The run expired and has no completed_at, which all that were recorded have",
            EXPIRED,
            {"completed_at": None},
        ),
        "expired-with-last_error": (
            "The run expired, and says so as an error, too",
            EXPIRED,
            {"last_error": {"code": "server_error", "message": "The run expired."}},
        ),
        "expired-with-tokens": ("The run expired after it used tokens", EXPIRED, {"usage": USAGE}),
        "expired-without-usage": ("The run expired, its usage unknown", EXPIRED, {"usage": None}),
        "completed-as-it-expired": (
            "The run completed in the last second before it would have expired",
            COMPLETED,
            {"completed_at": born + EXPIRES_AFTER},
        ),
        "cancelled-in-the-second-it-started": (
            "The run was cancelled in the second it was started",
            CANCELLED,
            {"started_at": born + 1, "cancelled_at": born + 1},
        ),
    }
    for name, (what, status, fixed) in ends.items():
        yield CaseDescription(name=name, what=f"{what}.", status=status, fixed=fixed)


def _limits(edition: str) -> Iterator[CaseDescription]:
    """Yield runs that a limit ended, or that say so."""
    status = COMPLETED if edition == FOUNDING else INCOMPLETE
    counted = {**USAGE, "completion_tokens": LOWEST_LIMIT}
    counted["total_tokens"] = counted["prompt_tokens"] + LOWEST_LIMIT
    by_prompt = {**NO_USAGE, "prompt_tokens": 256, "total_tokens": 256}
    yield CaseDescription(
        name=f"{status}-by-a-limit-it-does-not-have",
        what=(
            f"A token limit ended the run, which is {status}; the reason names the other limit, "
            "as it did in both that were recorded."
        ),
        status=status,
        fixed={
            "max_completion_tokens": LOWEST_LIMIT,
            "max_prompt_tokens": None,
            "incomplete_details": {"reason": "max_prompt_tokens"},
            "usage": counted,
        },
    )
    yield CaseDescription(
        name=f"{status}-by-the-prompt-limit",
        what=f"The prompt alone reached its limit; the run is {status} and wrote nothing.",
        status=status,
        fixed={
            "max_prompt_tokens": 256,
            "max_completion_tokens": None,
            "incomplete_details": {"reason": "max_prompt_tokens"},
            "usage": by_prompt,
        },
    )
    yield CaseDescription(
        name=f"{status}-for-no-known-reason",
        what=f"The run is {status} and its incomplete_details hold nothing.",
        status=status,
        fixed={"incomplete_details": {}},
    )


def _missing_and_more(edition: str) -> Iterator[CaseDescription]:
    """Yield runs with less, or more, than usual."""
    yield CaseDescription(
        name="without-optional-fields",
        what="Every field that may be missing is missing.",
        without=("temperature", "top_p", "tool_resources", "reasoning_effort"),
    )
    yield CaseDescription(
        name="unknown-field",
        what="The run has a field nobody has heard of; readers must let it be.",
        extra={"x_vendor": {"region": "eu"}},
    )
    search = "retrieval" if edition == FOUNDING else "file_search"
    longest = {"name": TYPICAL_TEXTS["name"].ljust(64, "_")}
    yield CaseDescription(
        name="tool-name-of-64-characters",
        what="A function has the longest name that is described.",
        fixed={"tools": [{"type": "function", "function": longest}]},
    )
    yield CaseDescription(
        name="tools-of-every-kind",
        what="The run has two built-in tools beside its function.",
        fixed={"tools": [WEATHER_TOOL, {"type": "code_interpreter"}, {"type": search}]},
    )
