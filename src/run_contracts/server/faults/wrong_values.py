"""Values that are wrong in a way no single field tells: clocks, sums, forms of whole objects."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from run_contracts.contract.lifecycle import COMPLETED, IN_PROGRESS, QUEUED
from run_contracts.server.faults.fault import after, before, instead_of
from run_contracts.server.parts.edition_server import EditionServer
from run_contracts.server.parts.gate import Gate
from run_contracts.server.parts.records import RunRecord, Wire
from run_contracts.server.parts.renderer import Renderer
from run_contracts.server.parts.run_engine import RunEngine
from run_contracts.server.parts.service import Service


@instead_of(Renderer.stamp)
def milliseconds(server: EditionServer, moment: float | None) -> Any:
    """RUN-TIME-004: every timestamp counts milliseconds."""
    return None if moment is None else int(moment * 1000)


@instead_of(Renderer.stamp)
def float_seconds(server: EditionServer, moment: float | None) -> Any:
    """RUN-SHAPE-010-b: every timestamp is a decimal number."""
    return None if moment is None else int(moment) + 0.5


@after(Renderer.run)
def action_stays(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-STATUS-012: required_action is still there after the outputs were submitted."""
    steps = [step for step in run.steps if step.type == "tool_calls"]
    if not steps or run.status not in (QUEUED, IN_PROGRESS) or run.calls:
        return wire
    calls = [
        {**call, "function": {k: v for k, v in call["function"].items() if k != "output"}}
        for call in steps[0].details["tool_calls"]
        if call["type"] == "function"
    ]
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": calls}}
    return {**wire, "required_action": action}


@after(Renderer.run)
def wrong_total(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-USAGE-001: total_tokens of a run is one too many."""
    if wire["usage"] is None:
        return wire
    usage = {**wire["usage"], "total_tokens": wire["usage"]["total_tokens"] + 1}
    return {**wire, "usage": usage}


@after(Renderer.run)
def counted_in_floats(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-SHAPE-035: total_tokens of a run is a number with a fraction: 6.0."""
    if wire["usage"] is None:
        return wire
    usage = {**wire["usage"], "total_tokens": float(wire["usage"]["total_tokens"])}
    return {**wire, "usage": usage}


@after(RunEngine.total)
def counted_twice(server: EditionServer, total: Wire, run: RunRecord) -> Wire:
    """RUN-STEP-025: the usage of a run counts its first step twice."""
    again = run.steps[0].usage if run.steps and run.status == COMPLETED else None
    if again is None:
        return total
    prompt = total["prompt_tokens"] + again["prompt_tokens"]
    return server.renderer.usage(prompt, total["completion_tokens"] + again["completion_tokens"])


@after(Renderer.run)
def nulls_left_out(server: EditionServer, wire: Wire, run: RunRecord) -> Wire:
    """RUN-SHAPE-011-b: fields of a run that are null are left out."""
    return {name: value for name, value in wire.items() if value is not None}


@after(Service.modify_run)
def run_in_array(
    server: EditionServer, answer: Wire, thread_id: str, run_id: str, body: Wire
) -> Any:
    """RUN-SHAPE-032: a modify answers an array that holds the run."""
    return [answer]


@after(Service.get_step)
def step_in_array(
    server: EditionServer, wire: Wire, thread_id: str, run_id: str, step_id: str
) -> Any:
    """RUN-STEP-017: a step asked for by id comes in an array."""
    return [wire]


@after(Renderer.body)
def stray_comma(server: EditionServer, text: str, value: Any) -> str:
    """RUN-BODY-001: the bodies of single steps end with a stray comma."""
    return f"{text}," if is_kind(value, "thread.run.step") else text


@after(Service.modify_run)
def not_a_number(
    server: EditionServer, answer: Wire, thread_id: str, run_id: str, body: Wire
) -> Wire:
    """RUN-BODY-001-b: temperature of a changed run is NaN, which JSON does not have."""
    return {**answer, "temperature": float("nan")}


@after(Renderer.body)
def same_key_twice(server: EditionServer, text: str, value: Any) -> str:
    """RUN-BODY-002: single runs name their object twice."""
    return f'{{"object": "thread.run", {text[1:]}' if is_kind(value, "thread.run") else text


@after(Renderer.body)
def half_a_character(server: EditionServer, text: str, value: Any) -> str:
    """RUN-BODY-003: the text of a listed message ends in the middle of a character."""
    is_meant = is_kind(value, "list") and '"thread.message"' in text
    return text.replace('", "annotations"', '\\ud83d", "annotations"') if is_meant else text


@before(Gate.leaving)
def created_is_201(server: EditionServer, request: Request, response: Response) -> None:
    """RUN-HTTP-001: what was created is answered 201."""
    creates = request.method == "POST" and request.url.path.endswith("s")
    if creates and response.status_code == 200:  # noqa: PLR2004 - the right one
        response.status_code = 201


@before(Gate.leaving)
def plain_text(server: EditionServer, request: Request, response: Response) -> None:
    """RUN-HTTP-002: JSON answers say that they are plain text."""
    if response.headers.get("content-type") == "application/json":
        response.headers["content-type"] = "text/plain; charset=utf-8"


def is_kind(value: Any, name: str) -> bool:
    """Say whether a value is an object that calls itself by this name."""
    return isinstance(value, dict) and value.get("object") == name
