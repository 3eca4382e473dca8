"""What streams show, in which order, and whether plain reads say the same afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.checks.steps import whole_lists
from run_contracts.checks.streams import RUN_CREATED, THREAD_CREATED, calls_of, streams
from run_contracts.contract.lifecycle import COMPLETED, IN_PROGRESS, OUTCOME_FIELDS
from run_contracts.traffic.deletions import may_be_gone
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import Observation
from run_contracts.traffic.streamed_events import StreamedEvent
from run_contracts.types import JSONObject

SUBMIT = "submitToolOutputs"
OF_A_DELTA = {"run_step_delta": "run_step", "message_delta": "message"}
BEGINNING = ("thread.run.step.completed", "thread.run.queued")


def _operation(exchange: Exchange) -> str:
    return exchange.operation.id if exchange.operation else ""


def _is_named(events: tuple[StreamedEvent, ...]) -> bool:
    """Say whether all frames have names; whether they must is RUN-STREAM-002."""
    return all(event.name for event in events)


@decides("RUN-STREAM-010")
def announced_before_pieces(evidence: Evidence) -> Iterator[Outcome]:
    """Judge each piece in a new run's stream: its message or step was announced before.

    A step that an earlier stream left open goes on in the stream of a submit without being
    announced again, so only what has pieces in the stream of a create is judged.
    """
    for exchange, events in streams(evidence):
        if _operation(exchange) in (SUBMIT, ""):
            continue
        announced: set[tuple[str, str]] = set()
        for event in events:
            kind = event.known.kind if event.known else ""
            if event.is_about("run_step") or event.is_about("message"):
                announced.add((kind, str(event.data.get("id"))))
            elif event.is_about("run_step_delta") or event.is_about("message_delta"):
                yield decided(
                    evidence,
                    "RUN-STREAM-010",
                    exchange,
                    holds=(OF_A_DELTA[kind], str(event.data.get("id"))) in announced,
                    actual=f"a piece of {event.data.get('id')}, not announced yet",
                    code="not-announced",
                    pointer=f"line {event.frame.line}",
                )


@decides("RUN-STREAM-011", "RUN-STREAM-019")
def closed_before_completed(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the steps (011) and messages (019) a stream began, when its run completes."""
    for kind, requirement in (("run_step", "RUN-STREAM-011"), ("message", "RUN-STREAM-019")):
        for exchange, events in streams(evidence):
            yield from _closed(evidence, requirement, kind, exchange, events)


def _closed(
    evidence: Evidence,
    requirement: str,
    kind: str,
    exchange: Exchange,
    events: tuple[StreamedEvent, ...],
) -> Iterator[Outcome]:
    begun: dict[str, str] = {}
    for event in events:
        if event.is_about(kind):
            begun[str(event.data.get("id"))] = str(event.data.get("status"))
        elif event.is_about("run") and event.data.get("status") == COMPLETED and begun:
            unclosed = [id_ for id_, status in begun.items() if status == IN_PROGRESS]
            yield decided(
                evidence,
                requirement,
                exchange,
                holds=not unclosed,
                actual=f"{', '.join(unclosed)} still {IN_PROGRESS}",
                code="unclosed",
                status=COMPLETED,
                pointer=f"line {event.frame.line}",
            )


