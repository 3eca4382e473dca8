"""Creates that are answered with something else than was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from run_contracts.contract.lifecycle import IN_PROGRESS
from run_contracts.contract.loading import Contract
from run_contracts.making.generators.typical import TYPICAL_OBJECTS, TYPICAL_TEXTS, numbered
from run_contracts.making.near_misses.miss import Miss
from run_contracts.making.near_misses.scene import OTHER_IDS, Scene, differing, refusal, showing
from run_contracts.making.typical_content import ASSISTANT_ID, WEATHER_TOOL
from run_contracts.making.typical_objects import typical_page
from run_contracts.traffic.exchange import BAD_REQUEST, Intent

BRIEF = TYPICAL_TEXTS["additional_instructions"]
INTERPRETER = {"type": "code_interpreter"}
ECHOES: Mapping[str, tuple[str, Any, Any]] = {
    "RUN-ECHO-001": ("model", "gpt-4-turbo", "gpt-3.5-turbo"),
    "RUN-ECHO-002": ("instructions", BRIEF, TYPICAL_TEXTS["instructions"]),
    "RUN-ECHO-003": ("metadata", TYPICAL_OBJECTS["metadata"], {}),
    "RUN-ECHO-004": ("max_prompt_tokens", 8000, 4000),
    "RUN-ECHO-005": ("tools", [WEATHER_TOOL, INTERPRETER], [INTERPRETER, WEATHER_TOOL]),
    "RUN-ECHO-006": ("temperature", 0.2, 1.0),
    "RUN-ECHO-007": ("top_p", 0.5, 1.0),
    "RUN-ECHO-008": ("tool_choice", "none", "auto"),
    "RUN-ECHO-009": ("response_format", {"type": "json_object"}, "auto"),
    "RUN-ECHO-010": (
        "truncation_strategy",
        {"type": "last_messages", "last_messages": 10},
        {"type": "last_messages", "last_messages": 1},
    ),
    "RUN-ECHO-011": ("parallel_tool_calls", False, True),
}
"""Fields that a run repeats: what is asked for, and what is wrongly answered."""


def misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield exchanges that break a requirement on what is created."""
    scene = Scene(contract=contract)
    if requirement in ECHOES:
        name, asked, wrong = ECHOES[requirement]
        legal = [scene.created(**{name: asked})]
        sentence = f"{name} of the run is not what its create asked for."
        yield showing(legal, 0, sentence, **{name: wrong})
    elif requirement in _BROKEN_CREATES:
        yield from _BROKEN_CREATES[requirement](scene)


def _metadata_of_its_own(scene: Scene) -> Iterator[Miss]:
    sentence = "The run has metadata, and its create gave none."
    yield showing([scene.created()], 0, sentence, metadata={"source": "api"})


def _other_assistant(scene: Scene) -> Iterator[Miss]:
    sentence = "The run names another assistant than its create."
    yield showing([scene.created()], 0, sentence, assistant_id=numbered(ASSISTANT_ID, 2))


def _at_work_at_once(scene: Scene) -> Iterator[Miss]:
    begun = scene.made("run", IN_PROGRESS)
    sentence = "The run is in progress in the answer to its create."
    yield differing([scene.created()], 0, sentence, answer=begun)


def _not_created(scene: Scene) -> Iterator[Miss]:
    legal = [{**scene.created(), "intent": Intent.ORDINARY.value}]
    sentence = "A create that nothing speaks against is refused."
    yield differing(legal, 0, sentence, **refusal("You cannot do that."))


def _no_low_limit(scene: Scene) -> Iterator[Miss]:
    legal = [{**scene.created(max_prompt_tokens=16), "intent": Intent.LOW_LIMIT.value}]
    sentence = "A limit of 16 tokens is refused."
    yield differing(legal, 0, sentence, **refusal("The limit must be 256 at least."))


def _not_there_yet(scene: Scene) -> Iterator[Miss]:
    legal = [scene.created(), scene.sent("getRun", scene.made("run"))]
    sentence = "The run that was just created cannot be read."
    yield differing(legal, 1, sentence, **refusal("No such run.", 404))


