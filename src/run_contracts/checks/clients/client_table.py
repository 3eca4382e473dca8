"""The table of the checks of clients."""

from __future__ import annotations

from run_contracts.checks.registry import CheckTable

CLIENT_CHECKS = CheckTable()
"""Every check of clients that exchanges can decide."""
shows_of_clients = CLIENT_CHECKS.decides