@decides("RUN-STREAM-013")
def read_as_streamed(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the first read of a run after the stream that showed its end.

    A field that either of them lacks is let pass: some servers show less in streams.
    """
    lifecycle = evidence.contract.lifecycle
    for exchange, events in streams(evidence):
        runs = [event for event in events if event.is_about("run")]
        last = runs[-1].data if runs else {}
        history = evidence.histories.get(str(last.get("id")))
        reads = history.all_after(exchange) if history else iter(())
        read = next((seen for seen in reads if not seen.exchange.is_stream), None)
        if read is None or str(last.get("status")) not in lifecycle.terminal:
            continue
        streamed = Observation(run=last, exchange=exchange)
        names = [name for name in OUTCOME_FIELDS if name in last and name in read.run]
        changed = {name: read.run[name] for name in names if read.run[name] != last[name]}
        if not evidence.is_commanded_between(streamed, read):
            yield decided(
                evidence,
                "RUN-STREAM-013",
                read.exchange,
                holds=not changed,
                actual=changed,
                code="told-otherwise",
                by=str(exchange),
            )


@decides("RUN-STREAM-014")
def listed_as_streamed(evidence: Evidence) -> Iterator[Outcome]:
    """Judge lists of steps and messages, read to their end after a stream that announced some.

    What somebody may have deleted since need not be there.
    """
    for kind, operation in (("run_step", "listRunSteps"), ("message", "listMessages")):
        for walk, items in whole_lists(evidence, operation):
            listing, last = walk[0].exchange, walk[-1].exchange
            listed = {str(item.get("id")) for item in items}
            for exchange, events in streams(evidence):
                objects = [event.data for event in events if event.is_about(kind)]
                own = {str(one.get("id")) for one in objects if _is_of(one, listing)}
                announced = {id_ for id_ in own if not may_be_gone(evidence, last, id_)}
                is_earlier = exchange.number < listing.number and not listing.is_beside(exchange)
                is_known = announced <= listed or evidence.is_alone or kind == "run_step"
                if is_earlier and announced and is_known:
                    yield decided(
                        evidence,
                        "RUN-STREAM-014",
                        listing,
                        holds=announced <= listed,
                        actual=f"no {', '.join(sorted(announced - listed))}",
                        code="not-listed",
                        by=str(exchange),
                        pointer="/data",
                    )


def _is_of(announced: JSONObject, listing: Exchange) -> bool:
    """Say whether an announced object belongs to the list of an exchange."""
    return all(announced.get(name) == id_ for name, id_ in listing.ids.items())


@decides("RUN-STREAM-015")
def calls_begin_whole(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the first piece of each function call in the stream of a new run."""
    for exchange, events in streams(evidence):
        begun: set[tuple[str, object]] = set()
        for event in events:
            if not event.is_about("run_step_delta"):
                continue
            for call in calls_of(event.data):
                key = (str(event.data.get("id")), call.get("index"))
                function = call.get("function")
                if key in begun or not isinstance(function, dict):
                    continue
                begun.add(key)
                if _operation(exchange) not in (SUBMIT, ""):
                    yield decided(
                        evidence,
                        "RUN-STREAM-015",
                        exchange,
                        holds=isinstance(call.get("id"), str) and "name" in function,
                        actual=call,
                        code="nameless-call",
                        pointer=f"line {event.frame.line}",
                    )


@decides("RUN-STREAM-016")
def creates_what_was_asked(evidence: Evidence) -> Iterator[Outcome]:
    """Judge which creations a stream announces: a thread only with its run, a run only once."""
    allowed = {
        "createThreadAndRun": [THREAD_CREATED, RUN_CREATED],
        "createRun": [RUN_CREATED],
        SUBMIT: [],
    }
    for exchange, events in streams(evidence):
        if _operation(exchange) not in allowed:
            continue
        created = [event.name for event in events if event.name in (THREAD_CREATED, RUN_CREATED)]
        unasked = [name for name in created if name not in allowed[_operation(exchange)]]
        yield decided(
            evidence,
            "RUN-STREAM-016",
            exchange,
            holds=not unasked and len(set(created)) == len(created),
            actual=", ".join(created),
            code="unasked",
            allowed=allowed[_operation(exchange)] or ["nothing created"],
        )


@decides("RUN-STREAM-017", "RUN-STREAM-018")
def begins_as_recorded(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the beginnings of streams: of a submit (017), and of a thread with its run (018).

    A submit of several calls may complete them in one step or in several. Events that the contract
    does not know may stand anywhere.
    """
    for exchange, events in streams(evidence):
        names = [event.name for event in events if not event.is_foreign]
        if not names or not _is_named(events):
            continue
        if _operation(exchange) == SUBMIT:
            after = [name for name in names if name != BEGINNING[0]]
            holds = names[0] == BEGINNING[0] and after[:1] == [BEGINNING[1]]
            yield _begins(evidence, "RUN-STREAM-017", exchange, names, BEGINNING, holds=holds)
        elif _operation(exchange) == "createThreadAndRun":
            wanted = (THREAD_CREATED,)
            holds = names[0] == THREAD_CREATED
            yield _begins(evidence, "RUN-STREAM-018", exchange, names, wanted, holds=holds)


def _begins(  # noqa: PLR0913 - what is compared, and where
    evidence: Evidence,
    requirement: str,
    exchange: Exchange,
    names: list[str],
    wanted: tuple[str, ...],
    *,
    holds: bool,
) -> Outcome:
    return decided(
        evidence,
        requirement,
        exchange,
        holds=holds,
        actual=", ".join(names[:2]),
        code="out-of-turn",
        names=", then ".join(wanted),
    )
