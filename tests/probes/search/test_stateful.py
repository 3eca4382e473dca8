"""Stateful search: what it finds, how short that becomes, and that right servers are spared."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from run_contracts.errors import Unreachable
from run_contracts.probes.search.stateful import STEPS, dealt, fewer, search_statefully
from run_contracts.probes.search.steps_of_walks import creates, uses
from run_contracts.probes.search.walking import WalkStep
from run_contracts.server import FAULTS
from tests.probes.search.hunting import hunting


def test_every_step_is_dealt_before_any_is_dealt_again() -> None:
    """So none is left to chance; each walk begins with a run, and the seed decides the order."""
    enough = len(list(uses()))
    walks = list(dealt(0, enough))
    ways = Counter(_described(step) for walk in walks for step in walk)
    assert ways.keys() == {_described(step) for step in (*creates(), *uses())}
    first_uses = [_described(step) for walk in walks for at, step in enumerate(walk) if at % 4]
    assert Counter(first_uses[:enough]) == Counter(map(_described, uses()))
    assert {_described(walk[0]) for walk in walks} <= {_described(step) for step in creates()}
    assert [len(walk) for walk in walks] == [STEPS] * enough
    again, other = list(dealt(0, enough)), list(dealt(1, enough))
    assert list(map(_names, again)) == list(map(_names, walks)) != list(map(_names, other))


def _described(step: WalkStep) -> str:
    """Return what tells a step apart from others."""
    return re.sub(" at 0x[0-9a-f]+", "", repr(step))


def _names(walk: tuple[WalkStep, ...]) -> list[str]:
    return list(map(_described, walk))


def test_a_walk_becomes_shorter_by_halves_then_by_single_steps() -> None:
    """One step alone has nothing to lose."""
    assert [len(one) for one in fewer(next(dealt(0, 1)))] == [5, 5, *[STEPS - 1] * STEPS]
    assert list(fewer(next(dealt(0, 1))[:1])) == []


@pytest.mark.parametrize("edition", ["v1", "v2"])
@pytest.mark.parametrize("seed", range(3))
def test_it_finds_nothing_on_a_right_server(edition: str, seed: int) -> None:
    """Whatever the order of creating, looking, cancelling, submitting and changing."""
    with hunting(edition=edition, seed=seed) as hunted:
        search_statefully(hunted.context, hunted.hunt, walks=20)
        assert hunted.hunt.found == set()
        assert len(hunted.context.session.exchanges) > 100


@pytest.mark.parametrize(
    ("fault", "length", "last"),
    [
        ("RUN-CANCEL-002", 5, "cancelRun"),
        ("RUN-CANCEL-005", 3, "cancelRun"),
        ("RUN-LIST-004", 2, "listMessages"),
        ("RUN-STEP-023", 4, "listRunSteps"),
        ("RUN-META-003", 2, "createThreadAndRun"),
        ("RUN-STREAM-011", 2, "createThreadAndRun"),
    ],
)
def test_what_it_finds_is_made_as_short_as_it_can_be(fault: str, length: int, last: str) -> None:
    """An assistant, a thread and a run, as far as they are needed, its end, and what shows it."""
    with hunting(fault) as hunted:
        search_statefully(hunted.context, hunted.hunt, walks=30)
        assert fault in hunted.hunt.found
        operations = hunted.slice_to(fault)
    assert (len(operations), operations[-1]) == (length, last)


@pytest.mark.parametrize(
    "fault",
    [
        "RUN-BODY-001",
        "RUN-ERR-008-f",
        "RUN-ID-014-b",
        "RUN-LIFE-002-c",
        "RUN-LIST-008-b",
        "RUN-STREAM-016",
        "RUN-THREAD-003",
    ],
)
def test_a_search_of_the_usual_length_finds(fault: str) -> None:
    """Pages, foreign threads, ids of nothing, streams that are cut, races, outputs."""
    with hunting(fault) as hunted:
        search_statefully(hunted.context, hunted.hunt)
        assert FAULTS[fault].requirement in hunted.hunt.found


def test_what_is_known_to_be_broken_is_not_hunted_for() -> None:
    """A second search of the same server adds nothing."""
    with hunting("RUN-CANCEL-002") as hunted:
        search_statefully(hunted.context, hunted.hunt)
        first, hunted.hunt.found = hunted.hunt.found, set()
        search_statefully(hunted.context, hunted.hunt)
        assert first == {"RUN-CANCEL-002"}
        assert hunted.hunt.found == set()


def test_a_target_that_is_gone_ends_the_search() -> None:
    """The error is the one a probe would raise, and no failure of the contract."""
    with hunting() as hunted:
        session = hunted.context.session
        _ = hunted.context.assistant_id

        def gone(*_: object, **__: object) -> None:
            raise Unreachable("it is gone")

        session.send = gone  # type: ignore[method-assign]
        with pytest.raises(Unreachable, match="it is gone"):
            search_statefully(hunted.context, hunted.hunt)
        assert hunted.hunt.found == set()
