"""`RunMachine`: legal lives of one run, as a state machine that drives a client's handler.

`run_contracts.strategies` is its door. What may come next, and what a run then holds, is said by
the life cycle alone.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from run_contracts.contract.lifecycle import REQUIRES_ACTION, SUBMITTED
from run_contracts.contract.loading import Contract, load
from run_contracts.making.factory import LOCALE
from run_contracts.making.forms import Choice, Items, Make, Whole
from run_contracts.making.generators.faker import faked
from run_contracts.making.generators.hypothesis import strategy_of
from run_contracts.making.lives.life_wishes import life_wishes
from run_contracts.making.lives.paths import path_of
from run_contracts.making.lives.snapshots import following, history
from run_contracts.making.lives.timing import BETWEEN_CHANGES
from run_contracts.making.moments import CREATED
from run_contracts.validation.departures import departures
from run_contracts.validation.violation import token

if TYPE_CHECKING:
    from run_contracts.types import Edition, JSONObject, Run

WAITS_FOR, ACTION = "required_action", "submit_tool_outputs"
BODY = "submit_tool_outputs_request"
MOST_AHEAD = 8
OFTEN_AHEAD = (REQUIRES_ACTION,) * 4
"""Where handlers have most to do."""
SEED = Whole(least=0, most=2**16)
POLLS_OF_A_STATUS = st.sampled_from((1, 0, 2))
"""How often a run is seen as it is: pollers miss what is short, and see twice what lasts."""

Step = tuple[str, tuple[str, ...]]
"""A status, and those that are ahead of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A run at a moment, in seconds since the epoch, and the statuses that it makes for."""

    run: JSONObject
    moment: int
    ahead: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<{self.run['status']} run>"

    def _repr_pretty_(self, printer: Any, is_cycle: bool) -> None:  # noqa: ARG002
        """Tell hypothesis to name the status alone: a failing example is a list of them."""
        printer.text(repr(self))


@st.composite
def _drawn(draw: st.DrawFn, build: Callable[[RunMachine, Make], Snapshot]) -> Snapshot:
    """Return a strategy for what a machine, as it is when it is drawn, builds of drawn forms."""
    machine: RunMachine = draw(st.runner())
    return build(machine, lambda form: draw(strategy_of(form)))


def _content(make: Make) -> Make:
    """Return what makes the content of one snapshot, of a seed: the life alone is made simple."""
    return faked(random.Random(make(SEED)), LOCALE)  # noqa: S311 - no secret


@lru_cache(maxsize=64)
def _statuses_ahead(contract: Contract) -> Items:
    """Return the form of the statuses that a run makes for, the same for all of a contract."""
    statuses = Choice(values=(*contract.lifecycle.fields, *OFTEN_AHEAD))
    return Items(item=statuses, least=1, most=MOST_AHEAD)


class RunMachine(RuleBasedStateMachine):
    """Drives a handler of runs through legal lives: subclass it, and run its `TestCase`.

    Implement `created`, `seen`, `ended` and, for a handler that submits outputs, `outputs`. It
    fails where the handler goes on after the run has ended or gives up before, submits what was not
    asked for, or twice, and where it raises. The run is seen by polling: what lies between two
    polls is missed, and a run may be seen twice as it is. What happened last is always seen.

    >>> class Waiting(RunMachine):
    ...     def created(self):
    ...         self.status = "queued"
    ...     def seen(self, run):
    ...         self.status = run["status"]
    ...     def ended(self):
    ...         ends = ("completed", "failed", "cancelled", "incomplete", "expired")
    ...         return self.status in ends
    >>> TestWaiting = Waiting.TestCase  # for pytest and unittest
    >>> from hypothesis.stateful import run_state_machine_as_test
    >>> run_state_machine_as_test(Waiting)
    """

    edition: ClassVar[Edition] = "v2"
    contract: ClassVar[Contract | None] = None
    """A contract of your own; that of the edition if there is none."""
    fixed: ClassVar[Mapping[str, Any]] = {}
    """Fields of the run, as `runs` takes them: ``{"model": "gpt-4o", "metadata__team": "red"}``."""

    def created(self) -> None:
        """Make a handler for the run that was just created. Override this."""
        raise NotImplementedError("override created(): make a handler for a new run")

    def seen(self, run: Run) -> None:
        """Hand a run to the handler, as it is now. Override this."""
        raise NotImplementedError("override seen(run): hand it to the handler")

    def ended(self) -> bool:
        """Say whether the handler takes the run for ended. Override this."""
        raise NotImplementedError("override ended(): say whether the handler has stopped waiting")

    def outputs(self, run: Run) -> Sequence[Mapping[str, Any]] | None:  # noqa: ARG002
        """Return what the handler submits for the calls of a run that waits; None for nothing yet.

        It is asked after each time that it saw the run wait; a submit takes its time, and the run
        may be seen to wait once more. Override this if the handler submits outputs.
        """
        return None

    @initialize(run=_drawn(lambda machine, make: machine.birth(make)), polls=POLLS_OF_A_STATUS)
    def create(self, run: Snapshot, polls: int) -> None:
        """Let a client create the run."""
        self.created()
        self._become(run, polls)

    @precondition(lambda machine: machine.next_step())
    @rule(run=_drawn(lambda machine, make: machine.change(make)), polls=POLLS_OF_A_STATUS)
    def become(self, run: Snapshot, polls: int) -> None:
        """Let the server work, ask, take outputs or end the run, or somebody else cancel it."""
        self._become(run, polls)

    @precondition(lambda machine: not machine.next_step())
    @rule()
    def rest(self) -> None:
        """Let nothing happen: the run has ended, or waits for outputs that nobody submits."""

    def teardown(self) -> None:
        """Let the handler see what happened last."""
        if not self._is_seen:
            self._poll()
        super().teardown()

    _snapshot: Snapshot | None = None
    _is_seen = True
    _submitted: Sequence[str] = ()

    @property
    def contract_in_use(self) -> Contract:
        """The contract that lives follow."""
        return self.contract or load(self.edition)

    def birth(self, make: Make) -> Snapshot:
        """Return the run as it was just created, with some statuses ahead."""
        contract = self.contract_in_use
        ahead = make(_statuses_ahead(contract))
        path = path_of(contract.lifecycle, REQUIRES_ACTION)  # so that it offers what it may call
        run = history(contract, _content(make), path, life_wishes(contract, self.fixed))[0]
        return Snapshot(run=run, moment=run[CREATED], ahead=tuple(ahead))

    def change(self, make: Make) -> Snapshot:
        """Return the run after its next change."""
        contract, before = self.contract_in_use, cast("Snapshot", self._snapshot)
        status, ahead = cast("Step", self.next_step())
        moment, content = before.moment + make(BETWEEN_CHANGES), _content(make)
        run = following(contract, content, before.run, status, moment)
        return Snapshot(run=run, moment=moment, ahead=ahead)

    def next_step(self) -> Step | None:
        """Return the status that comes next, and those ahead of it; None if the run stays as it is.

        What cannot be reached any more is left out, e.g. while the handler submits nothing.
        """
        if self._snapshot is None:
            return None
        status, ahead = self._snapshot.run["status"], self._snapshot.ahead
        life = self.contract_in_use.lifecycle
        possible = [
            edge.target
            for edge in life.edges
            if edge.source == status and (self._submitted or not edge.trigger.startswith(SUBMITTED))
        ]
        for at, wanted in enumerate(ahead):
            if wanted in possible:
                return wanted, ahead[at + 1 :]
            for after in possible:
                if wanted != status and life.may_follow(after, wanted):
                    return after, ahead[at:]
        return None

    def _become(self, snapshot: Snapshot, polls: int) -> None:
        self._snapshot, self._is_seen, self._submitted = snapshot, False, ()
        has_ended = self.contract_in_use.lifecycle.is_terminal(snapshot.run["status"])
        for _ in range(min(polls, 1) if has_ended else polls):
            self._poll()

    def _poll(self) -> None:
        """Let the handler see the run, and hold it to what it may do then."""
        self._is_seen = True
        run = cast("Snapshot", self._snapshot).run
        status = run["status"]
        self.seen(_copied(run))
        if status == REQUIRES_ACTION:
            self._submit(run, self.outputs(_copied(run)))
        has_ended = self.contract_in_use.lifecycle.is_terminal(status)
        if has_ended and not self.ended():
            raise AssertionError(f"the run is {status} and the handler goes on")
        if not has_ended and self.ended():
            raise AssertionError(f"the run is {status} and the handler has ended")

    def _submit(self, run: JSONObject, outputs: Sequence[Mapping[str, Any]] | None) -> None:
        """Take what a handler submits; raise `AssertionError` for what a server would refuse."""
        if not outputs:
            return
        if self._submitted:
            raise AssertionError(f"outputs of {', '.join(self._submitted)} were submitted twice")
        body = {"tool_outputs": [dict(one) for one in outputs]}
        for departure in departures(body, BODY, self.contract_in_use):
            where = "".join(map(token, departure.path))
            wanted = f"{departure.keyword} is {departure.wanted!r}"
            raise AssertionError(f"submitted {body}; at {where} {wanted}")
        given = [str(one.get("tool_call_id")) for one in outputs]
        asked = [one["id"] for one in run[WAITS_FOR][ACTION]["tool_calls"]]
        if sorted(given) != sorted(asked):
            raise AssertionError(f"expected outputs of {', '.join(asked)}, got {', '.join(given)}")
        self._submitted = given


def _copied(run: JSONObject) -> Run:
    """Return a run that a handler may change as it likes."""
    return cast("Run", copy.deepcopy(run))
