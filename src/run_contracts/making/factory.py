"""The factory of one contract; `run_contracts.factories` is its door."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.loading import Contract, load
from run_contracts.errors import UsageError
from run_contracts.making import event_streams, histories
from run_contracts.making.choosing import Fixed, fitting_plans
from run_contracts.making.coherence import coherent
from run_contracts.making.forms import Make
from run_contracts.making.generators.content import words_of
from run_contracts.making.generators.faker import faked
from run_contracts.making.generators.makers import Source
from run_contracts.traffic.exchange import is_kind

if TYPE_CHECKING:
    from run_contracts.types import Page, Run, RunStep, StreamEvent

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

    def run(self, status: str | None = None, **fixed: Any) -> Run:
        """Return a run in a status, or in any, with some fields fixed."""
        made = self._one("run", status, fixed)
        return cast("Run", coherent(self.contract, [made], fixed)[0])

    def runs(self, n: int, status: str | None = None, **fixed: Any) -> list[Run]:
        """Return some runs; raise `UsageError` for a negative number."""
        return [self.run(status, **fixed) for _ in range(count(n))]

    def step(self, status: str | None = None, **fixed: Any) -> RunStep:
        """Return a run step in a status, or in any, with some fields fixed."""
        return cast("RunStep", self._one("run_step", status, fixed))

    def run_list(self, n: int = 2, status: str | None = None, **fixed: Any) -> Page[Run]:
        """Return a page of `n` runs of one thread, newest first."""
        plans = fitting_plans(self.contract, "run", status, fixed)
        page = histories.listed(self.make, plans, least=count(n), most=n)
        for run in page["data"]:
            coherent(self.contract, [run], fixed)
        return cast("Page[Run]", page)

    def step_list(self, n: int = 2, status: str | None = None, **fixed: Any) -> Page[RunStep]:
        """Return a page of `n` steps of one run, newest first."""
        plans = fitting_plans(self.contract, "run_step", status, fixed)
        page = histories.listed(self.make, plans, least=count(n), most=n)
        return cast("Page[RunStep]", page)

    def history(
        self, status: str = COMPLETED, *, path: Sequence[str] | None = None, **fixed: Any
    ) -> list[Run]:
        """Return a run's snapshots: the shortest life that ends in a status, or along a path."""
        life = self.contract.lifecycle
        if path:
            statuses = histories.checked_path(life, path)
        else:
            statuses = histories.shortest_path(life, status)
        (first,) = fitting_plans(self.contract, "run", statuses[0], fixed)
        runs = histories.history(self.contract, self.make, statuses, first)
        return cast("list[Run]", coherent(self.contract, runs, fixed))

    def stream(
        self,
        ending: str = COMPLETED,
        *,
        resumed: bool = False,
        with_thread: bool = False,
        **fixed: Any,
    ) -> list[StreamEvent]:
        """Return the events of a stream: of a new run, or `resumed` after outputs were submitted.

        `with_thread` is for a thread and a run created in one call.
        """
        event_streams.checked_ending(self.contract, ending)
        (first,) = fitting_plans(self.contract, "run", self.contract.lifecycle.initial, fixed)
        events = event_streams.stream(
            self.contract, self.make, first, ending, resumed=resumed, with_thread=with_thread
        )
        runs = [one["data"] for one in events if is_kind(one["data"], "thread.run")]
        coherent(self.contract, runs, fixed)
        return cast("list[StreamEvent]", events)

    def value(self, kind: str, **fixed: Any) -> dict[str, Any]:
        """Return a value of any other kind: ``error``, ``message``, ``create_run_request``, ...

        Lists and streams are no kinds of their own here; see `run_list` and `stream`.
        """
        return self._one(kind, None, fixed)

    def _one(self, kind: str, status: str | None, fixed: Fixed) -> dict[str, Any]:
        plans = fitting_plans(self.contract, kind, status, fixed)
        many = len(plans)
        plan = plans[0] if many == 1 else plans[int(self.source.random() * many)]
        return plan.made(self.make)


def count(n: int) -> int:
    """Return how many to make as it is; raise `UsageError` if it is no whole number above -1."""
    if type(n) is not int or n < 0:
        raise UsageError(f"n is {n!r}; give how many to make, 0 or more")
    return n


def factory(
    edition: str = "v2",
    *,
    dialect: str | None = None,
    seed: int | str | None = None,
    locale: str = LOCALE,
) -> Factory:
    """Return a factory; with a seed, one that makes the same objects in the same order again."""
    return from_contract(load(edition, dialect=dialect), seed=seed, locale=locale)


def from_contract(
    contract: Contract, *, seed: int | str | None = None, locale: str = LOCALE
) -> Factory:
    """Return a factory of a contract, e.g. one with a vendor's own fields.

    >>> vendor = load("v2").with_fields("run", {"region": {"enum": ["eu"]}}, required=["region"])
    >>> from_contract(vendor, seed=1).run()["region"]
    'eu'
    """
    if locale != LOCALE:
        words_of(locale)
    source = cast("Source", random if seed is None else random.Random(seed))  # noqa: S311
    return Factory(contract=contract, locale=locale, source=source)
