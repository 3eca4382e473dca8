"""Fields that are set, null or counted wrongly for the status of a run or step, one row each."""

from __future__ import annotations

from typing import Any

from run_contracts.server.faults.rows import Wrong

FAR_LATER, LONG_AGO = 1_900_000_000, 1
"""Moments, in seconds since the epoch, that come after and before any life of a run."""
CODE = {"code": "server_error", "message": "It broke."}
COUNTED = {"prompt_tokens": 1, "completion_tokens": 0, "total_tokens": 1}
MISCOUNTED = {**COUNTED, "total_tokens": 2}
HIT = {"reason": "max_prompt_tokens"}
STARTED = ("in_progress", "completed", "incomplete", "failed", "cancelled", "expired")

RUN_FIELDS: tuple[tuple[str, str, tuple[str, ...], Any], ...] = (
    ("RUN-STATUS-001", "started_at", ("in_progress",), None),
    ("RUN-STATUS-002", "expires_at", ("queued", "in_progress"), None),
    ("RUN-STATUS-003", "expires_at", ("completed",), FAR_LATER),
    ("RUN-STATUS-004", "completed_at", ("completed",), None),
    ("RUN-STATUS-005", "completed_at", ("incomplete",), None),
    ("RUN-STATUS-006", "completed_at", ("in_progress",), FAR_LATER),
    ("RUN-STATUS-006-b", "completed_at", ("cancelled",), FAR_LATER),
    ("RUN-STATUS-007", "cancelled_at", ("cancelled",), None),
    ("RUN-STATUS-008", "cancelled_at", ("cancelling",), FAR_LATER),
    ("RUN-STATUS-009", "failed_at", ("failed",), None),
    ("RUN-STATUS-010", "failed_at", ("expired",), FAR_LATER),
    ("RUN-STATUS-011", "required_action", ("requires_action",), None),
    ("RUN-STATUS-013", "last_error", ("failed",), None),
    ("RUN-STATUS-014", "last_error", ("completed",), CODE),
    ("RUN-STATUS-015", "incomplete_details", ("incomplete",), None),
    ("RUN-STATUS-016", "incomplete_details", ("failed",), HIT),
    ("RUN-STATUS-017", "usage", ("in_progress",), COUNTED),
    ("RUN-STATUS-018", "usage", ("completed",), None),
    ("RUN-STATUS-019", "usage", ("failed", "cancelled"), None),
    ("RUN-TIME-001", "started_at", STARTED, LONG_AGO),
    ("RUN-TIME-002", "completed_at", ("completed",), LONG_AGO),
    ("RUN-TIME-002-b", "cancelled_at", ("cancelled",), LONG_AGO),
    ("RUN-TIME-003", "expires_at", ("queued", "in_progress"), LONG_AGO),
)
STEP_FIELDS: tuple[tuple[str, str, tuple[str, ...], Any], ...] = (
    ("RUN-STEP-020", "usage", ("completed",), MISCOUNTED),
    ("RUN-STEP-021", "completed_at", ("completed",), None),
    ("RUN-STEP-021-b", "completed_at", ("in_progress",), FAR_LATER),
    ("RUN-STEP-022", "usage", ("in_progress",), COUNTED),
    ("RUN-STEP-035", "failed_at", ("completed",), FAR_LATER),
    ("RUN-STEP-026", "usage", ("completed",), None),
    ("RUN-STEP-039", "completed_at", ("completed",), LONG_AGO),
)
STATUS_ROWS = (
    *(Wrong(fault=f, kind="run", field=n, value=v, when=when) for f, n, when, v in RUN_FIELDS),
    *(Wrong(fault=f, kind="step", field=n, value=v, when=when) for f, n, when, v in STEP_FIELDS),
)
"""Every field that can be wrong in a status."""
