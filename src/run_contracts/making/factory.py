"""The factory of one contract; `run_contracts.factories` is its door."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.loading import Contract, load
from run_contracts.errors import UsageError
from run_contracts.making.choosing import fitting_plans, varying_plans
from run_contracts.making.forms import Make
from run_contracts.making.generators.content import words_of
from run_contracts.making.generators.faker import faked
from run_contracts.making.generators.source import Source
from run_contracts.making.lives.life_wishes import fixed_calls, life_wishes
from run_contracts.making.lives.pages import listed
from run_contracts.making.lives.paths import path_of
from run_contracts.making.lives.snapshots import history
from run_contracts.making.lives.stream_events import stream
from run_contracts.making.wishes import Fixed

if TYPE_CHECKING:
    from run_contracts.making.call_parts import Calls
    from run_contracts.making.plans import ObjectPlan
    from run_contracts.types import (
        DialectName,
        Edition,
        ListOrder,
        MadeKind,
        Page,
        Run,
        RunStatus,
        RunStep,
        RunStepStatus,
        StreamEnding,
        StreamEvent,
    )

LOCALE = "en_US"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factory:
    """Makes objects of one contract, in one locale, with one source of randomness."""

    contract: Contract
    locale: str = LOCALE
    source: Source

    @property
    def make(self) -> Make:
        """The generator of this factory: a form to a value."""
        return faked(self.source, self.locale)

    def run(
        self, status: RunStatus | None = None, *, calls: Calls | None = None, **fixed: Any
    ) -> Run:
        """Return a run in a status, or in any, with some fields fixed.

        `calls` are the functions it waits for: ``[("weather", {"city": "Oslo"})]``.
        """
        wanted = fixed if calls is None else {**fixed, **fixed_calls(calls, fixed)}
        return cast("Run", self._one("run", status, wanted))

    def runs(
        self,
        n: int,
        status: RunStatus | None = None,
        *,
        calls: Calls | None = None,
        **fixed: Any,
    ) -> list[Run]:
        """Return some runs; raise `UsageError` for a negative number."""
        wanted = fixed if calls is None else {**fixed, **fixed_calls(calls, fixed)}
        plans, texts = varying_plans(self.contract, "run", status, wanted)
        return [cast("Run", self._of_any(plans, texts)) for _ in range(count(n))]

    def step(self, status: RunStepStatus | None = None, **fixed: Any) -> RunStep:
        """Return a run step in a status, or in any, with some fields fixed."""
        return cast("RunStep", self._one("run_step", status, fixed))

    def run_list(
        self,
        n: int = 2,
        status: RunStatus | None = None,
        *,
        order: ListOrder = "desc",
        has_more: bool = False,
        **fixed: Any,
    ) -> Page[Run]:
        """Return a page of `n` runs of one thread, newest first.

        Only the newest may be alive, for a thread has one active run at most.
        """
        return cast("Page[Run]", self._list("run", n, status, fixed, order=order, more=has_more))

    def step_list(
        self,
        n: int = 2,
        status: RunStepStatus | None = None,
        *,
        order: ListOrder = "desc",
        has_more: bool = False,
        **fixed: Any,
    ) -> Page[RunStep]:
        """Return a page of `n` steps of one run, newest first; all but that one are completed."""
        return cast(
            "Page[RunStep]", self._list("run_step", n, status, fixed, order=order, more=has_more)
        )

    def history(
        self,
        status: RunStatus = COMPLETED,
        *,
        path: Sequence[RunStatus] | None = None,
        calls: Calls | None = None,
        **fixed: Any,
    ) -> list[Run]:
        """Return a run's snapshots: the shortest life that ends in a status, or along a path.

        What is fixed belongs to the snapshots that can have it: ``last_error__code`` to the one
        that failed. `calls` are made on the way, a list of lists in several rounds.
        """
        wishes = life_wishes(self.contract, fixed, calls=calls)
        rounds = None if wishes.rounds is None else len(wishes.rounds)
        statuses = path_of(self.contract.lifecycle, status, path, rounds)
        return cast("list[Run]", history(self.contract, self.make, statuses, wishes))

    def stream(  # noqa: PLR0913 - what a stream may be about
        self,
        ending: StreamEnding = COMPLETED,
        *,
        resumed: bool | None = None,
        with_thread: bool = False,
        calls: Calls | None = None,
        outputs: Sequence[Any] | None = None,
        text: str | Sequence[str] | None = None,
        **fixed: Any,
    ) -> list[StreamEvent]:
        """Return the events of a stream: of a new run, or `resumed` after outputs were submitted.

        `with_thread` is for a thread and a run created in one call. `calls` are asked for, or
        were answered before the stream, by `outputs` in their order; `text` is the reply, or the
        pieces it comes in.
        """
        wishes = life_wishes(self.contract, fixed, calls=calls, outputs=outputs, text=text)
        events = stream(
            self.contract, self.make, ending, wishes, resumed=resumed, with_thread=with_thread
        )
        return cast("list[StreamEvent]", events)

    def value(self, kind: MadeKind, **fixed: Any) -> dict[str, Any]:
        """Return a value of any other kind: ``error``, ``message``, ``create_run_request``, ...

        Lists and streams are no kinds of their own here; see `run_list` and `stream`.
        """
        return self._one(kind, None, fixed)

    def _one(self, kind: str, status: str | None, fixed: Fixed) -> dict[str, Any]:
        return self._of_any(*varying_plans(self.contract, kind, status, fixed))

    def _of_any(self, plans: Sequence[ObjectPlan], texts: Mapping[str, str]) -> dict[str, Any]:
        many = len(plans)
        plan = plans[0] if many == 1 else plans[int(self.source.random() * many)]
        return plan.made(self.make, texts)

    def _list(  # noqa: PLR0913 - what a list may be of
        self, kind: str, n: int, status: str | None, fixed: Fixed, *, order: str, more: bool
    ) -> dict[str, Any]:
        plans = fitting_plans(self.contract, kind, status, fixed)
        return listed(
            self.contract,
            self.make,
            plans,
            fixed,
            least=count(n),
            most=n,
            order=order,
            has_more=more,
        )


def count(n: int) -> int:
    """Return how many to make as it is; raise `UsageError` if it is no whole number above -1."""
    if type(n) is not int or n < 0:
        raise UsageError(f"n is {n!r}; give how many to make, 0 or more")
    return n


def factory(
    edition: Edition = "v2",
    *,
    dialect: DialectName | None = None,
    seed: int | str | None = None,
    locale: str = LOCALE,
) -> Factory:
    """Return a factory; with a seed, one that makes the same objects in the same order again."""
    return from_contract(load(edition, dialect=dialect), seed=seed, locale=locale)


def from_contract(
    contract: Contract, *, seed: int | str | None = None, locale: str = LOCALE
) -> Factory:
    """Return a factory of a contract, e.g. one with a vendor's own fields.

    What it makes has no part of a schema that is not understood, and a `LeftOutWarning` names the
    part; if it is needed, that is a `ContractError`.

    >>> vendor = load("v2").with_fields("run", {"region": {"enum": ["eu"]}}, required=["region"])
    >>> from_contract(vendor, seed=1).run()["region"]
    'eu'
    """
    if locale != LOCALE:
        words_of(locale)
    if seed is None:
        return _unseeded(contract, locale)
    source = cast("Source", random.Random(seed))  # noqa: S311
    return Factory(contract=contract, locale=locale, source=source)


@lru_cache(maxsize=64)
def _unseeded(contract: Contract, locale: str) -> Factory:
    """Return the factory that takes the state of `random`: all such are alike."""
    return Factory(contract=contract, locale=locale, source=cast("Source", random))
