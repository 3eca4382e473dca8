"""Identity: answers name the run, thread and step that were asked for."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks._registry import Outcome, decided, decides
from run_contracts.evidence import Evidence, is_kind

BY_RUN = ("getRun", "modifyRun", "cancelRun", "submitToolOutputs")
BY_THREAD = ("createRun", *BY_RUN)


@decides("RUN-ID-010")
def names_its_thread(evidence: Evidence) -> Iterator[Outcome]:
    """Judge thread_id of every run answered under a thread's path."""
    for exchange in evidence.of(*BY_THREAD):
        for observation in evidence.observations(exchange):
            if "thread_id" in observation.run:
                yield decided(
                    evidence,
                    "RUN-ID-010",
                    exchange,
                    holds=observation.run["thread_id"] == exchange.ids["thread_id"],
                    found=observation.run["thread_id"],
                    expected=exchange.ids["thread_id"],
                    pointer="/thread_id",
                )


@decides("RUN-ID-011")
def is_the_run_asked_for(evidence: Evidence) -> Iterator[Outcome]:
    """Judge id of every run answered under its own path."""
    for exchange in evidence.of(*BY_RUN):
        for observation in evidence.observations(exchange):
            if "id" in observation.run:
                yield decided(
                    evidence,
                    "RUN-ID-011",
                    exchange,
                    holds=observation.run["id"] == exchange.ids["run_id"],
                    found=observation.run["id"],
                    expected=exchange.ids["run_id"],
                    pointer="/id",
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
                    yield decided(
                        evidence,
                        "RUN-STEP-023",
                        exchange,
                        holds=step[name] == exchange.ids[name],
                        found=step[name],
                        expected=exchange.ids[name],
                        pointer=f"{place}/{name}",
                    )


@decides("RUN-STEP-024")
def is_the_step_asked_for(evidence: Evidence) -> Iterator[Outcome]:
    """Judge id of every step read by its id."""
    for exchange in evidence.of("getRunStep"):
        if exchange.is_success and is_kind(exchange.answered, "thread.run.step"):
            found = exchange.answered.get("id")
            yield decided(
                evidence,
                "RUN-STEP-024",
                exchange,
                holds=found == exchange.ids["step_id"],
                found=found,
                expected=exchange.ids["step_id"],
                pointer="/id",
            )


def _steps(value: object) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the steps of an answer with their place in it."""
    if isinstance(value, dict):
        if value.get("object") == "thread.run.step":
            yield "", value
        items = value.get("data")
        if isinstance(items, list):
            for at, item in enumerate(items):
                if isinstance(item, dict):
                    yield f"/data/{at}", item
