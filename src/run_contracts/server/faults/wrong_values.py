"""Values that are wrong in a way no single field tells: clocks, sums, forms of whole objects."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from run_contracts.server.event_frames import Streaming
from run_contracts.server.records import Run, Wire


class Milliseconds(Streaming):
    """RUN-TIME-004: every timestamp counts milliseconds."""

    def stamp(self, moment: float | None) -> Any:
        return None if moment is None else int(moment * 1000)


class FloatSeconds(Streaming):
    """RUN-SHAPE-010-b: every timestamp is a decimal number."""

    def stamp(self, moment: float | None) -> Any:
        return None if moment is None else int(moment) + 0.5


class ActionStays(Streaming):
    """RUN-STATUS-012: required_action is still there after the outputs were submitted."""

    def render_run(self, run: Run) -> Wire:
        wire = super().render_run(run)
        asked = [step for step in run.steps if step.type == "tool_calls"]
        if asked and run.status in ("queued", "in_progress") and not run.calls:
            calls = [dict(call) for call in asked[0].details["tool_calls"]]
            functions = [c for c in calls if c["type"] == "function"]
            for call in functions:
                call["function"] = {k: v for k, v in call["function"].items() if k != "output"}
            action = {"tool_calls": functions}
            wire["required_action"] = {"type": "submit_tool_outputs", "submit_tool_outputs": action}
        return wire


class WrongTotal(Streaming):
    """RUN-USAGE-001: total_tokens of a run is one too many."""

    def render_run(self, run: Run) -> Wire:
        wire = super().render_run(run)
        if wire["usage"] is not None:
            wire["usage"] = {**wire["usage"], "total_tokens": wire["usage"]["total_tokens"] + 1}
        return wire


class CountedTwice(Streaming):
    """RUN-STEP-025: the usage of a run counts its first step twice."""

    def total(self, run: Run) -> Wire:
        whole = super().total(run)
        again = run.steps[0].usage if run.steps and run.status == "completed" else None
        if again is None:
            return whole
        prompt = whole["prompt_tokens"] + again["prompt_tokens"]
        return self.usage(prompt, whole["completion_tokens"] + again["completion_tokens"])


class NullsLeftOut(Streaming):
    """RUN-SHAPE-011-b: fields of a run that are null are left out."""

    def render_run(self, run: Run) -> Wire:
        return {name: one for name, one in super().render_run(run).items() if one is not None}


class RunInArray(Streaming):
    """RUN-SHAPE-032: a modify answers an array that holds the run."""

    def modify_run(self, thread_id: str, run_id: str, body: Wire) -> Any:
        return [super().modify_run(thread_id, run_id, body)]


class StepInArray(Streaming):
    """RUN-STEP-017: a step asked for by id comes in an array."""

    def find_step(self, thread_id: str, run_id: str, step_id: str) -> Any:
        return [super().find_step(thread_id, run_id, step_id)]


class StrayComma(Streaming):
    """RUN-BODY-001: the bodies of single steps end with a stray comma."""

    def written(self, value: Any) -> str:
        return super().written(value) + ("," if is_kind(value, "thread.run.step") else "")


class NotANumber(Streaming):
    """RUN-BODY-001-b: temperature of a changed run is NaN, which JSON does not have."""

    def modify_run(self, thread_id: str, run_id: str, body: Wire) -> Wire:
        return {**super().modify_run(thread_id, run_id, body), "temperature": float("nan")}


class SameKeyTwice(Streaming):
    """RUN-BODY-002: single runs name their object twice."""

    def written(self, value: Any) -> str:
        text = super().written(value)
        return f'{{"object": "thread.run", {text[1:]}' if is_kind(value, "thread.run") else text


class HalfACharacter(Streaming):
    """RUN-BODY-003: the text of a listed message ends in the middle of a character."""

    def written(self, value: Any) -> str:
        text = super().written(value)
        is_meant = is_kind(value, "list") and '"thread.message"' in text
        return text.replace('", "annotations"', '\\ud83d", "annotations"') if is_meant else text


class CreatedIs201(Streaming):
    """RUN-HTTP-001: what was created is answered 201."""

    def leaving(self, request: Request, response: Response) -> Response:
        creates = request.method == "POST" and request.url.path.endswith("s")
        if creates and response.status_code == 200:  # noqa: PLR2004 - the right one
            response.status_code = 201
        return super().leaving(request, response)


class PlainText(Streaming):
    """RUN-HTTP-002: JSON answers say that they are plain text."""

    def leaving(self, request: Request, response: Response) -> Response:
        if response.headers.get("content-type") == "application/json":
            response.headers["content-type"] = "text/plain; charset=utf-8"
        return super().leaving(request, response)


def is_kind(value: Any, name: str) -> bool:
    """Say whether a value is an object that calls itself by this name."""
    return isinstance(value, dict) and value.get("object") == name
