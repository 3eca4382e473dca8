"""Walks: what they find, how short it becomes, and that a right server has nothing to fear."""

from __future__ import annotations

import pytest

from run_contracts.errors import Unreachable
from run_contracts.probes.search import walk
from tests.probes.search.hunting import hunting


@pytest.mark.parametrize("edition", ["v1", "v2"])
@pytest.mark.parametrize("seed", range(3))
def test_walks_find_nothing_on_a_right_server(edition: str, seed: int) -> None:
    """Whatever the order of creating, looking, cancelling, submitting and changing."""
    with hunting(edition=edition, seed=seed) as hunted:
        walk(hunted.context, hunted.hunt, walks=20)
        assert hunted.hunt.found == set()
        assert len(hunted.context.session.exchanges) > 100


@pytest.mark.parametrize(
    ("fault", "length", "last"),
    [
        ("RUN-CANCEL-002", 4, "cancelRun"),
        ("RUN-CANCEL-005", 4, "cancelRun"),
        ("RUN-LIST-004", 5, "listRuns"),
        ("RUN-STEP-023", 5, "listRunSteps"),
        ("RUN-META-003", 4, "getRun"),
        ("RUN-STREAM-011", 3, "createRun"),
    ],
)
def test_what_walks_find_is_made_as_short_as_it_can_be(fault: str, length: int, last: str) -> None:
    """An assistant, a thread and a run, as far as they are needed, and what shows it."""
    with hunting(fault) as hunted:
        walk(hunted.context, hunted.hunt, walks=30)
        assert fault in hunted.hunt.found
        way = hunted.way_to(fault)
    assert (len(way), way[-1]) == (length, last)


def test_what_is_known_to_be_broken_is_not_hunted_for() -> None:
    """A second search of the same server adds nothing."""
    with hunting("RUN-CANCEL-002") as hunted:
        walk(hunted.context, hunted.hunt)
        first, hunted.hunt.found = hunted.hunt.found, set()
        walk(hunted.context, hunted.hunt)
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
            walk(hunted.context, hunted.hunt)
        assert hunted.hunt.found == set()
