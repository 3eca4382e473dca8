"""What an extra would have brought is told in one line: the module, the extra, the command.

The lists of pyproject.toml are the only place that says which extra brings what; here they are read
as they were installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from run_contracts.errors import MissingExtra

DISTRIBUTION = "run-contracts"
FOR_DEVELOPERS = frozenset({"bench", "dev", "docs", "test"})
"""Extras of who works on this package; nobody else is sent to them."""
CALLED_OTHERWISE = {"yaml": "pyyaml"}
"""Distributions whose modules have another name, by the module."""
REQUIRED_NAME = re.compile(r"[\w.-]+")
OF_EXTRA = re.compile(r"extra == ['\"]([\w-]+)['\"]")


@contextmanager
def named_extras(*, extra: str | None = None) -> Iterator[None]:
    """Raise `MissingExtra` where Python says of a module of an extra that there is none.

    With `extra` that one is named, whichever would do for the module alone.

    >>> with named_extras():
    ...     raise ModuleNotFoundError("No module named 'uvicorn'", name="uvicorn")
    Traceback (most recent call last):
    run_contracts.errors.MissingExtra: uvicorn is not installed; pip install 'run-contracts[server]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = missing_extra(error, extra=extra)
        if missing is None:
            raise
        raise missing from None


def missing_extra(error: ModuleNotFoundError, *, extra: str | None = None) -> MissingExtra | None:
    """Return what to raise for a module that an extra brings; None for any other."""
    module = (error.name or "").partition(".")[0]
    distribution = CALLED_OTHERWISE.get(module, module)
    bringing = [name for name, brought in _extras().items() if _normal(distribution) in brought]
    if not bringing:
        return None
    return MissingExtra(
        f"{distribution} is not installed; pip install '{DISTRIBUTION}[{extra or bringing[0]}]'"
    )


def _extras() -> dict[str, set[str]]:
    """Return what each extra brings, those that bring least first."""
    from importlib.metadata import PackageNotFoundError, requires  # noqa: PLC0415 - seldom

    try:
        declared = requires(DISTRIBUTION) or ()
    except PackageNotFoundError:  # it was put on the path and not installed
        return {}
    brought: dict[str, set[str]] = {}
    for line in declared:
        name, extra = REQUIRED_NAME.match(line), OF_EXTRA.search(line)
        if name is not None and extra is not None and extra[1] not in FOR_DEVELOPERS:
            brought.setdefault(extra[1], set()).add(_normal(name[0]))
    return dict(sorted(brought.items(), key=lambda one: (len(one[1]), one[0])))


def _normal(name: str) -> str:
    return name.lower().replace("-", "_")
