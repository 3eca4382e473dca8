"""Ids that look right and name nothing."""

from __future__ import annotations

from run_contracts.contract.requirements import EDITIONS, register

NO_THREAD, NO_RUN, NO_STEP, NO_ASSISTANT = (
    register(EDITIONS[-1]).prefixes[name] + "0" * 24
    for name in ("thread_id", "run_id", "step_id", "assistant_id")
)
