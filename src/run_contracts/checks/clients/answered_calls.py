"""Answered calls: all of them in one request, each once, only those, and only when asked.

Whoever answers has seen the run ask. Several workers may have seen it, each for itself, and then
all of them answer rightly what one of them alone could answer; so what was seen is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from run_contracts.checks.clients.client_table import shows_of_clients
from run_contracts.checks.clients.senders import (
    announces_retry,
    came_whole,
    comes_after,
    is_refused,
)
from run_contracts.checks.command_evidence import asked_calls, given_calls
from run_contracts.checks.registry import Outcome, decided
from run_contracts.checks.submitting import SUBMIT
from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """A submit, and what was seen of its run before: `seen` in order, and what was `answered`."""

    exchange: Exchange
    seen: tuple[Observation, ...]
    answered: tuple[Exchange, ...] = field(default=())

    @property
    def asking(self) -> list[Observation]:
        """What was seen of the run while it asked for something."""
        return [one for one in self.seen if one.status == REQUIRES_ACTION and asked_calls(one)]

    @property
    def is_clear(self) -> bool:
        """Whether it was sent after all that is known of its run, and not sent before.

        What was under way beside it is not known to its sender.
        """
        known = (*(one.exchange for one in self.seen), *self.answered)
        is_alone = all(comes_after(other, self.exchange) for other in known)
        return is_alone and not (self.exchange.together or announces_retry(self.exchange))

    @property
    def spare(self) -> int:
        """How many more saw the run ask for these calls than have answered them."""
        given = set(given_calls(self.exchange))
        saw = sum(bool(given.intersection(asked_calls(one))) for one in self.asking)
        did = sum(bool(given.intersection(given_calls(one))) for one in self.answered)
        return saw - did


def submits(evidence: Evidence) -> Iterator[Submit]:
    """Yield the submits that a server answered, each with what was seen of its run before."""
    by_run: dict[str, list[Exchange]] = {}
    for exchange in evidence.of(SUBMIT):
        by_run.setdefault(exchange.ids["run_id"], []).append(exchange)
    for run_id, sent in by_run.items():
        history = evidence.histories.get(run_id)
        for place, exchange in enumerate(sent):
            if exchange.is_turned_away or not (exchange.is_success or exchange.is_refusal):
                continue
            earlier = history.observations if history else ()
            seen = tuple(one for one in earlier if one.exchange.number < exchange.number)
            done = tuple(one for one in sent[:place] if one.is_success)
            yield Submit(exchange=exchange, seen=seen, answered=done)


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
        exchange, given = submit.exchange, set(given_calls(submit.exchange))
        if not submit.is_clear or not given or not submit.asking:
            continue
        last = submit.seen[-1]
        asked = set(asked_calls(last))
        if last is submit.asking[-1] and given < asked:
            yield _all(evidence, exchange, sorted(asked), holds=False)
        elif given in [set(asked_calls(one)) for one in submit.asking]:
            yield _all(evidence, exchange, sorted(asked), holds=True)
        ever = {id_ for one in submit.asking for id_ in asked_calls(one)}
        strange = sorted(given - ever)
        if not strange or is_refused(exchange):
            yield decided(
                evidence,
                "CLIENT-CALL-004",
                exchange,
                holds=not strange,
                actual=strange,
                code="asked-calls",
                calls=sorted(asked or ever),
                pointer="/tool_outputs",
            )


def _all(evidence: Evidence, exchange: Exchange, asked: list[str], *, holds: bool) -> Outcome:
    return decided(
        evidence,
        "CLIENT-CALL-001",
        exchange,
        holds=holds,
        actual=given_calls(exchange),
        code="all-calls",
        calls=asked,
        pointer="/tool_outputs",
    )


@shows_of_clients("CLIENT-CALL-002")
def each_call_once(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits by what they answer twice, and by what was answered before them.

    A submit whose answer was lost is sent again; so only those count whose answer came whole.
    """
    for submit in submits(evidence):
        given = given_calls(submit.exchange)
        twice = sorted(id_ for id_, times in Counter(given).items() if times > 1)
        came = [one for one in submit.answered if came_whole(one)]
        again = sorted(set(given).intersection(*(given_calls(one) for one in came[-1:])))
        is_again = bool(came and again) and submit.is_clear
        is_other = submit.spare > 0 or len(came) < len(submit.answered)
        if is_again and (is_other or not is_refused(submit.exchange)):
            continue  # another worker, one who had no answer, or a run that asked again
        if given and (twice or is_again or not submit.answered):
            yield decided(
                evidence,
                "CLIENT-CALL-002",
                submit.exchange,
                holds=not (twice or is_again),
                actual=twice or again,
                code="each-once",
                pointer="/tool_outputs",
            )


@shows_of_clients("CLIENT-CALL-005")
def only_where_it_is_asked_for(evidence: Evidence) -> Iterator[Outcome]:
    """Judge submits by the status that their run was last seen in.

    Broken if nobody who has not answered yet saw it ask, and the server refused.
    """
    for submit in submits(evidence):
        if not submit.is_clear or not submit.seen or not given_calls(submit.exchange):
            continue
        last = submit.seen[-1]
        is_asked = last.status == REQUIRES_ACTION
        is_unasked = submit.spare <= 0 and is_refused(submit.exchange)
        if is_asked or (is_unasked and _is_known(evidence, submit)):
            yield decided(
                evidence,
                "CLIENT-CALL-005",
                submit.exchange,
                holds=is_asked,
                actual=f"outputs for a run that was {last.status} in {last.exchange}",
                code="status",
                statuses=[REQUIRES_ACTION],
            )


def _is_known(evidence: Evidence, submit: Submit) -> bool:
    """Say whether all that a run asked for was seen: it is over, answered, or seen from birth."""
    is_over = submit.seen[-1].status in evidence.contract.lifecycle.terminal
    is_over = is_over or bool(submit.answered)
    return all(map(came_whole, submit.answered)) and (is_over or _is_from_birth(evidence, submit))


def _is_from_birth(evidence: Evidence, submit: Submit) -> bool:
    """Say whether a run was seen since it was created, and nothing of it was lost."""
    first = submit.seen[0].exchange
    is_created = first.operation_id in ("createRun", "createThreadAndRun")
    return is_created and all(
        came_whole(one) and not one.answer.unreadable
        for one in evidence.exchanges
        if first.number <= one.number < submit.exchange.number
    )
