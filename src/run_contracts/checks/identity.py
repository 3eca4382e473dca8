"""Identity: answers name the run, thread and step that were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from run_contracts.checks._registry import Outcome, decided, decides
from run_contracts.evidence import Evidence, is_kind
from run_contracts.exchange import Exchange

BY_RUN = ("getRun", "modifyRun", "cancelRun", "submitToolOutputs")
BY_THREAD = ("createRun", *BY_RUN)


@decides("RUN-ID-010", "RUN-ID-011")
def is_the_run_asked_for(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the runs answered under a path: they name its thread (010) and its run (011)."""
    named = (("RUN-ID-010", BY_THREAD, "thread_id"), ("RUN-ID-011", BY_RUN, "id"))
    for requirement, operations, name in named:
        for exchange in evidence.of(*operations):
            wanted = exchange.ids["run_id" if name == "id" else name]
            for observation in evidence.observations(exchange):
                if name in observation.run:
                    yield _named(evidence, requirement, exchange, observation.run, name, wanted)


def _named(  # noqa: PLR0913, PLR0917 - what is compared, and where
    evidence: Evidence,
    requirement: str,
    exchange: Exchange,
    value: dict[str, Any],
    name: str,
    wanted: str,
    place: str = "",
) -> Outcome:
    """Return whether a field of an answer holds the id that its path named."""
    return decided(
        evidence,
        requirement,
        exchange,
        holds=value.get(name) == wanted,
        found=value.get(name),
        expected=wanted,
        pointer=f"{place}/{name}",
    )


@decides("RUN-ID-014")
def only_in_its_thread(evidence: Evidence) -> Iterator[Outcome]:
    """Judge reads of a run through a thread that it was not created in.

    Where a run was born is known from its create; only then is another thread a wrong one.
    """
    homes: dict[str, str] = {}
    for exchange in evidence.of("createRun", "createThreadAndRun"):
        for observation in evidence.observations(exchange):
            run_id, thread_id = observation.run.get("id"), observation.run.get("thread_id")
            if isinstance(run_id, str) and isinstance(thread_id, str):
                homes.setdefault(run_id, thread_id)
    for exchange in evidence.of("getRun"):
        run_id = exchange.ids["run_id"]
        if homes.get(run_id, exchange.ids["thread_id"]) != exchange.ids["thread_id"]:
            shows = exchange.is_success and is_kind(exchange.answered, "thread.run")
            yield decided(
                evidence,
                "RUN-ID-014",
                exchange,
                holds=not shows,
                found=f"{exchange.response.status} with run {run_id} of {homes[run_id]}",
                expected="a refusal, the run belongs to another thread",
            )


@decides("RUN-STEP-023")
def steps_name_their_run(evidence: Evidence) -> Iterator[Outcome]:
    """Judge run_id and thread_id of steps, listed or read under a run's path."""
    for exchange in evidence.of("listRunSteps", "getRunStep"):
        for place, step in _steps(exchange.answered):
            for name in ("run_id", "thread_id"):
                if name in step:
                    wanted = exchange.ids[name]
                    yield _named(evidence, "RUN-STEP-023", exchange, step, name, wanted, place)


@decides("RUN-STEP-024")
def is_the_step_asked_for(evidence: Evidence) -> Iterator[Outcome]:
    """Judge id of every step read by its id."""
    for exchange in evidence.of("getRunStep"):
        if exchange.is_success and is_kind(exchange.answered, "thread.run.step"):
            wanted, step = exchange.ids["step_id"], exchange.answered
            yield _named(evidence, "RUN-STEP-024", exchange, step, "id", wanted)


def _steps(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the steps of an answer with their place in it."""
    if isinstance(value, dict):
        if value.get("object") == "thread.run.step":
            yield "", value
        items = value.get("data")
        if isinstance(items, list):
            for at, item in enumerate(items):
                if isinstance(item, dict):
                    yield f"/data/{at}", item
