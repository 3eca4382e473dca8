"""Steps that do not go with their run, nor with what was seen of them before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from run_contracts.contract.lifecycle import CANCELLED, COMPLETED, IN_PROGRESS, REQUIRES_ACTION
from run_contracts.contract.loading import Contract
from run_contracts.making.generators.typical import TYPICAL_TEXTS
from run_contracts.making.lives.pages import page
from run_contracts.making.near_misses.miss import Miss
from run_contracts.making.near_misses.scene import Exchanges, Scene, differing, showing
from run_contracts.making.typical_content import CALL, USAGE
from run_contracts.types import JSONObject

SUBMITTED_OUTPUT = TYPICAL_TEXTS["output"]


def misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield exchanges that break a requirement on steps together with their run."""
    find = _BROKEN_STEPS.get(requirement)
    yield from find(Scene(contract=contract)) if find else ()


def _listed(scene: Scene, *steps: JSONObject) -> JSONObject:
    """Return a list of the steps of the run."""
    return scene.sent("listRunSteps", page(list(steps), has_more=False))


def _calling(scene: Scene, status: str, output: str | None) -> JSONObject:
    """Return a step with a call and its output."""
    call = {**CALL, "function": {**CALL["function"], "output": output}}
    details = {"type": "tool_calls", "tool_calls": [call]}
    return scene.made("run_step", status, step_details=details)


def _wrong_step(
    legal: Exchanges, at: int, sentence: str, scene: Scene, *steps: JSONObject
) -> Iterator[Miss]:
    yield differing(legal, at, sentence, answer=_listed(scene, *steps)["answer"])


def _other_sum(scene: Scene) -> Iterator[Miss]:
    more = {**USAGE, "prompt_tokens": 413, "total_tokens": USAGE["total_tokens"] + 1}
    legal = [scene.read(COMPLETED), _listed(scene, scene.made("run_step"))]
    sentence = "The steps used a token more than their run."
    yield from _wrong_step(legal, 1, sentence, scene, scene.made("run_step", usage=more))


def _waiting(scene: Scene) -> Exchanges:
    read = scene.read(REQUIRES_ACTION)
    return [read, _listed(scene, _calling(scene, IN_PROGRESS, None)), read]


def _early_output(scene: Scene) -> Iterator[Miss]:
    sentence = "A call has an output, and none was submitted yet."
    step = _calling(scene, IN_PROGRESS, SUBMITTED_OUTPUT)
    yield from _wrong_step(_waiting(scene), 1, sentence, scene, step)


def _lost_calls(scene: Scene) -> Iterator[Miss]:
    sentence = "The run waits for a call that none of its steps has."
    yield from _wrong_step(_waiting(scene), 1, sentence, scene)


def _other_output(scene: Scene) -> Iterator[Miss]:
    read = scene.read(REQUIRES_ACTION)
    body = {"tool_outputs": [{"tool_call_id": CALL["id"], "output": SUBMITTED_OUTPUT}]}
    going = scene.made("run", started_at=read["answer"]["started_at"])
    submit = scene.sent("submitToolOutputs", going, body=body)
    listed = _listed(scene, _calling(scene, COMPLETED, SUBMITTED_OUTPUT))
    sentence = "The output of a call is another than the one that was submitted."
    wrong = _calling(scene, COMPLETED, "{}")
    legal = [read, submit, scene.read(COMPLETED), listed]
    yield from _wrong_step(legal, 3, sentence, scene, wrong)


def _read_otherwise(scene: Scene) -> Iterator[Miss]:
    step = scene.made("run_step")
    legal = [scene.read(COMPLETED), _listed(scene, step), scene.sent("getRunStep", step)]
    sentence = "The step that is read by its id was completed a second later than the listed one."
    yield showing(legal, 2, sentence, completed_at=step["completed_at"] + 1)


def _left_open(scene: Scene) -> Iterator[Miss]:
    legal = [scene.read(CANCELLED), _listed(scene, scene.made("run_step", CANCELLED))]
    wrong = scene.made("run_step", IN_PROGRESS, expires_at=None)
    sentence = "The run was cancelled, and its step is in progress."
    yield from _wrong_step(legal, 1, sentence, scene, wrong)


def _still_expiring(scene: Scene) -> Iterator[Miss]:
    step = scene.made("run_step")
    legal = [scene.read(COMPLETED), _listed(scene, step)]
    wrong: dict[str, Any] = {**step, "expires_at": step["created_at"] + 600}
    sentence = "The run has completed, and its step will expire."
    yield from _wrong_step(legal, 1, sentence, scene, wrong)


_BROKEN_STEPS: Mapping[str, Callable[[Scene], Iterator[Miss]]] = {
    "RUN-STEP-025": _other_sum,
    "RUN-STEP-028": _early_output,
    "RUN-STEP-029": _other_output,
    "RUN-STEP-030": _lost_calls,
    "RUN-STEP-031": _read_otherwise,
    "RUN-STEP-033": _left_open,
    "RUN-STEP-034": _still_expiring,
}