def _lost_message(scene: Scene) -> Iterator[Miss]:
    asked = {"role": "user", "content": TYPICAL_TEXTS["value"]}
    create = scene.created()
    create["body"]["additional_messages"] = [asked]
    listed = typical_page(scene.contract, "message_list", 1)
    legal = [create, scene.sent("listMessages", listed)]
    sentence = "The message that was given with the create is not in the thread."
    yield differing(legal, 1, sentence, answer=typical_page(scene.contract, "message_list", 0))


def _nothing_to_answer(scene: Scene) -> Iterator[Miss]:
    silent = scene.made("assistant", instructions=None)
    create = scene.created(scene.made("run", instructions=None))
    run = create["answer"]
    legal = [
        scene.sent("createThread", scene.made("thread"), body={}),
        scene.sent("createAssistant", silent, body={"model": silent["model"]}),
        {**create, **refusal("Run creation requires a Thread with a user message.")},
    ]
    sentence = "There is no message and no instruction, and still a run is created."
    yield differing(legal, 2, sentence, answer=run, status=200)


def _same_id(scene: Scene) -> Iterator[Miss]:
    other = scene.made("run", id=OTHER_IDS["run_id"])
    legal = [scene.created(), scene.created(other)]
    sentence = "A second create is answered with the id of the first run."
    yield showing(legal, 1, sentence, id=legal[0]["answer"]["id"])


def _inherits(scene: Scene, **wrong: Any) -> Iterator[Miss]:
    assistant = scene.made("assistant")
    own = {name: assistant[name] for name in ("instructions", "tools", "model")}
    body = {"model": assistant["model"]}
    legal = [
        scene.sent("createAssistant", assistant, body=body),
        scene.created(scene.made("run", **own)),
    ]
    for name, value in wrong.items():
        sentence = f"{name} of the run is not its assistant's, and none was asked for."
        yield showing(legal, 1, sentence, **{name: value})


def _created_all_the_same(
    body: Mapping[str, Any], why: str, intent: Intent = Intent.NONE
) -> Callable[[Scene], Iterator[Miss]]:
    """Return what yields a create that must be refused, and is not."""

    def find(scene: Scene) -> Iterator[Miss]:
        create = scene.created()
        asked = {**create, "intent": intent.value} if intent else create
        if body is not ASKED:
            asked = {**asked, "body": dict(body)}
        legal = [{**asked, **refusal("The request is wrong.")}]
        assert legal[0]["status"] == BAD_REQUEST  # noqa: S101 - as all refusals here
        run = {**create["answer"], "assistant_id": asked["body"].get("assistant_id", ASSISTANT_ID)}
        yield differing(legal, 0, f"A run is created {why}.", status=200, answer=run)

    return find


ASKED: Mapping[str, Any] = {}
"""The body of a plain create."""
UNKNOWN_ASSISTANT = numbered(ASSISTANT_ID, 404)
_BROKEN_CREATES: Mapping[str, Callable[[Scene], Iterator[Miss]]] = {
    "RUN-META-005": _metadata_of_its_own,
    "RUN-ID-012": _other_assistant,
    "RUN-ID-013": _same_id,
    "RUN-CREATE-001": _not_created,
    "RUN-CREATE-002": _at_work_at_once,
    "RUN-CREATE-003": _not_there_yet,
    "RUN-CREATE-004": _lost_message,
    "RUN-CREATE-005": _no_low_limit,
    "RUN-CREATE-006": _nothing_to_answer,
    "RUN-ECHO-012": lambda scene: _inherits(scene, instructions=BRIEF, tools=[]),
    "RUN-ECHO-013": lambda scene: _inherits(scene, model="gpt-3.5-turbo"),
    "RUN-ERR-010": _created_all_the_same({"metadata": {}}, "for no assistant"),
    "RUN-ERR-011": _created_all_the_same(
        {"assistant_id": ASSISTANT_ID, "max_prompt_tokens": "many"},
        "though a member of the request is of another form",
    ),
    "RUN-ERR-012": _created_all_the_same(
        {"assistant_id": UNKNOWN_ASSISTANT},
        "for an assistant that does not exist",
        Intent.NO_ASSISTANT,
    ),
    "RUN-ERR-013": _created_all_the_same(
        ASKED, "though the request names no edition", Intent.NO_EDITION
    ),
}
