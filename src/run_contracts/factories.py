"""Factories: realistic runs, steps, lists, histories and streams for unit tests.

>>> run = make_run("requires_action", seed=7, metadata__team="blue")
>>> run["status"], run["metadata"]["team"]
('requires_action', 'blue')

Statuses are the traits; ``__`` reaches into nested fields and list items; a typo raises with the
nearest name. The same seed, version and faker version give the same bytes, in every process.
Without a seed the state of the `random` module is used, so that `random.seed` and the plugins
that set it make tests repeatable.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from run_contracts.contract import Contract, load
from run_contracts.errors import UsageError
from run_contracts.evidence import is_kind
from run_contracts.lifecycle import COMPLETED
from run_contracts.making import histories, scripts
from run_contracts.making.choosing import Fixed, fitting_plans
from run_contracts.making.content import words_of
from run_contracts.making.faking import Source, faked
from run_contracts.making.forms import Make
from run_contracts.making.polish import polished
from run_contracts.making.scripts import as_sse

if TYPE_CHECKING:
    from run_contracts.types import Page, Run, RunStep, StreamEvent

__all__ = [
    "Factory",
    "as_model",
    "as_sse",
    "factory",
    "from_contract",
    "make_run",
    "make_runs",
]
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
        return cast("Run", polished([made], fixed)[0])

    def runs(self, n: int, status: str | None = None, **fixed: Any) -> list[Run]:
        """Return some runs; raise `UsageError` for a negative number."""
        return [self.run(status, **fixed) for _ in range(count(n))]

    def step(self, status: str | None = None, **fixed: Any) -> RunStep:
        """Return a run step in a status, or in any, with some fields fixed."""
        return cast("RunStep", self._one("run_step", status, fixed))

    def run_list(self, n: int = 2, status: str | None = None, **fixed: Any) -> Page[Run]:
        """Return a page of `n` runs of one thread, newest first."""
        plans = fitting_plans(self.contract, "run", status, fixed)
        found = histories.listed(self.make, plans, least=count(n), most=n)
        for run in found["data"]:
            polished([run], fixed)
        return cast("Page[Run]", found)

    def step_list(self, n: int = 2, status: str | None = None, **fixed: Any) -> Page[RunStep]:
        """Return a page of `n` steps of one run, newest first."""
        plans = fitting_plans(self.contract, "run_step", status, fixed)
        found = histories.listed(self.make, plans, least=count(n), most=n)
        return cast("Page[RunStep]", found)

    def history(
        self, status: str = COMPLETED, *, path: Sequence[str] | None = None, **fixed: Any
    ) -> list[Run]:
        """Return a run's snapshots: the shortest life that ends in a status, or along a path."""
        life = self.contract.lifecycle
        way = histories.checked_path(life, path) if path else histories.shortest_path(life, status)
        (first,) = fitting_plans(self.contract, "run", way[0], fixed)
        runs = histories.history(self.contract, self.make, way, first)
        return cast("list[Run]", polished(runs, fixed))

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
        scripts.checked_ending(self.contract, ending)
        (first,) = fitting_plans(self.contract, "run", self.contract.lifecycle.initial, fixed)
        events = scripts.stream(
            self.contract, self.make, first, ending, resumed=resumed, with_thread=with_thread
        )
        polished([one["data"] for one in events if is_kind(one["data"], "thread.run")], fixed)
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


def make_run(
    status: str | None = None,
    *,
    edition: str = "v2",
    dialect: str | None = None,
    seed: int | str | None = None,
    locale: str = LOCALE,
    **fixed: Any,
) -> Run:
    """Return a legal run with realistic content: in a status, or in any.

    `fixed` sets fields, ``__`` reaches inside: ``metadata__team="blue"``,
    ``tools__0__type="function"``. Raises `UsageError` for a status or field that does not exist
    (with the nearest name), for values JSON cannot hold, and for what no legal run can have.

    >>> make_run("completed", seed=1, usage__total_tokens=12)["usage"]["total_tokens"]
    12
    """
    made = factory(edition, dialect=dialect, seed=seed, locale=locale)
    return made.run(status, **fixed)


def make_runs(  # noqa: PLR0913 - what runs may be made for
    n: int,
    status: str | None = None,
    *,
    edition: str = "v2",
    dialect: str | None = None,
    seed: int | str | None = None,
    locale: str = LOCALE,
    **fixed: Any,
) -> list[Run]:
    """Return `n` legal runs; see `make_run`.

    >>> len(make_runs(3, "failed", seed=1))
    3
    """
    return factory(edition, dialect=dialect, seed=seed, locale=locale).runs(n, status, **fixed)


def as_model(value: Any) -> Any:
    """Return a made object as the model the `openai` SDK would give for it.

    Runs, steps, messages, threads, assistants, and pages of them. It is built as the SDK builds
    its answers, without validation. Raises `UsageError` if the SDK is not installed.

    >>> as_model(make_run("completed", seed=1)).status
    'completed'
    """
    from run_contracts.making.models import model_of  # noqa: PLC0415 - imports the SDK

    return model_of(value)


def __getattr__(name: str) -> Any:
    """Load `RunProvider` when it is first used: it is made of faker's (PEP 562)."""
    if name != "RunProvider":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from run_contracts.making.provider import RunProvider  # noqa: PLC0415 - imports faker

    return RunProvider


def count(n: int) -> int:
    """Return how many to make as it is; raise `UsageError` if it is no whole number above -1."""
    if type(n) is not int or n < 0:
        raise UsageError(f"n is {n!r}; give how many to make, 0 or more")
    return n
