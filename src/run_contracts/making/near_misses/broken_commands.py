"""Commands on runs, and requests to locked threads, that are answered wrongly or have no effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from run_contracts.contract.lifecycle import (
    CANCELLED,
    CANCELLING,
    COMPLETED,
    FAILED,
    IN_PROGRESS,
    REQUIRES_ACTION,
)
from run_contracts.contract.loading import Contract
from run_contracts.contract.operations import JSON_TYPE
from run_contracts.making.generators.typical import TYPICAL_TEXTS, numbered
from run_contracts.making.near_misses.miss import Miss
from run_contracts.making.near_misses.scene import (
    OTHER_IDS,
    TYPICAL_IDS,
    Exchanges,
    Scene,
    differing,
    refusal,
    showing,
)
from run_contracts.making.typical_content import CALL, asking
from run_contracts.making.typical_objects import EXPIRES_AFTER
from run_contracts.traffic.exchange import Intent

SEVERAL = 3
"""Runs that complete although they are cancelled, and none that is: no accident any more."""
LATER = 3600
"""Seconds after which a run that waits has expired."""
CONFLICT = 409
MODIFIED = {"checked": "yes"}
SECOND_CALL = {**CALL, "id": numbered(CALL["id"], 2)}
FOREIGN_CALL = numbered(CALL["id"], 99)


def misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield exchanges that break a requirement on commands."""
    find = _BROKEN_COMMANDS.get(requirement)
    yield from find(Scene(contract=contract)) if find else ()


def _outputs(*call_ids: str) -> dict[str, Any]:
    output = TYPICAL_TEXTS["output"]
    return {"tool_outputs": [{"tool_call_id": one, "output": output} for one in call_ids]}


BODIES: Mapping[str, Any] = {
    "cancelRun": None,
    "submitToolOutputs": _outputs(CALL["id"]),
    "modifyRun": {"metadata": MODIFIED},
}
"""What commands ask."""


def _refused_alive(status: str, **more: Any) -> Callable[[Scene], Iterator[Miss]]:
    """Return what yields a cancel that is refused while its run is alive."""

    def find(scene: Scene) -> Iterator[Miss]:
        cancel = {**scene.sent("cancelRun", scene.made("run", CANCELLING)), **more}
        legal = [scene.read(status), cancel, scene.read(CANCELLING)]
        sentence = f"The cancel of a run that is {status} is refused."
        alive = {2: scene.read(status)}
        yield differing(legal, 1, sentence, after=alive, **refusal("It cannot be cancelled."))

    return find


def _accepted(operation: str, status: str) -> Callable[[Scene], Iterator[Miss]]:
    """Return what yields a command that must be refused in a status, and is accepted."""

    def find(scene: Scene) -> Iterator[Miss]:
        read = scene.read(status)
        command = scene.sent(operation, read["answer"], body=BODIES[operation])
        legal = [read, {**command, **refusal(f"Cannot do that with status '{status}'.")}]
        sentence = f"The request is accepted, and the run is {status}."
        yield differing(legal, 1, sentence, status=200, answer=read["answer"])

    return find


def _changed_by_refusal(operation: str) -> Callable[[Scene], Iterator[Miss]]:
    """Return what yields a command that is refused and still changes the run."""

    def find(scene: Scene) -> Iterator[Miss]:
        read = scene.read(FAILED)
        command = scene.sent(operation, None, body=BODIES[operation])
        legal = [read, {**command, **refusal("Cannot do that with status 'failed'.")}, read]
        sentence = "The request was refused, and the metadata is another afterwards."
        yield showing(legal, 2, sentence, metadata=MODIFIED)

    return find


def _not_cancelling(scene: Scene) -> Iterator[Miss]:
    cancel = scene.sent("cancelRun", scene.made("run", CANCELLING))
    legal = [scene.read(IN_PROGRESS), cancel]
    sentence = "The cancel is accepted, and the run it answers is in progress."
    yield differing(legal, 1, sentence, answer=scene.made("run", IN_PROGRESS))


