"""Names of a package that are loaded from their modules when they are first used (PEP 562)."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as in typing, whose import costs more than what is loaded late
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def lazy_names(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the `__getattr__` and `__dir__` of a package whose names have these homes.

    `homes` says for each name in which module below the package it is. An unknown name raises
    `AttributeError`, as it does elsewhere; what an extra would bring raises `MissingExtra`.

    >>> getattribute, names = lazy_names("run_contracts", {"load": "contract.loading"})
    >>> getattribute("load").__name__, names()
    ('load', ['load'])
    """

    def getattribute(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            return getattr(import_module(f"{package}.{homes[name]}"), name)
        except ModuleNotFoundError as error:
            from run_contracts.extras import missing_extra  # noqa: PLC0415 - seldom

            raise missing_extra(error) or error from None

    def names() -> list[str]:
        return sorted(homes)

    return getattribute, names
