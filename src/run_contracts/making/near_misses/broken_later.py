"""What a create gave, or nobody asked for, and what is read of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.loading import Contract
from run_contracts.making.generators.typical import TYPICAL_TEXTS
from run_contracts.making.lives.pages import page
from run_contracts.making.near_misses.miss import Miss
from run_contracts.making.near_misses.scene import Scene, differing, refusal, showing
from run_contracts.making.typical_objects import typical_page
from run_contracts.making.typical_streams import typical_stream

NOT_FOUND = 404
MARK = {"source": "api"}


def misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield exchanges that break a requirement on what becomes of a request."""
    find = _BROKEN_LATER.get(requirement)
    yield from find(Scene(contract=contract)) if find else ()


def _nothing_added(scene: Scene) -> Iterator[Miss]:
    own, added = TYPICAL_TEXTS["instructions"], TYPICAL_TEXTS["additional_instructions"]
    create = scene.created(scene.made("run", instructions=f"{own}\n{added}"))
    create["body"]["additional_instructions"] = added
    sentence = "The instructions of the run lack what its create added to them."
    yield showing([create], 0, sentence, instructions=own)


def _started_at_once(scene: Scene) -> Iterator[Miss]:
    legal = [scene.created()]
    sentence = "The run is queued, and says that it was started."
    yield showing(legal, 0, sentence, started_at=legal[0]["answer"]["created_at"])


def _unmarked_message(scene: Scene) -> Iterator[Miss]:
    create = scene.created()
    asked = {"role": "user", "content": TYPICAL_TEXTS["value"], "metadata": MARK}
    create["body"]["additional_messages"] = [asked]
    (message,) = typical_page(scene.contract, "message_list", 1)["data"]
    marked = {**message, "run_id": None, "assistant_id": None, "metadata": MARK}
    legal = [create, scene.sent("listMessages", page([marked], has_more=False))]
    sentence = "The message that was given with the create has lost its metadata."
    answer = page([{**marked, "metadata": {}}], has_more=False)
    yield differing(legal, 1, sentence, answer=answer)


def _no_list(scene: Scene) -> Iterator[Miss]:
    read = scene.read(COMPLETED)
    listed = scene.sent("listRuns", page([read["answer"]], has_more=False))
    sentence = "The runs of a thread that is there are not found, as they were before."
    yield differing([read, listed, listed], 2, sentence, **refusal("No such list.", NOT_FOUND))


def _no_steps(scene: Scene) -> Iterator[Miss]:
    steps = page([scene.made("run_step")], has_more=False)
    legal = [scene.read(COMPLETED), scene.sent("listRunSteps", steps)]
    sentence = "The run is completed, and has no step."
    yield differing(legal, 1, sentence, answer=page([], has_more=False))


def _unasked_stream(scene: Scene) -> Iterator[Miss]:
    events = typical_stream(scene.contract, COMPLETED, fixed={"metadata": {}})
    sentence = "The create does not ask for a stream, and is answered with one."
    yield differing([scene.created()], 0, sentence, events=events, answer=None)


_BROKEN_LATER: Mapping[str, Callable[[Scene], Iterator[Miss]]] = {
    "RUN-ECHO-014": _nothing_added,
    "RUN-CREATE-007": _started_at_once,
    "RUN-CREATE-008": _unmarked_message,
    "RUN-LIST-020": _no_list,
    "RUN-STEP-038": _no_steps,
    "RUN-STREAM-021": _unasked_stream,
}
