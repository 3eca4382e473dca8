"""Reads that show something else than what was asked for, or than what was seen before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from run_contracts.contract.lifecycle import COMPLETED, IN_PROGRESS
from run_contracts.contract.loading import Contract
from run_contracts.contract.operations import list_limit
from run_contracts.making.generators.typical import TYPICAL_TEXTS
from run_contracts.making.lives.pages import page
from run_contracts.making.near_misses.miss import Miss
from run_contracts.making.near_misses.scene import (
    OTHER_IDS,
    Scene,
    differing,
    refusal,
    showing,
)
from run_contracts.making.typical_content import NO_USAGE
from run_contracts.making.typical_objects import typical_page
from run_contracts.making.typical_streams import typical_stream
from run_contracts.traffic.exchange import Intent

INCLUDED = "?include[]=step_details.tool_calls[*].file_search.results[*].content"
NOT_ALLOWED, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, FAILED_AT_IT = 405, 401, 403, 404, 500


def misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield exchanges that break a requirement on what is read."""
    find = _BROKEN_READS.get(requirement)
    yield from find(Scene(contract=contract)) if find else ()


def _other(operation: str, kind: str, name: str, other: str) -> Callable[[Scene], Iterator[Miss]]:
    """Return what yields a read of something that names something else."""

    def find(scene: Scene) -> Iterator[Miss]:
        legal = [scene.sent(operation, scene.made(kind))]
        sentence = f"{name} of the {kind.replace('_', ' ')} is not the one that was asked for."
        yield showing(legal, 0, sentence, **{name: OTHER_IDS[other]})

    return find


