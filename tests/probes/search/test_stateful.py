"""Stateful search: what it finds, how short that becomes, and that right servers are spared."""

from __future__ import annotations

import pytest

from run_contracts.errors import Unreachable
from run_contracts.probes.search.stateful import search_statefully
from tests.probes.search.hunting import hunting


@pytest.mark.parametrize("edition", ["v1", "v2"])
@pytest.mark.parametrize("seed", range(3))
def test_it_finds_nothing_on_a_right_server(edition: str, seed: int) -> None:
    """Whatever the order of creating, looking, cancelling, submitting and changing."""
    with hunting(edition=edition, seed=seed) as hunted:
        search_statefully(hunted.context, hunted.hunt, runs=20)
        assert hunted.hunt.found == set()
        assert len(hunted.context.session.exchanges) > 100


@pytest.mark.parametrize(
    ("fault", "length", "last"),
    [
        ("RUN-CANCEL-002", 4, "cancelRun"),
        ("RUN-CANCEL-005", 4, "cancelRun"),
        ("RUN-LIST-004", 2, "listRuns"),
        ("RUN-STEP-023", 5, "listRunSteps"),
        ("RUN-META-003", 4, "getRun"),
        ("RUN-STREAM-011", 3, "createRun"),
    ],
)
def test_what_it_finds_is_made_as_short_as_it_can_be(fault: str, length: int, last: str) -> None:
    """An assistant, a thread and a run, as far as they are needed, and what shows it."""
    with hunting(fault) as hunted:
        search_statefully(hunted.context, hunted.hunt, runs=30)
        assert fault in hunted.hunt.found
        operations = hunted.slice_to(fault)
    assert (len(operations), operations[-1]) == (length, last)


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
