"""Edge cases by hand of steps, messages, refusals and requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from run_contracts.contract.lifecycle import COMPLETED, FAILED, IN_PROGRESS
from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.edge_cases.texts import HUGE, UNUSUAL_TEXTS
from run_contracts.making.generators.typical import TYPICAL_TEXTS, numbered
from run_contracts.making.typical_content import (
    AUTHOR,
    CALL,
    NO_USAGE,
    PLAIN_CONTENT,
    REPLY,
)
from run_contracts.making.typical_objects import born_in

MOST_OUTPUTS = 128
CUT_OFF_FOR = ("content_filter", "max_tokens", "run_cancelled", "run_expired", "run_failed")
Case = tuple[str, dict[str, Any]]
"""What a case is in a sentence without its stop, and what is fixed in it."""


def unusual_objects(kind: str, edition: str) -> Iterator[CaseDescription]:
    """Yield cases of a kind that no bound, word or branch of its schema names."""
    yield from _BY_KIND[kind](edition) if kind in _BY_KIND else ()
    for name, (what, text) in UNUSUAL_TEXTS.items() if kind in _WITH_TEXT else ():
        yield CaseDescription(
            name=f"text-{name}",
            what=f"A text of the {kind.replace('_', ' ')} holds {what}.",
            fixed=_WITH_TEXT[kind](text),
        )


def _reply(text: str) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": {"value": text, "annotations": []}}]}


def _refusal(message: str, **other: Any) -> dict[str, Any]:
    return {"error": {**PLAIN_CONTENT["error"]["error"], "message": message, **other}}


def _calls(*calls: Mapping[str, Any]) -> dict[str, Any]:
    return {"step_details": {"type": "tool_calls", "tool_calls": list(calls)}}


def _answered(output: str | None) -> dict[str, Any]:
    return {**CALL, "function": {**CALL["function"], "output": output}}


def _outputs(*outputs: str) -> dict[str, Any]:
    items = enumerate(outputs, start=1)
    return {
        "tool_outputs": [
            {"tool_call_id": numbered(CALL["id"], at), "output": output} for at, output in items
        ]
    }


_WITH_TEXT: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "message": _reply,
    "error": _refusal,
    "run_step": lambda text: _calls(_answered(text)),
    "create_run_request": lambda text: {"instructions": text},
    "create_message_request": lambda text: {"content": text},
    "modify_run_request": lambda text: {"metadata": {text: text}},
    "submit_tool_outputs_request": _outputs,
    "message_delta": lambda text: {
        "delta": {"content": [{"index": 0, "type": "text", "text": {"value": text}}]}
    },
}
"""Where the texts that break naive readers stand in each kind."""


def _described(cases: Mapping[str, Case], status: str | None = None) -> Iterator[CaseDescription]:
    for name, (what, fixed) in cases.items():
        yield CaseDescription(name=name, what=f"{what}.", status=status, fixed=fixed)


def _steps(edition: str) -> Iterator[CaseDescription]:
    born = born_in(edition)
    many = [_answered(TYPICAL_TEXTS["output"]) for _ in range(MOST_OUTPUTS)]
    numbers = [one | {"id": numbered(CALL["id"], at)} for at, one in enumerate(many)]
    done: dict[str, Case] = {
        "output-empty": ("The output of a call is there, and empty", _calls(_answered(""))),
        "output-huge": (
            f"The output of a call has {len(HUGE)} characters",
            _calls(_answered(HUGE)),
        ),
        "calls-many": (f"The step has {MOST_OUTPUTS} calls", _calls(*numbers)),
        "in-one-second": (
            "The step was created and completed within one second",
            {"completed_at": born},
        ),
        "without-a-token": ("The completed step used no token", {"usage": NO_USAGE}),
        "metadata-null": ("The step has metadata as published, null", {"metadata": None}),
    }
    failed: dict[str, Case] = {
        "failed-without-words": (
            "The step failed, and the message that says why is empty",
            {"last_error": {"code": "server_error", "message": ""}},
        ),
        "failed-without-a-token": ("The failed step used no token", {"usage": NO_USAGE}),
        "failed-without-usage": ("The usage of the failed step is unknown", {"usage": None}),
    }
    yield from _described(done, COMPLETED)
    yield from _described(failed, FAILED)
    waiting: dict[str, Case] = {
        "call-awaiting-its-output": ("The output of a call is awaited", _calls(_answered(None))),
        "call-not-written-yet": ("The step has begun, and no call yet", _calls()),
    }
    yield from _described(waiting, IN_PROGRESS)


def _messages(edition: str) -> Iterator[CaseDescription]:
    born = born_in(edition)
    ended = {"incomplete_details": None, "completed_at": None, "incomplete_at": None}
    cases: dict[str, Case] = {
        "by-an-assistant": ("The message was written by a run", AUTHOR),
        "by-an-assistant-without-a-run": (
            "An assistant's message was added by hand: it names no run",
            {"role": "assistant", "assistant_id": None, "run_id": None},
        ),
        "text-empty": ("A text of the message is there, and empty", _reply("")),
        "text-huge": (f"The text has {len(HUGE)} characters", _reply(HUGE)),
        "texts-several": ("The message has three texts", {"content": [REPLY] * 3}),
        "in_progress": (
            "The message is being written, as streams show it",
            {**AUTHOR, **ended, "status": IN_PROGRESS, "content": []},
        ),
        "completed": (
            "The message is whole, as streams show it",
            {**AUTHOR, **ended, "status": COMPLETED, "completed_at": born + 2},
        ),
    }
    for reason in CUT_OFF_FOR:
        cases[f"incomplete-{reason}"] = (
            f"The message was cut off, for the reason {reason}",
            {
                **AUTHOR,
                **ended,
                "status": "incomplete",
                "incomplete_at": born + 2,
                "incomplete_details": {"reason": reason},
            },
        )
    yield from _described(cases)


def _errors(_edition: str) -> Iterator[CaseDescription]:
    yield from _described(
        {
            "param-named": (
                "The refusal names the parameter that is wrong",
                _refusal("Invalid type for 'metadata.a'.", param="metadata.a", code="invalid_type"),
            ),
            "param-without-code": (
                "The refusal names a parameter, and no code",
                _refusal("Unknown parameter: 'x'.", param="x"),
            ),
            "code-without-param": (
                "The refusal has a code, and names no parameter",
                _refusal("Incorrect API key provided.", code="invalid_api_key"),
            ),
            "param-and-code-empty": (
                "Parameter and code are empty texts, not null",
                _refusal("Unknown.", param="", code=""),
            ),
            "type-unknown": (
                "The refusal is of a type that no table has",
                _refusal("Come back tomorrow.", type="vendor_error"),
            ),
            "message-empty": ("The message is there, and empty", _refusal("")),
            "message-huge": (f"The message has {len(HUGE)} characters", _refusal(HUGE)),
        }
    )


def _outputs_of(_edition: str) -> Iterator[CaseDescription]:
    output = TYPICAL_TEXTS["output"]
    yield from _described(
        {
            "output-empty": ("An output is there, and empty", _outputs("")),
            "output-huge": (f"An output has {len(HUGE)} characters", _outputs(HUGE)),
            "output-null-in-json": ("An output is the JSON text null", _outputs("null")),
            "outputs-several": ("Two outputs are equal", _outputs(output, output)),
            "outputs-many": (
                f"{MOST_OUTPUTS} calls are answered at once",
                _outputs(*[output] * MOST_OUTPUTS),
            ),
        }
    )


def _runs_asked_for(_edition: str) -> Iterator[CaseDescription]:
    yield CaseDescription(
        name="full", what="Every member is there, and none is null.", is_detailed=True
    )
    yield from _described(
        {
            "instructions-empty": ("The instructions are empty", {"instructions": ""}),
            "instructions-huge": ("The instructions are huge", {"instructions": HUGE}),
            "model-empty": ("The model is an empty text", {"model": ""}),
            "temperature-1-whole": ("temperature is 1 without decimals", {"temperature": 1}),
        }
    )


def _modifications(_edition: str) -> Iterator[CaseDescription]:
    yield CaseDescription(
        name="nothing-asked", what="The request asks for nothing.", without=("metadata",)
    )


_BY_KIND: Mapping[str, Callable[[str], Iterator[CaseDescription]]] = {
    "run_step": _steps,
    "message": _messages,
    "error": _errors,
    "submit_tool_outputs_request": _outputs_of,
    "create_run_request": _runs_asked_for,
    "create_thread_and_run_request": _runs_asked_for,
    "modify_run_request": _modifications,
}
