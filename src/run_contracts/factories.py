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
from typing import TYPE_CHECKING, Any, cast

from run_contracts.contract import Contract, load
from run_contracts.making.content import words_of
from run_contracts.making.factory import LOCALE, Factory
from run_contracts.making.scripts import as_sse

if TYPE_CHECKING:
    from run_contracts.making.faking import Source
    from run_contracts.types import Run

__all__ = [
    "Factory",
    "as_model",
    "as_sse",
    "factory",
    "from_contract",
    "make_run",
    "make_runs",
]


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
