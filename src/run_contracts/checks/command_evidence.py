"""Commands on runs, each with what was seen of its run before and after."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from run_contracts.checks.registry import Outcome, decided
from run_contracts.checks.unseen_changes import is_refused_as_gone
from run_contracts.traffic.deletions import may_be_gone
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import BAD_REQUEST, Exchange
from run_contracts.traffic.history import Observation
from run_contracts.types import JSONObject

Command = tuple[Exchange, Observation, Observation | None]


def commands(evidence: Evidence, operation: str) -> tuple[Command, ...]:
    """Return each command with what was last seen of its run before, and first seen after.

    Left out are commands whose answer speaks of the caller, that go through another thread, on a
    thread that may have been deleted, and that raced with other requests: what they met is not
    known.
    """
    return evidence.derived(_commands, operation)


def _commands(evidence: Evidence, operation: str) -> Iterator[Command]:
    for exchange in evidence.of(operation):
        if exchange.is_turned_away or exchange.together or not evidence.is_offered(exchange):
            continue
        history = evidence.history(exchange)
        before = history.before(exchange) if history else None
        if history is None or before is None:
            continue
        is_own = before.run.get("thread_id") == exchange.ids["thread_id"]
        if is_own and not may_be_gone(evidence, exchange):
            yield exchange, before, history.after(exchange)


def refused_with_400(
    evidence: Evidence, requirement: str, exchange: Exchange, before: Observation
) -> Iterator[Outcome]:
    """Yield whether a command that its run's status forbids was refused with 400."""
    if is_refused_as_gone(evidence, exchange):
        return
    if exchange.is_success or exchange.is_refusal:
        status = exchange.response.status
        yield decided(
            evidence,
            requirement,
            exchange,
            holds=status == BAD_REQUEST,
            actual=f"{status} while the run was {before.status}",
            code="http-status",
            statuses=[BAD_REQUEST],
        )


def left_as_it_was(
    evidence: Evidence,
    requirement: str,
    before: Observation,
    after: Observation,
    *,
    but: Collection[str] = (),
) -> Iterator[Outcome]:
    """Yield whether two observations show the same run, in the fields that both of them have.

    What it calls itself is a rule of its own. Metadata may be changed by somebody unseen: then it
    is not known whether all of the run was left.
    """
    common = before.run.keys() & after.run.keys() - {"object", *but}
    changed = {
        name: after.run[name] for name in sorted(common) if before.run[name] != after.run[name]
    }
    if "metadata" in changed and not evidence.is_alone:
        del changed["metadata"]
        if not changed:
            return
    yield decided(
        evidence,
        requirement,
        after.exchange,
        holds=not changed,
        actual=changed,
        code="changed-since",
        by=str(before.exchange),
    )


def sole_refusal(evidence: Evidence, exchange: Exchange, before: Observation) -> bool:
    """Say whether a refused command is the only request about its run since an observation.

    Otherwise a change that is seen afterwards may not be its doing.
    """
    return not any(
        before.exchange.number < other.number < exchange.number
        for other in evidence.about(exchange.ids["run_id"])
    )


def asked_calls(observation: Observation) -> list[str]:
    """Return the ids of the calls that a run asks for."""
    action = observation.run.get("required_action")
    outputs = action.get("submit_tool_outputs") if isinstance(action, dict) else None
    calls = outputs.get("tool_calls") if isinstance(outputs, dict) else None
    listed = calls if isinstance(calls, list) else []
    ids = [call.get("id") for call in listed if isinstance(call, dict)]
    return [id_ for id_ in ids if isinstance(id_, str)]


def given_outputs(exchange: Exchange) -> list[JSONObject]:
    """Return the outputs that a submit gives, if they name their calls."""
    outputs = exchange.asked.get("tool_outputs") if isinstance(exchange.asked, dict) else None
    items = outputs if isinstance(outputs, list) else []
    objects = [item for item in items if isinstance(item, dict)]
    return [output for output in objects if isinstance(output.get("tool_call_id"), str)]


def given_calls(exchange: Exchange) -> list[str]:
    """Return, sorted, the ids of the calls that a submit answers."""
    return sorted(output["tool_call_id"] for output in given_outputs(exchange))


def has_functions(observation: Observation) -> bool:
    """Say whether a run may call functions; only without any it surely never asks for action."""
    tools = observation.run.get("tools")
    if not isinstance(tools, list):
        return True
    return any(not isinstance(tool, dict) or tool.get("type") == "function" for tool in tools)
