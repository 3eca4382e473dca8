"""Answered calls: all of them in one request, each once, only those, and only when asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from run_contracts.checks.clients.client_table import shows_of_clients
from run_contracts.checks.clients.seen_submits import Submit, submits
from run_contracts.checks.clients.senders import came_whole, is_refused
from run_contracts.checks.command_evidence import asked_calls, given_calls
from run_contracts.checks.registry import Outcome, decided
from run_contracts.checks.submitting import SUBMIT
from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.traffic.evidence import Evidence


@shows_of_clients("CLIENT-CALL-003")
def outputs_name_their_calls(evidence: Evidence) -> Iterator[Outcome]:
    """Judge outputs by whether they say what they answer."""
    for exchange in evidence.of(SUBMIT):
        outputs = exchange.asked.get("tool_outputs") if isinstance(exchange.asked, dict) else None
        if isinstance(outputs, list) and outputs and all(isinstance(o, dict) for o in outputs):
            nameless = [at for at, output in enumerate(outputs) if not output.get("tool_call_id")]
            yield decided(
                evidence,
                "CLIENT-CALL-003",
                exchange,
                holds=not nameless,
                actual=outputs[nameless[0]] if nameless else None,
                code="call-named",
                pointer=f"/tool_outputs/{nameless[0]}" if nameless else "",
            )


@shows_of_clients("CLIENT-CALL-001", "CLIENT-CALL-004")
def all_calls_and_only_those(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits to a run that was last seen to ask: all it asks for (001), and only that (004).

    Another sender may have seen the run ask for something else meanwhile; then it is not said.
    """
    for submit in submits(evidence):
        before, given = submit.before, set(submit.given)
        asking = before.last_asking
        if asking is None or not (submit.is_clear and given):
            continue
        asked = set(asked_calls(asking))
        if asking is before.last and given < asked:
            yield _all(evidence, submit, sorted(asked), holds=False)
        elif given in before.asked_sets:
            yield _all(evidence, submit, sorted(given), holds=True)
        strange = sorted(given - before.saw.keys())
        if not strange or is_refused(submit.exchange):
            yield decided(
                evidence,
                "CLIENT-CALL-004",
                submit.exchange,
                holds=not strange,
                actual=strange,
                code="asked-calls",
                calls=sorted(asked),
                pointer="/tool_outputs",
            )


def _all(evidence: Evidence, submit: Submit, asked: list[str], *, holds: bool) -> Outcome:
    return decided(
        evidence,
        "CLIENT-CALL-001",
        submit.exchange,
        holds=holds,
        actual=list(submit.given),
        code="all-calls",
        calls=asked,
        pointer="/tool_outputs",
    )


@shows_of_clients("CLIENT-CALL-002")
def each_call_once(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits by what they answer twice, and by what was answered before them.

    A submit whose answer was lost is sent again; so only those count whose answers came whole.
    """
    for submit in submits(evidence):
        twice = sorted(id_ for id_, times in Counter(submit.given).items() if times > 1)
        again = _answered_before(submit)
        is_other = submit.spare > 0 or not submit.before.all_came
        if again and (is_other or not is_refused(submit.exchange)):
            continue  # another worker, one who had no answer, or a run that asked again
        if submit.given and (twice or again or submit.before.last_answered is None):
            yield decided(
                evidence,
                "CLIENT-CALL-002",
                submit.exchange,
                holds=not (twice or again),
                actual=twice or again,
                code="each-once",
                pointer="/tool_outputs",
            )


def _answered_before(submit: Submit) -> list[str]:
    """Return the calls that the accepted submit before this one answered already."""
    earlier = submit.before.last_answered
    if earlier is None or not submit.is_clear:
        return []
    return sorted(set(submit.given).intersection(given_calls(earlier)))


@shows_of_clients("CLIENT-CALL-005")
def only_where_it_is_asked_for(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits by the status that their run was last seen in.

    Broken if nobody who has not answered yet saw it ask, and the server refused.
    """
    unread = _unread(evidence)
    for submit in submits(evidence):
        last = submit.before.last
        if last is None or not (submit.is_clear and submit.given):
            continue
        is_asked = last.status == REQUIRES_ACTION
        is_unasked = submit.spare <= 0 and is_refused(submit.exchange)
        if is_asked or (is_unasked and _is_known(evidence, submit, unread)):
            yield decided(
                evidence,
                "CLIENT-CALL-005",
                submit.exchange,
                holds=is_asked,
                actual=f"outputs for a run that was {last.status} in {last.exchange}",
                code="status",
                statuses=[REQUIRES_ACTION],
            )


def _unread(evidence: Evidence) -> frozenset[str]:
    """Return the runs of which some answers show nothing, since a recorder lost or cut them."""
    shows = evidence.of("getRun", "modifyRun", "cancelRun", SUBMIT)
    lost = (one for one in shows if one.is_success and not evidence.observations(one))
    return frozenset(one.ids["run_id"] for one in lost)


def _is_known(evidence: Evidence, submit: Submit, unread: Collection[str]) -> bool:
    """Say whether all that a run asked for was seen: it is over, answered, or seen from birth."""
    before, last = submit.before, submit.before.last
    if last is None or not before.all_came or submit.exchange.ids["run_id"] in unread:
        return False
    is_over = last.status in evidence.contract.lifecycle.terminal
    return is_over or before.last_answered is not None or _is_from_birth(evidence, submit)


def _is_from_birth(evidence: Evidence, submit: Submit) -> bool:
    """Say whether a run was seen since it was created, and nothing about it was lost."""
    history = evidence.history(submit.exchange)
    first = submit.before.first
    if history is None or first is None:
        return False
    is_created = first.exchange.operation_id in ("createRun", "createThreadAndRun")
    about = (one.exchange for one in history.observations)
    return is_created and all(map(came_whole, about))