def _never_cancelled(scene: Scene) -> Iterator[Miss]:
    legal: Exchanges = []
    for at in range(SEVERAL):
        ids = {name: numbered(id_, at + 1) for name, id_ in TYPICAL_IDS.items()}
        own = {"id": ids["run_id"], "thread_id": ids["thread_id"]}
        cancelling = scene.made("run", CANCELLING, **own)
        ended = scene.made("run", COMPLETED if at else CANCELLED, **own)
        legal.append(scene.sent("cancelRun", cancelling, ids=ids))
        legal.append(scene.sent("getRun", ended, ids=ids))
    first = legal[1]["answer"]
    own = {name: first[name] for name in ("id", "thread_id")}
    sentence = f"{SEVERAL} cancels are accepted, and all the runs complete."
    yield differing(legal, 1, sentence, answer=scene.made("run", COMPLETED, **own))


def _still_asking(scene: Scene) -> Iterator[Miss]:
    read = scene.read(REQUIRES_ACTION)
    submit = scene.sent(
        "submitToolOutputs",
        scene.made("run", started_at=read["answer"]["started_at"]),
        body=BODIES["submitToolOutputs"],
    )
    sentence = "All outputs were submitted, and the run asks for them again."
    yield differing([read, submit], 1, sentence, answer=read["answer"])


def _submitted(why: str, *call_ids: str) -> Callable[[Scene], Iterator[Miss]]:
    """Return what yields a submit of the wrong outputs that is accepted."""

    def find(scene: Scene) -> Iterator[Miss]:
        read = scene.read(REQUIRES_ACTION, required_action=asking(CALL, SECOND_CALL))
        body = _outputs(*call_ids)
        refused = refusal("Expected tool outputs for other call_ids.")
        legal = [read, {**scene.sent("submitToolOutputs", None, body=body), **refused}]
        going = scene.made("run", started_at=read["answer"]["started_at"])
        yield differing(legal, 1, f"The submit is accepted {why}.", status=200, answer=going)

    return find


def _not_modified(scene: Scene) -> Iterator[Miss]:
    run = scene.made("run", COMPLETED, metadata=MODIFIED)
    modify = scene.sent("modifyRun", run, body=BODIES["modifyRun"], intent=Intent.ORDINARY.value)
    sentence = "The metadata of a completed run cannot be changed."
    refused = refusal("Cannot update run with status 'completed'.")
    yield differing([scene.read(COMPLETED), modify], 1, sentence, **refused)


def _modified(scene: Scene) -> Exchanges:
    """Return a modify of a completed run, with a read before and after."""
    run = scene.made("run", COMPLETED, metadata=MODIFIED)
    modify = scene.sent("modifyRun", run, body=BODIES["modifyRun"])
    return [scene.read(COMPLETED), modify, scene.sent("getRun", run)]


def _forgotten(scene: Scene) -> Iterator[Miss]:
    sentence = "The metadata that a modify changed is as it was when the run is read again."
    yield showing(_modified(scene), 2, sentence, metadata={})


def _changed_as_well(scene: Scene) -> Iterator[Miss]:
    sentence = "The modify changes the temperature, too."
    yield showing(_modified(scene)[:2], 1, sentence, temperature=0.5)


def _not_locked(operation: str, body: Mapping[str, Any], status: int) -> Any:
    """Return what yields a request to a thread whose run waits, answered with a status."""

    def find(scene: Scene) -> Iterator[Miss]:
        read = scene.read(REQUIRES_ACTION)
        run, message = scene.made("run", id=OTHER_IDS["run_id"]), scene.made("message")
        answer = run if operation == "createRun" else message
        asked = {"assistant_id": run["assistant_id"], **body} if answer is run else body
        refused = refusal("The thread already has an active run.")
        legal = [read, {**scene.sent(operation, None, body=asked), **refused}, read]
        if status == CONFLICT:
            sentence = f"The refusal is answered {CONFLICT}, not 400."
            yield differing(legal, 1, sentence, status=CONFLICT)
        else:
            sentence = f"A run of the thread waits, and {operation} is accepted."
            yield differing(legal, 1, sentence, status=status, answer=answer)

    return find


