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

from typing import TYPE_CHECKING, Any

from run_contracts.making.factory import LOCALE, Factory, factory, from_contract
from run_contracts.making.lives.stream_events import as_sse

if TYPE_CHECKING:
    from run_contracts.making.call_parts import Calls
    from run_contracts.types import DialectName, Edition, Run, RunStatus

__all__ = [
    "Factory",
    "as_model",
    "as_sse",
    "factory",
    "from_contract",
    "make_run",
    "make_runs",
]


def make_run(  # noqa: PLR0913 - what a run may be made for
    status: RunStatus | None = None,
    *,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    seed: int | str | None = None,
    locale: str = LOCALE,
    calls: Calls | None = None,
    **fixed: Any,
) -> Run:
    """Return a legal run with realistic content: in a status, or in any.

    `fixed` sets fields, ``__`` reaches inside: ``metadata__team="blue"``,
    ``tools__0__type="function"``; `calls` are the functions it waits for:
    ``[("weather", {"city": "Oslo"})]``. Raises `UsageError` for a status or field that does not
    exist (with the nearest name), for values JSON cannot hold, for wishes that contradict each
    other, and for what no legal run can have.

    >>> make_run("completed", seed=1, usage__total_tokens=12)["usage"]["total_tokens"]
    12
    """
    made = factory(edition, dialect=dialect, seed=seed, locale=locale)
    return made.run(status, calls=calls, **fixed)


def make_runs(  # noqa: PLR0913 - what runs may be made for
    n: int,
    status: RunStatus | None = None,
    *,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    seed: int | str | None = None,
    locale: str = LOCALE,
    calls: Calls | None = None,
    **fixed: Any,
) -> list[Run]:
    """Return `n` legal runs; see `make_run`.

    >>> len(make_runs(3, "failed", seed=1))
    3
    """
    return factory(edition, dialect=dialect, seed=seed, locale=locale).runs(
        n, status, calls=calls, **fixed
    )


def as_model(value: Any) -> Any:
    """Return a made object as the model the `openai` SDK would give for it.

    Runs, steps, messages, threads, assistants, pages of them, events of streams, and lists of all
    these, e.g. histories; a model stays as it is. It is built as the SDK builds its answers,
    without validation. `violations`, `assert_valid_run` and the fixture `assert_run` judge it as
    the JSON it was made of. Raises `UsageError` for what has no model, and without the SDK.

    >>> as_model(make_run("completed", seed=1)).status
    'completed'
    """
    from run_contracts.making.sdk_models import model_of  # noqa: PLC0415 - imports the SDK

    return model_of(value)


def __getattr__(name: str) -> Any:
    """Load `RunProvider` when it is first used: it is made of faker's (PEP 562)."""
    if name != "RunProvider":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from run_contracts.making.faker_provider import RunProvider  # noqa: PLC0415 - imports faker

    return RunProvider
