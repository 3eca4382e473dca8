"""The small client: right in every life and through every trouble, wrong in each of its faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from run_contracts.contract.requirements import OUTCOME, client_register
from run_contracts.server import Lives, ServerOptions, life
from tests.faulty_clients import odd_answers
from tests.faulty_clients.client_faults import FAULTS
from tests.faulty_clients.odd_answers import ODD, Odd
from tests.faulty_clients.recorded_server import Trouble, recorded_server
from tests.faulty_clients.started import Told, started

REPLY = "Grüße aus Köln: sonnig, 21\u202f°C — schönen Tag!"
CALLS = {"weather": {"city": "Köln"}, "clock": {}}
ENDS = ("completed", "failed", "cancelled", "expired", "incomplete")
SLOW_CANCEL = ServerOptions(speed=8.0, cancel_seconds=4.0)
LATE = 3.0
"""Seconds after which a client that goes on for ever is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a server does on which a fault shows."""

    statuses: Sequence[str] = ("requires_action", "completed")
    odd: Odd | None = None
    trouble: Trouble | None = None


SCENES = {
    "IgnoresExpired": Scene(statuses=["expired"]),
    "NeverReturnsOnIncomplete": Scene(statuses=["incomplete"]),
    "TrustsHasMore": Scene(odd=odd_answers.always_more),
    "StopsAtCancelling": Scene(statuses=["cancelled"]),
    "AlwaysCompletes": Scene(statuses=["failed"]),
    "AnswersOnce": Scene(statuses=["requires_action", "requires_action", "completed"]),
    "RefusesUnknownFields": Scene(odd=odd_answers.unknown_field),
    "NeedsAnnotations": Scene(odd=odd_answers.no_annotations),
    "RefusesUnknownEvents": Scene(odd=odd_answers.unknown_event),
    "KnowsOneLineEnd": Scene(odd=odd_answers.crlf),
    "CutsLetters": Scene(odd=odd_answers.slices),
    "KnowsNoComments": Scene(odd=odd_answers.comments),
    "TriesOnce": Scene(trouble=Trouble(times=1)),
    "EndsInATraceback": Scene(statuses=["failed"]),
}
"""The scenes of faults that an ordinary run does not show."""
RULES = client_register("v2")
OUTCOMES = [name for name, fault in FAULTS.items() if RULES[fault.requirement].on == OUTCOME]


def _told(scene: Scene, *, seconds: float = 20.0, **how: Any) -> tuple[Told, set[str]]:
    """Return what a client tells in a scene, and what it breaks on the way."""
    lives = Lives()
    calls = CALLS if "requires_action" in scene.statuses else {}
    lives.add(life(scene.statuses, calls=calls, reply=REPLY))
    with recorded_server(
        lives=lives, odd=scene.odd, trouble=scene.trouble, options=SLOW_CANCEL
    ) as server:
        told = started(server.url, seconds=seconds, **how)
    return told, server.broken()


@pytest.mark.parametrize("streams", [False, True], ids=["polls", "streams"])
@pytest.mark.parametrize("end", ENDS)
def test_it_tells_how_its_run_ended(end: str, streams: bool) -> None:
    """Whatever the end is, and it breaks nothing on the way there."""
    told, broken = _told(Scene(statuses=[end]), streams=streams)
    assert (told.status, told.errors, broken) == (end, "", set())


@pytest.mark.parametrize("streams", [False, True], ids=["polls", "streams"])
@pytest.mark.parametrize("odd", [None, *ODD], ids=lambda one: one.__name__ if one else "plain")
def test_it_tells_the_whole_text(odd: Odd | None, streams: bool) -> None:
    """After two calls, in every form in which it may be answered."""
    told, broken = _told(Scene(odd=odd), streams=streams)
    assert (told.said, told.errors) == ({"status": "completed", "text": REPLY}, "")
    assert broken == set()


TROUBLES = {
    "put off": Trouble(status=429, times=2, headers=((b"retry-after", b"1"),)),
    "failing": Trouble(status=500, times=2),
    "away": Trouble(status=503, times=3),
    "reads fail": Trouble(at="/messages", status=502, times=1),
    "broken stream": Trouble(after=1500),
}


@pytest.mark.parametrize("streams", [False, True], ids=["polls", "streams"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_it_comes_through_trouble_that_passes(trouble: str, streams: bool) -> None:
    """It waits, tries again, and looks after its run; nothing of that breaks a rule."""
    told, broken = _told(Scene(trouble=TROUBLES[trouble]), streams=streams)
    assert (told.said, broken) == ({"status": "completed", "text": REPLY}, set())


@pytest.mark.parametrize("streams", [False, True], ids=["polls", "streams"])
def test_it_gives_up_in_the_end(streams: bool) -> None:
    """What fails for good is told, and the server is left alone."""
    told, broken = _told(Scene(trouble=Trouble(status=500)), streams=streams)
    assert "was answered 500" in told.said["error"]
    assert broken == set()


@pytest.mark.parametrize("fault", OUTCOMES)
def test_a_fault_on_the_outcome_tells_something_else(fault: str) -> None:
    """Than the right client in the same scene, or nothing, or it does not end."""
    scene, streams = SCENES.get(fault, Scene()), FAULTS[fault].streams
    right, _ = _told(scene, streams=streams)
    wrong, _ = _told(scene, streams=streams, fault=fault, seconds=LATE)
    assert right.status == scene.statuses[-1]
    assert wrong.said != right.said


def test_every_requirement_on_an_outcome_has_a_fault() -> None:
    """A rule that no client breaks could not be tried."""
    rules = {one.id for one in RULES.values() if one.on == OUTCOME}
    assert {FAULTS[name].requirement for name in OUTCOMES} == rules
