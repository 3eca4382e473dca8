"""Creating runs: the answer, the first status, what of the request is echoed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from run_contracts.checks._registry import Outcome, decided, decides, not_offered
from run_contracts.evidence import Evidence
from run_contracts.exchange import OK, Exchange
from run_contracts.violation import shown

CREATES = ("createRun", "createThreadAndRun")
LIMITS = ("max_prompt_tokens", "max_completion_tokens")


def creations(evidence: Evidence) -> Iterator[tuple[Exchange, dict[str, Any], dict[str, Any]]]:
    """Yield each create that was answered with a run: the exchange, what was asked, the run.

    For a stream the run is that of its first run event.
    """
    for exchange in evidence.of(*CREATES):
        first = next(iter(evidence.observations(exchange)), None)
        if first is not None and isinstance(exchange.asked, dict):
            yield exchange, exchange.asked, first.run


@decides("RUN-CREATE-001")
def answered_with_a_run(evidence: Evidence) -> Iterator[Outcome]:
    """Judge creates that nothing speaks against: 200 with a run."""
    for exchange in evidence.of(*CREATES):
        if not exchange.is_ordinary:
            continue
        if not evidence.is_offered(exchange):
            yield not_offered("RUN-CREATE-001", exchange)
            continue
        status = exchange.response.status
        has_run = any(True for _ in evidence.observations(exchange))
        found = f"{status} with{'' if has_run else 'out'} a run"
        yield decided(
            evidence,
            "RUN-CREATE-001",
            exchange,
            holds=status == OK and has_run,
            found=found,
            expected="200 with a run",
        )


@decides("RUN-CREATE-002")
def queued_at_first(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the status a run is born with."""
    initial = evidence.contract.lifecycle.initial
    for exchange, _, run in creations(evidence):
        status = run.get("status")
        yield decided(
            evidence,
            "RUN-CREATE-002",
            exchange,
            holds=status == initial,
            found=status,
            expected=initial,
            pointer="/status",
        )


@decides("RUN-CREATE-003")
def readable_at_once(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the first read of every created run."""
    for exchange, _, run in creations(evidence):
        reads = (
            one
            for one in evidence.of("getRun")
            if one.ids["run_id"] == run.get("id")
            and one.ids["thread_id"] == run.get("thread_id")
            and one.number > exchange.number
        )
        first = next(reads, None)
        if first is not None and not evidence.is_offered(first):
            yield not_offered("RUN-CREATE-003", first)
        elif first is not None and (first.is_success or first.is_refusal):
            status = first.response.status
            yield decided(
                evidence,
                "RUN-CREATE-003",
                first,
                holds=first.is_success,
                found=status,
                expected="200 with the run just created",
            )


@decides("RUN-ID-012", "RUN-ECHO-001", "RUN-ECHO-003", "RUN-ECHO-006")
def echoed(evidence: Evidence) -> Iterator[Outcome]:
    """Judge what a run repeats of its request as it was."""
    same = {
        "RUN-ID-012": "assistant_id",
        "RUN-ECHO-001": "model",
        "RUN-ECHO-003": "metadata",
        "RUN-ECHO-006": "temperature",
    }
    for exchange, asked, run in creations(evidence):
        for requirement, name in same.items():
            wanted = asked.get(name)
            if wanted is None or (name == "metadata" and not _all_strings(wanted)):
                continue
            yield decided(
                evidence,
                requirement,
                exchange,
                holds=run.get(name) == wanted,
                found=run.get(name),
                expected=f"what was asked for: {shown(wanted)}",
                pointer=f"/{name}",
            )


@decides("RUN-ECHO-002")
def instructions_kept(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that the run follows the instructions the request gave."""
    for exchange, asked, run in creations(evidence):
        wanted = asked.get("instructions")
        if not isinstance(wanted, str) or not wanted.strip():
            continue
        found = run.get("instructions")
        yield decided(
            evidence,
            "RUN-ECHO-002",
            exchange,
            holds=isinstance(found, str) and wanted.strip() in found,
            found=found,
            expected=f"the instructions asked for: {wanted}",
            pointer="/instructions",
        )


@decides("RUN-ECHO-004")
def limits_kept(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the token limits the run says it has."""
    for exchange, asked, run in creations(evidence):
        for name in LIMITS:
            if isinstance(asked.get(name), int):
                yield decided(
                    evidence,
                    "RUN-ECHO-004",
                    exchange,
                    holds=run.get(name) == asked[name],
                    found=run.get(name),
                    expected=str(asked[name]),
                    pointer=f"/{name}",
                )


@decides("RUN-ECHO-005")
def tools_kept(evidence: Evidence) -> Iterator[Outcome]:
    """Judge kinds, names and order of the tools; servers may add defaults inside them."""
    for exchange, asked, run in creations(evidence):
        if isinstance(asked.get("tools"), list):
            wanted, found = _names(asked["tools"]), _names(run.get("tools"))
            yield decided(
                evidence,
                "RUN-ECHO-005",
                exchange,
                holds=found == wanted,
                found=found,
                expected=f"the tools asked for: {', '.join(wanted) or 'none'}",
                pointer="/tools",
            )


def _names(tools: Any) -> list[str]:
    """Return each tool as its kind, a function with its name."""
    found = []
    for tool in tools if isinstance(tools, list) else []:
        kind = tool.get("type") if isinstance(tool, dict) else None
        function = tool.get("function") if isinstance(tool, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        found.append(f"{kind} {name}" if name else str(kind))
    return found


def _all_strings(metadata: Any) -> bool:
    return isinstance(metadata, dict) and all(isinstance(one, str) for one in metadata.values())


@decides("RUN-ID-013")
def ids_are_new(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that no two creates answered the same run id."""
    seen: dict[str, Exchange] = {}
    for exchange, _, run in creations(evidence):
        run_id = run.get("id")
        if not isinstance(run_id, str):
            continue
        earlier = seen.setdefault(run_id, exchange)
        yield decided(
            evidence,
            "RUN-ID-013",
            exchange,
            holds=earlier is exchange,
            found=f"{run_id}, already created by {earlier}",
            expected="an id never seen before",
            pointer="/id",
        )
