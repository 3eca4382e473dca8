"""The dialect that a session is judged by, where options name one.

Light: pytest imports this module each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from run_contracts.testing.plugin_options import given

if TYPE_CHECKING:
    import pytest

    from run_contracts.types import DialectName, Edition


def dialect_in(config: pytest.Config, edition: Edition) -> DialectName | None:
    """Return the dialect of the options, for what is of an edition; None if there is none.

    What names another edition than the options do is of no dialect that this one does not have.
    Raises `UsageError` for no dialect of the edition that the options name.
    """
    name = given(config, "dialect")
    if not name:
        return None
    from run_contracts.contract.readings import dialect_named, dialect_of  # noqa: PLC0415 - only when it is used

    if edition != given(config, "edition") and edition not in dialect_named(name).editions:
        return None
    return cast("DialectName", dialect_of(edition, name).name)
