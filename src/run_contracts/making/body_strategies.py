"""Hypothesis strategies for what requests and answers carry beside runs; all of one form.

`run_contracts.strategies` is their door, and says what `drawn` and the fixed fields are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from run_contracts.making.run_strategies import NOTHING_DRAWN, Drawn, Value, of_edition

if TYPE_CHECKING:
    from run_contracts.types import DialectName, Edition, MadeKind


def _values(
    kind: MadeKind,
    edition: Edition,
    dialect: DialectName | None,
    drawn: Drawn,
    fixed: dict[str, Any],
) -> st.SearchStrategy[Value]:
    return of_edition(edition, dialect).values(kind, drawn=drawn, **fixed)


def messages(
    *,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    **fixed: Any,
) -> st.SearchStrategy[Value]:
    """Return a strategy for messages."""
    return _values("message", edition, dialect, drawn, fixed)


def create_run_requests(
    *,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    **fixed: Any,
) -> st.SearchStrategy[Value]:
    """Return a strategy for bodies of POST /threads/{thread_id}/runs.

    >>> streamed = create_run_requests(assistant_id="asst_1", stream=True)
    """
    return _values("create_run_request", edition, dialect, drawn, fixed)


def create_thread_and_run_requests(
    *,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    **fixed: Any,
) -> st.SearchStrategy[Value]:
    """Return a strategy for bodies of POST /threads/runs."""
    return _values("create_thread_and_run_request", edition, dialect, drawn, fixed)


def create_message_requests(
    *,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    **fixed: Any,
) -> st.SearchStrategy[Value]:
    """Return a strategy for bodies of POST /threads/{thread_id}/messages."""
    return _values("create_message_request", edition, dialect, drawn, fixed)


def modify_run_requests(
    *,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    **fixed: Any,
) -> st.SearchStrategy[Value]:
    """Return a strategy for bodies of POST /threads/{thread_id}/runs/{run_id}."""
    return _values("modify_run_request", edition, dialect, drawn, fixed)


def submit_tool_outputs_requests(
    *,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    **fixed: Any,
) -> st.SearchStrategy[Value]:
    """Return a strategy for bodies of POST .../runs/{run_id}/submit_tool_outputs."""
    return _values("submit_tool_outputs_request", edition, dialect, drawn, fixed)


def error_responses(
    *,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    drawn: Drawn = NOTHING_DRAWN,
    **fixed: Any,
) -> st.SearchStrategy[Value]:
    """Return a strategy for the envelope of refusals.

    >>> limited = error_responses(error__code="rate_limit_exceeded")
    """
    return _values("error", edition, dialect, drawn, fixed)
