"""Our checks for other people's schemathesis: each answer is judged by the contract.

In a test, in one line: ``case.call_and_validate(additional_checks=[run_contract])``. For ``st run``
the same is switched on by ``SCHEMATHESIS_HOOKS=run_contracts.schemathesis_hooks``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from run_contracts.checks import outcomes
from run_contracts.client.checked_target import Target
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import Level, Register
from run_contracts.extras import named_extras
from run_contracts.traffic.evidence import Evidence
from run_contracts.validation.violation import Violation

with named_extras():
    from run_contracts.probes.search.schemathesis_bridge import as_exchange


def run_contract(_context: Any, response: Any, case: Any) -> None:
    """Raise `AssertionError` that names every MUST an answer breaks; advice is silent.

    The edition is the one that the request's ``OpenAI-Beta`` header names, v2 if none does. What
    takes several answers to judge (histories, lists in pages) is what ``run-contracts check`` does;
    so is the end of a stream that schemathesis did not read to its end. What the request carries as
    credentials stands in no message, also where the answer says it again.
    """
    exchange = as_exchange(response, case)
    if exchange.operation is None:
        return
    evidence = Evidence(contract=load(exchange.edition), exchanges=(exchange,), is_alone=True)
    violations = (outcome.violation for outcome in outcomes(evidence))
    broken = [one for one in violations if one is not None and one.level is Level.MUST]
    if broken:
        hide = Target(url="", headers=exchange.request.headers).hidden
        raise AssertionError(hide("\n".join(_lines(broken, evidence.contract.register))))


def _lines(broken: Iterable[Violation], register: Register) -> list[str]:
    """Return what is broken in words: the rule, then where, what was expected and found."""
    return [
        f"{one.requirement} {register[one.requirement].sentence} At {one.pointer or 'the answer'}: "
        f"expected {one.expected}, found {one.found!r}"
        for one in broken
    ]
