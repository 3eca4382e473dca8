"""Isolation: what belongs to one thread is neither shown nor touched through another."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.created_runs import RUN_CREATES
from run_contracts.checks.lists import pages
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange

THROUGH_A_RUN = ("modifyRun", "cancelRun", "submitToolOutputs", "listRunSteps", "getRunStep")


def _threads_of_runs(evidence: Evidence) -> dict[str, str]:
    """Return the thread that each run was created in, by run id."""
    threads: dict[str, str] = {}
    for exchange in evidence.of(*RUN_CREATES):
        for observation in evidence.observations(exchange):
            run_id, thread_id = observation.run.get("id"), observation.run.get("thread_id")
            if isinstance(run_id, str) and isinstance(thread_id, str):
                threads.setdefault(run_id, thread_id)
    return threads


@decides("RUN-ID-014")
def only_in_its_thread(evidence: Evidence) -> Iterator[Outcome]:
    """Judge reads of a run through a thread that it was not created in.

    Where that was is known from its create; only then is another thread a wrong one. An answer
    with a run that was not asked for is wrong, but does not show this one.
    """
    for exchange, own_thread in _through_another_thread(evidence, "getRun"):
        shown = exchange.answered_as("run")
        if shown is None and (not exchange.is_refusal or exchange.is_turned_away):
            continue
        if shown is not None and shown.get("id", "") != exchange.ids["run_id"]:
            continue
        yield decided(
            evidence,
            "RUN-ID-014",
            exchange,
            holds=shown is None,
            actual=f"{exchange.response.status} with run {exchange.ids['run_id']} of {own_thread}",
            code="not-refused",
            why="the run belongs to another thread",
        )


@decides("RUN-ID-016")
def only_through_its_thread(evidence: Evidence) -> Iterator[Outcome]:
    """Judge commands on a run, and reads of its steps, through a thread that is not its own.

    A list without items shows nothing of the run and is let pass.
    """
    for exchange, own_thread in _through_another_thread(evidence, *THROUGH_A_RUN):
        if not (exchange.is_success or exchange.is_refusal) or exchange.is_turned_away:
            continue
        answered = exchange.answered
        is_empty = (answered.get("data") if isinstance(answered, dict) else answered) == []
        yield decided(
            evidence,
            "RUN-ID-016",
            exchange,
            holds=exchange.is_refusal or is_empty,
            actual=f"{exchange.response.status} about run {exchange.ids['run_id']} of {own_thread}",
            code="not-refused",
            why="the run belongs to another thread",
        )


def _through_another_thread(evidence: Evidence, *operations: str) -> Iterator[tuple[Exchange, str]]:
    """Yield requests about a run through another thread than its own, with its own."""
    threads = _threads_of_runs(evidence)
    for exchange in evidence.of(*operations):
        own_thread = threads.get(exchange.ids["run_id"])
        if own_thread not in (None, exchange.ids["thread_id"]) and evidence.is_offered(exchange):
            yield exchange, str(own_thread)


@decides("RUN-LIST-012", "RUN-LIST-018")
def only_of_this_thread(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that runs (012) and messages (018) listed under a thread belong to it.

    They do if they say so and were not created in another thread.
    """
    known = _threads_of_runs(evidence) | _threads_of_messages(evidence)
    for requirement, operation in (("RUN-LIST-012", "listRuns"), ("RUN-LIST-018", "listMessages")):
        for page in pages(evidence, operation):
            wanted = page.exchange.ids["thread_id"]
            owners = [
                (item.get("id"), item.get("thread_id", wanted), known.get(str(item.get("id"))))
                for item in page.items
            ]
            foreign = [
                f"{id_} of {created_in or said}"
                for id_, said, created_in in owners
                if said != wanted or created_in not in (None, wanted)
            ]
            if owners:
                yield decided(
                    evidence,
                    requirement,
                    page.exchange,
                    holds=not foreign,
                    actual=foreign,
                    code="foreign",
                    owner=wanted,
                    pointer="/data",
                )


def _threads_of_messages(evidence: Evidence) -> dict[str, str]:
    """Return the thread that each message was created in, by message id."""
    return {
        str(message["id"]): exchange.ids["thread_id"]
        for exchange in evidence.of("createMessage")
        if "id" in (message := exchange.answered_as("message") or {})
    }
