"""``SCHEMATHESIS_HOOKS=run_contracts.schemathesis_hooks st run ...`` adds our checks to a run.

Right cases get the ids of a few things that are made for them, so that every operation is answered
with more than 404. Importing this module registers both for every schema in the process; in a test
suite, take `run_contracts.schemathesis_checks.run_contract` where it is wanted instead.
"""

from __future__ import annotations

from run_contracts.extras import named_extras

with named_extras():
    from run_contracts.probes.search.known_ids import fill
    from run_contracts.probes.search.schemathesis_bridge import before_each_call, register
    from run_contracts.schemathesis_checks import run_contract

register(run_contract)
before_each_call(fill)