def _steps(scene: Scene, *steps: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a list of the steps of the run; of one that is completed if none is given."""
    items = [dict(one) for one in steps] or [scene.made("run_step")]
    return scene.sent("listRunSteps", page(items, has_more=False), **more)


def _foreign_steps(scene: Scene) -> Iterator[Miss]:
    legal = [_steps(scene)]
    foreign = scene.made("run_step", run_id=OTHER_IDS["run_id"])
    sentence = "A step in the list is of another run."
    yield differing(legal, 0, sentence, answer=_steps(scene, foreign)["answer"])


def _through_another_thread(scene: Scene) -> Iterator[Miss]:
    elsewhere = {"thread_id": OTHER_IDS["thread_id"]}
    steps = _steps(scene, scene.made("run_step", **elsewhere), ids=elsewhere)
    legal = [scene.created(), {**steps, **refusal("No such run.", NOT_FOUND)}]
    sentence = "The steps of the run are read through another thread."
    yield differing(legal, 1, sentence, status=200, answer=steps["answer"])


def _step_of_two(scene: Scene) -> Iterator[Miss]:
    run_id = OTHER_IDS["run_id"]
    own = scene.made("run_step", run_id=run_id, id=OTHER_IDS["step_id"])
    legal = [_steps(scene), _steps(scene, own, ids={"run_id": run_id})]
    same = _steps(scene, scene.made("run_step", run_id=run_id))
    sentence = "A step of another run has the id of the first run's."
    yield differing(legal, 1, sentence, answer=same["answer"])


def _too_many(scene: Scene) -> Iterator[Miss]:
    least = list_limit(scene.contract.edition).default
    whole = typical_page(scene.contract, "run_list", least, has_more=True)
    more = typical_page(scene.contract, "run_list", least + 1, has_more=True)
    sentence = f"No limit was asked for, and the page holds {least + 1} runs."
    yield differing([scene.sent("listRuns", whole)], 0, sentence, answer=more)


def _out_of_range(scene: Scene) -> Iterator[Miss]:
    bounds = list_limit(scene.contract.edition)
    for limit in (bounds.least - 1, bounds.most + 1):
        asked = scene.sent("listRuns", None, query=f"?limit={limit}")
        legal = [{**asked, **refusal(f"{limit} is out of range.")}]
        answer = typical_page(scene.contract, "run_list", 1)
        yield differing(legal, 0, f"A limit of {limit} is accepted.", status=200, answer=answer)


def _in_no_order(scene: Scene) -> Iterator[Miss]:
    asked = scene.sent("listRuns", None, query="?order=up")
    legal = [{**asked, **refusal("up is no order.")}]
    answer = typical_page(scene.contract, "run_list", 1)
    yield differing(legal, 0, "The order up is accepted.", status=200, answer=answer)


def _unlisted_message(scene: Scene) -> Iterator[Miss]:
    listed: Any = typical_page(scene.contract, "message_list", 2)
    body = {"role": "user", "content": TYPICAL_TEXTS["value"]}
    creates = [scene.sent("createMessage", one, body=body) for one in reversed(listed["data"])]
    legal = [*creates, scene.sent("listMessages", listed)]
    sentence = "The older message is in no page of the list."
    yield differing(legal, 2, sentence, answer=page(listed["data"][:1], has_more=False))


def _foreign_message(scene: Scene) -> Iterator[Miss]:
    foreign = scene.made("message", thread_id=OTHER_IDS["thread_id"])
    legal = [scene.sent("listMessages", typical_page(scene.contract, "message_list", 1))]
    sentence = "A message in the list is of another thread."
    yield differing(legal, 0, sentence, answer=page([foreign], has_more=False))


def _named_message(scene: Scene, **wrong: Any) -> Iterator[Miss]:
    """Yield lists without the message that a step names, or with another author of it."""
    author = {name: scene.made("run_step")[name] for name in ("run_id", "assistant_id")}
    message = scene.made("message", role="assistant", **author)
    listed = scene.sent("listMessages", page([message], has_more=False))
    legal = [scene.read(IN_PROGRESS), scene.read(COMPLETED), _steps(scene), listed]
    if wrong:
        answer = page([{**message, **wrong}], has_more=False)
        yield differing(legal, 3, "The message of the run names another run.", answer=answer)
    else:
        sentence = "The message that a step of the run names is not in the thread."
        yield differing(legal, 3, sentence, answer=page([], has_more=False))


def _refused(
    why: str, legal: dict[str, Any], wrong: Mapping[str, Any], intent: Intent = Intent.NONE
) -> Callable[[Scene], Iterator[Miss]]:
    """Return what yields a read of a run that is answered in a wrong manner."""

    def find(scene: Scene) -> Iterator[Miss]:
        answer = scene.made("run", COMPLETED)
        asked = {**scene.sent("getRun", answer), **legal}
        asked |= {"intent": intent.value} if intent else {}
        changes = {"answer": answer, **wrong} if "status" in wrong else dict(wrong)
        yield differing([asked], 0, f"{why}.", **changes)

    return find


def _with_contents(scene: Scene) -> Iterator[Miss]:
    legal = [_steps(scene, query=INCLUDED, intent=Intent.ORDINARY.value)]
    sentence = "The contents of file searches cannot be asked for."
    yield differing(legal, 0, sentence, **refusal("Unknown parameter: 'include[]'."))


def _removed(scene: Scene) -> Iterator[Miss]:
    asked = {**scene.sent("getRun", None), "method": "DELETE"}
    legal = [{**asked, **refusal("Method not allowed.", NOT_ALLOWED)}]
    answer = scene.made("run", COMPLETED)
    yield differing(legal, 0, "A run is deleted, which it cannot be.", status=200, answer=answer)


def _created_201(scene: Scene) -> Iterator[Miss]:
    yield differing([scene.created()], 0, "A create is answered 201.", status=201)


def _streamed(scene: Scene) -> dict[str, Any]:
    """Return a create that is answered with the stream of a run that writes a message."""
    body = {**scene.created()["body"], "stream": True}
    events = typical_stream(scene.contract, COMPLETED, fixed={"metadata": {}})
    return scene.sent("createRun", None, body=body, events=events)


def _read_otherwise(scene: Scene) -> Iterator[Miss]:
    streamed = _streamed(scene)
    ended = streamed["events"][-2]["data"]
    legal = [streamed, scene.sent("getRun", ended)]
    sentence = "The run that is read after its stream has another usage than the stream told."
    yield showing(legal, 1, sentence, usage=NO_USAGE)


def _step_unlisted(scene: Scene) -> Iterator[Miss]:
    streamed = _streamed(scene)
    steps = [one["data"] for one in streamed["events"] if one["event"] == STEP_COMPLETED]
    listed = [{**one, "expires_at": None} for one in steps]
    legal = [streamed, _steps(scene, *listed)]
    others = [{**one, "id": OTHER_IDS["step_id"]} for one in listed]
    sentence = "The step that the stream announced is not in the list, which holds another."
    yield differing(legal, 1, sentence, answer=page(others, has_more=False))


STEP_COMPLETED = f"thread.run.step.{COMPLETED}"
REFUSED = refusal("No such run.", NOT_FOUND)
_BROKEN_READS: Mapping[str, Callable[[Scene], Iterator[Miss]]] = {
    "RUN-ID-010": _other("getRun", "run", "thread_id", "thread_id"),
    "RUN-ID-011": _other("getRun", "run", "id", "run_id"),
    "RUN-ID-015": _step_of_two,
    "RUN-ID-016": _through_another_thread,
    "RUN-STEP-023": _foreign_steps,
    "RUN-STEP-024": _other("getRunStep", "run_step", "id", "step_id"),
    "RUN-STEP-032": _named_message,
    "RUN-STEP-036": _with_contents,
    "RUN-OBJ-006": lambda scene: _named_message(scene, run_id=OTHER_IDS["run_id"]),
    "RUN-LIST-015": _too_many,
    "RUN-LIST-016": _unlisted_message,
    "RUN-LIST-017": _out_of_range,
    "RUN-LIST-018": _foreign_message,
    "RUN-LIST-019": _in_no_order,
    "RUN-ERR-006": _refused(
        "A run that does not exist is shown", REFUSED, {"status": 200}, Intent.ABSENT
    ),
    "RUN-ERR-007": _refused(
        "What does not exist is answered 400", REFUSED, refusal("No such run."), Intent.ABSENT
    ),
    "RUN-ERR-008": _refused("The server fails", {}, refusal("Sorry.", FAILED_AT_IT)),
    "RUN-ERR-009": _refused(
        "A wrong key is answered 403",
        refusal("Incorrect API key provided.", UNAUTHORIZED),
        refusal("Incorrect API key provided.", FORBIDDEN),
        Intent.WRONG_KEY,
    ),
    "RUN-HTTP-001": _created_201,
    "RUN-HTTP-002": _refused(
        "A run says that it is plain text", {}, {"content_type": "text/plain"}
    ),
    "RUN-HTTP-003": _removed,
    "RUN-STREAM-013": _read_otherwise,
    "RUN-STREAM-014": _step_unlisted,
}
