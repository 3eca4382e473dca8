"""Edge cases by hand: legal calls, lives and leavings-out that readers do not expect."""

from __future__ import annotations

from collections.abc import Iterator
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
from run_contracts.contract.requirements import FOUNDING
from run_contracts.making.edge_cases.description import CaseDescription

CALLS = "required_action__submit_tool_outputs__tool_calls"


def unusual_lives(edition: str) -> Iterator[CaseDescription]:
    """Yield runs with calls, turns and fields that readers do not expect."""
    yield from _calls()
    yield from _lives(edition)
    yield from _missing_and_more()


def _calls() -> Iterator[CaseDescription]:
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
        yield CaseDescription(
            name=f"calls-{name}",
            what=f"The run waits for {what}.",
            status=REQUIRES_ACTION,
            fixed={CALLS: calls},
        )


def _call(at: int, arguments: str = '{"city": "Lisbon"}') -> dict[str, Any]:
    function = {"name": "get_weather", "arguments": arguments}
    return {"id": f"call_{at:024d}", "type": "function", "function": function}


def _lives(edition: str) -> Iterator[CaseDescription]:
    """Yield turns a life may take that readers do not expect."""
    yield CaseDescription(
        name="queued-again-after-a-submit",
        what="The run is queued and has started_at: outputs were submitted and it waits again.",
        status=QUEUED,
        fixed={"started_at": 1_767_225_605},
    )
    yield CaseDescription(
        name="completed-in-another-order",
        what="The run was restarted after a submit, long after it was created.",
        status=COMPLETED,
        fixed={"started_at": 1_767_226_199},
    )
    for status in (FAILED, CANCELLED, EXPIRED):
        yield CaseDescription(
            name=f"{status}-before-it-started",
            what=f"The run {status} while it was still queued: it never started.",
            status=status,
            fixed={"started_at": None},
        )
    yield CaseDescription(
        name="expired-with-completed_at",
        what="The run expired and has completed_at, as all that were recorded do.",
        status=EXPIRED,
        fixed={"completed_at": 1_767_226_200},
    )
    yield CaseDescription(
        name="failed-without-words",
        what="The run failed, and the message that says why is empty.",
        status=FAILED,
        fixed={"last_error__message": ""},
    )
    yield from _limits(edition)


def _limits(edition: str) -> Iterator[CaseDescription]:
    status = COMPLETED if edition == FOUNDING else INCOMPLETE
    yield CaseDescription(
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
    yield CaseDescription(
        name=f"{status}-for-no-known-reason",
        what=f"The run is {status} and its incomplete_details hold nothing.",
        status=status,
        fixed={"incomplete_details": {}},
    )


def _missing_and_more() -> Iterator[CaseDescription]:
    """Yield runs with less, or more, than usual."""
    optional = ("temperature", "top_p", "tool_resources", "reasoning_effort")
    yield CaseDescription(
        name="without-optional-fields",
        what="Every field that may be missing is missing.",
        without=optional,
        fixed={"model": "gpt-4o"},
    )
    yield CaseDescription(
        name="unknown-field",
        what="The run has a field nobody has heard of; readers must let it be.",
        fixed={"model": "gpt-4o"},
        extra={"x_vendor": {"region": "eu"}},
    )
    tool = {"type": "function", "function": {"name": "f" * 64}}
    yield CaseDescription(
        name="tools-20-with-one-name",
        what="All 20 tools are functions of one name, the longest that is described.",
        fixed={"tools": [tool] * 20},
    )
    yield CaseDescription(
        name="tool-with-free-parameters",
        what="The parameters of a function are an empty object.",
        fixed={"tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}]},
    )
