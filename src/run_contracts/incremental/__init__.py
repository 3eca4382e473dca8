"""Evidence that grows: exchanges judged as they come, at a constant cost, in bounded memory."""

from __future__ import annotations

from run_contracts.incremental.judge import IncrementalJudge
from run_contracts.incremental.kept_at_most import KeptAtMost

__all__ = ["IncrementalJudge", "KeptAtMost"]
