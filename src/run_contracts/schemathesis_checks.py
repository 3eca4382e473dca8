"""Our checks for other people's schemathesis: each answer is judged by the contract.

In a test, in one line: ``case.call_and_validate(additional_checks=[run_contract])``. For ``st run``
the same is switched on by ``SCHEMATHESIS_HOOKS=run_contracts.schemathesis_hooks``.
"""

from __future__ import annotations

from typing import Any

from run_contracts.checks import outcomes
from run_contracts.contract.loading import load
from run_contracts.contract.operations import STREAM_TYPE, match
from run_contracts.contract.requirements import EDITIONS, Level
from run_contracts.traffic.exchange import Exchange, Request, Response
from run_contracts.traffic.history import DONE_DATA, Evidence
from run_contracts.validation.violation import Violation


def run_contract(_context: Any, response: Any, case: Any) -> None:
    """Raise `AssertionError` that names every MUST an answer breaks; advice is silent.

    The edition is the one that the request's ``OpenAI-Beta`` header names, v2 if none does. What
    takes several answers to judge (histories, lists in pages) is what ``run-contracts check`` does;
    so is the end of a stream that schemathesis did not read to its end.
    """
    exchange = _exchange(response, case)
    if match(exchange.edition, exchange.request.method, exchange.request.url) is None:
        return
    evidence = Evidence(contract=load(exchange.edition), exchanges=(exchange,))
    found = (one.violation for one in outcomes(evidence))
    broken = [one for one in found if one is not None and one.level is Level.MUST]
    if broken:
        raise AssertionError("\n".join(_lines(broken, evidence)))


def _exchange(response: Any, case: Any) -> Exchange:
    """Return a case and its answer as an exchange."""
    sent = response.request
    body = sent.body or b""
    headers = tuple((str(name), str(value)) for name, value in sent.headers.items())
    return Exchange(
        number=1,
        edition=_edition(dict(headers)),
        request=Request(
            method=case.method.upper(),
            url=str(sent.url),
            headers=headers,
            body=body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogatepass"),
        ),
        response=Response(
            status=response.status_code,
            headers=tuple((name, values[0]) for name, values in response.headers.items()),
            body=response.content,
            seconds=response.elapsed,
            is_whole=_is_whole(response),
        ),
        source="schemathesis",
    )


def _is_whole(response: Any) -> bool:
    """Say whether an answer came to its end: schemathesis leaves off reading a long stream."""
    is_stream = any(STREAM_TYPE in one for one in response.headers.get("content-type", ()))
    return not is_stream or DONE_DATA.encode() in response.content


def _edition(headers: dict[str, str]) -> str:
    """Return the edition a request names, or the newest."""
    named = {name.lower(): value for name, value in headers.items()}.get("openai-beta", "")
    return next((one for one in EDITIONS if f"assistants={one}" in named), EDITIONS[-1])


def _lines(broken: list[Violation], evidence: Evidence) -> list[str]:
    """Return what is broken in words: the rule, then where, what was expected and found."""
    register = evidence.contract.register
    rules = {one.requirement: register[one.requirement].sentence for one in broken}
    return [
        f"{one.requirement} {rules[one.requirement]} At {one.pointer or 'the answer'}: expected "
        f"{one.expected}, found {one.found!r}"
        for one in broken
    ]
