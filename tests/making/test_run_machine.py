"""`RunMachine`: handlers that are right pass, and what is wrong is found and made short."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from run_contracts import UsageError, load
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.strategies import RunMachine
from run_contracts.testing import AssertRun

QUICK = settings(
    database=None, deadline=None, derandomize=True, phases=(Phase.generate, Phase.shrink)
)
MOST_LIVES = 1000
"""Lives that are looked through for a mistake; the rarest shows in one of about eighty.

Which are drawn depends on more than the seed: on the constants of all modules imported by then.
"""
MOST_STEPS = 4
"""A run is created, works, asks or ends, and nothing beside that is told."""


class Handled(RunMachine):
    """A handler that is right: it waits for any end and answers each call once."""

    ends: ClassVar[Any] = lifecycle("v2").terminal
    contract = load("v2")

    def created(self) -> None:
        self.status = ""
        self.answered: set[str] = set()

    def seen(self, run: Any) -> None:
        self.status = run["status"]

    def ended(self) -> bool:
        return self.status in self.ends

    def outputs(self, run: Any) -> Any:
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        new = [call["id"] for call in calls if call["id"] not in self.answered]
        self.answered.update(new)
        return [{"tool_call_id": one, "output": "ok"} for one in new]


class KnowsNoLimit(Handled):
    """Was written when there were eight statuses."""

    ends = lifecycle("v1").terminal


class KnowsNoExpiry(Handled):
    """Waits forever."""

    ends = lifecycle("v2").terminal - {"expired"}


class TakesCancelForDone(Handled):
    """Does not wait until a cancel took effect."""

    ends = lifecycle("v2").terminal | {"cancelling"}


class Forgets(Handled):
    """Submits for each poll that shows the run waiting."""

    def outputs(self, run: Any) -> Any:
        self.answered.clear()
        return super().outputs(run)


class AnswersTheFirst(Handled):
    """Leaves out all calls but one."""

    def outputs(self, run: Any) -> Any:
        return super().outputs(run)[:1]


class AnswersWithObjects(Handled):
    """Submits what its function returned as it is."""

    def outputs(self, run: Any) -> Any:
        return [one | {"output": {"celsius": 7}} for one in super().outputs(run)]


class WantsStart(Handled):
    """Takes a run that ended for one that was begun."""

    def seen(self, run: Any) -> None:
        super().seen(run)
        if self.ended():
            assert run["started_at"] > 0


WRONG: dict[type[RunMachine], tuple[str, str]] = {
    KnowsNoLimit: ("the run is incomplete and the handler goes on", "incomplete"),
    KnowsNoExpiry: ("the run is expired and the handler goes on", "expired"),
    TakesCancelForDone: ("the run is cancelling and the handler has ended", "cancelling"),
    Forgets: ("outputs of call_.* were submitted twice", "requires_action"),
    AnswersTheFirst: ("expected outputs of call_.*, call_.*, got call_", "requires_action"),
    AnswersWithObjects: (
        "submitted .*; at /tool_outputs/0/output type is 'string'",
        "requires_action",
    ),
    WantsStart: ("'>' not supported", "failed"),
}


def _failure(machine: type[RunMachine]) -> tuple[str, list[str]]:
    """Return what a machine says of its handler, and the steps that show it."""
    with pytest.raises((AssertionError, TypeError)) as failed:
        run_state_machine_as_test(machine, settings=settings(QUICK, max_examples=MOST_LIVES))
    notes = "\n".join(failed.value.__notes__)
    return str(failed.value), re.findall(r"^state\.(?!teardown)(.*)$", notes, flags=re.MULTILINE)


@pytest.mark.parametrize("machine", WRONG, ids=lambda machine: machine.__name__)
def test_what_a_handler_does_wrong_is_found_and_short(machine: type[RunMachine]) -> None:
    """A few steps show it, and the last says in which status."""
    words, status = WRONG[machine]
    said, steps = _failure(machine)
    assert re.search(words, said)
    assert len(steps) <= MOST_STEPS
    assert f"<{status} run>" in steps[-1]


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_a_handler_that_is_right_passes_on_legal_lives_alone(edition: Any) -> None:
    """Every status is seen, each life keeps the contract, and no run is seen after its end."""
    lives: list[list[Any]] = []

    class Watched(Handled):
        contract = load(edition)

        def created(self) -> None:
            super().created()
            lives.append([])

        def seen(self, run: Any) -> None:
            assert not self.ended()
            super().seen(run)
            lives[-1].append({**run})
            run.clear()  # a handler may do with its run what it likes

    run_state_machine_as_test(
        Watched, settings=settings(QUICK, max_examples=600, stateful_step_count=12)
    )
    assert_run = AssertRun(load(edition))
    for life in filter(None, lives):
        assert_run(life, "history", strict=True)
    assert {run["status"] for life in lives for run in life} == load(edition).lifecycle.statuses


def test_an_edition_is_enough_to_say() -> None:
    """And fields may be fixed for each run; what cannot be is refused."""

    class Fixed(Handled):
        contract = None
        edition = "v1"
        fixed: ClassVar[Any] = {"model": "gpt-4o", "metadata__team": "red"}

        def seen(self, run: Any) -> None:
            super().seen(run)
            assert (run["model"], run["metadata"]["team"]) == ("gpt-4o", "red")
            assert "file_ids" in run

    run_state_machine_as_test(Fixed, settings=QUICK)
    Fixed.fixed = {"completed_at": 5}
    with pytest.raises(UsageError, match="RUN-STATUS-006"):
        run_state_machine_as_test(Fixed, settings=QUICK)


@pytest.mark.parametrize("name", ["created", "seen", "ended"])
def test_what_must_be_written_is_asked_for(name: str) -> None:
    """By its name."""
    machine = type("Unwritten", (Handled,), {name: getattr(RunMachine, name)})
    with pytest.raises(NotImplementedError, match=f"override {name}"):
        run_state_machine_as_test(machine, settings=QUICK)
