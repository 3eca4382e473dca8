"""``SCHEMATHESIS_HOOKS=run_contracts.schemathesis_hooks st run ...`` adds our checks to a run.

Importing this module registers the check for every schema in the process; in a test suite, take
`run_contracts.schemathesis_checks.run_contract` where it is wanted instead.
"""

from __future__ import annotations

from run_contracts.probes.search.schemathesis_bridge import register
from run_contracts.schemathesis_checks import run_contract

register(run_contract)