def _two_at_once(scene: Scene) -> Iterator[Miss]:
    first, second = scene.created(), scene.created(scene.made("run", id=OTHER_IDS["run_id"]))
    both = [{**one, "together": 1} for one in (first, second)]
    reads = [
        scene.sent("getRun", one["answer"], ids={"run_id": one["answer"]["id"]}) for one in both
    ]
    refused = {**both[1], **refusal("The thread already has an active run.")}
    legal = [both[0], refused, reads[0], {**reads[1], **refusal("No such run.", 404)}]
    sentence = "Two runs are asked for at once, and both are alive on one thread."
    changes = {name: both[1][name] for name in ("answer", "status")}
    yield differing(legal, 1, sentence, after={3: reads[1]}, **changes)


def _submitted_twice(scene: Scene) -> Iterator[Miss]:
    read = scene.read(REQUIRES_ACTION)
    going = scene.made("run", started_at=read["answer"]["started_at"])
    submit = scene.sent("submitToolOutputs", going, body=BODIES["submitToolOutputs"], together=1)
    refused = refusal('Runs in status "queued" do not accept tool outputs.')
    legal = [read, submit, {**submit, **refused}]
    sentence = "The same outputs are submitted twice at once, and both are accepted."
    yield differing(legal, 2, sentence, status=200, answer=going)


def _never_expires(scene: Scene) -> Iterator[Miss]:
    read, later = scene.read(REQUIRES_ACTION), OTHER_IDS["thread_id"]
    born = read["answer"]["created_at"] + LATER
    other = scene.made("run", id=OTHER_IDS["run_id"], thread_id=later, created_at=born)
    body = {"assistant_id": other["assistant_id"]}
    create = scene.sent("createRun", other, body=body, ids={"thread_id": later})
    legal = [read, create, scene.read("expired")]
    sentence = f"The run still waits {LATER - EXPIRES_AFTER} seconds after it should have expired."
    yield differing(legal, 2, sentence, answer=read["answer"])


_BROKEN_COMMANDS: Mapping[str, Callable[[Scene], Iterator[Miss]]] = {
    "RUN-CANCEL-001": _refused_alive(IN_PROGRESS),
    "RUN-CANCEL-002": _accepted("cancelRun", COMPLETED),
    "RUN-CANCEL-003": _refused_alive(IN_PROGRESS, headers={"Content-Type": JSON_TYPE}),
    "RUN-CANCEL-004": _changed_by_refusal("cancelRun"),
    "RUN-CANCEL-005": _not_cancelling,
    "RUN-CANCEL-006": _refused_alive(REQUIRES_ACTION),
    "RUN-CANCEL-007": _accepted("cancelRun", FAILED),
    "RUN-CANCEL-008": _never_cancelled,
    "RUN-SUBMIT-001": _still_asking,
    "RUN-SUBMIT-002": _accepted("submitToolOutputs", COMPLETED),
    "RUN-SUBMIT-003": _submitted("with only some of the outputs", CALL["id"]),
    "RUN-SUBMIT-004": _submitted(
        "with the output of a call that was never made", CALL["id"], SECOND_CALL["id"], FOREIGN_CALL
    ),
    "RUN-SUBMIT-005": _changed_by_refusal("submitToolOutputs"),
    "RUN-SUBMIT-006": _accepted("submitToolOutputs", FAILED),
    "RUN-SUBMIT-007": _submitted_twice,
    "RUN-MODIFY-001": _not_modified,
    "RUN-MODIFY-002": _forgotten,
    "RUN-MODIFY-003": _changed_as_well,
    "RUN-MODIFY-004": _changed_by_refusal("modifyRun"),
    "RUN-THREAD-001": _not_locked("createRun", {}, 200),
    "RUN-THREAD-002": _not_locked(
        "createMessage", {"role": "user", "content": TYPICAL_TEXTS["content"]}, 200
    ),
    "RUN-THREAD-003": _two_at_once,
    "RUN-THREAD-004": _not_locked("createRun", {}, CONFLICT),
    "RUN-LIFE-008": _never_expires,
}
