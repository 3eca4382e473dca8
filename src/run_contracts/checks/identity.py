"""Identity: answers name the run, thread and step that were asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from run_contracts.checks.refusals import NOT_FOUND
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.traffic.deletions import may_be_gone
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.payload import ITEMS_READ
from run_contracts.types import JSONObject

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
                    yield decided(
                        evidence,
                        requirement,
                        exchange,
                        holds=observation.run[name] == wanted,
                        actual=observation.run[name],
                        code="other-id",
                        wanted=wanted,
                        pointer=observation.at(name),
                    )


def _named(  # noqa: PLR0913, PLR0917 - what is compared, and where
    evidence: Evidence,
    requirement: str,
    exchange: Exchange,
    value: JSONObject,
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
        actual=value.get(name),
        code="other-id",
        wanted=wanted,
        pointer=f"{place}/{name}",
    )


@decides("RUN-STEP-023")
def steps_name_their_run(evidence: Evidence) -> Iterator[Outcome]:
    """Judge run_id and thread_id of steps, listed or read under a run's path."""
    for exchange in evidence.of("listRunSteps", "getRunStep"):
        for place, step in _items(exchange.answered) if exchange.is_success else ():
            for name in ("run_id", "thread_id"):
                if name in step:
                    wanted = exchange.ids[name]
                    yield _named(evidence, "RUN-STEP-023", exchange, step, name, wanted, place)


@decides("RUN-STEP-024")
def is_the_step_asked_for(evidence: Evidence) -> Iterator[Outcome]:
    """Judge id of every step read by its id; one that was listed before is there.

    Who is refused for something else in the request is let pass.
    """
    for exchange in evidence.of("getRunStep"):
        step = exchange.answered_as("run_step")
        if step is not None:
            yield _named(evidence, "RUN-STEP-024", exchange, step, "id", exchange.ids["step_id"])
        elif exchange.response.status == NOT_FOUND and _is_listed(evidence, exchange):
            yield decided(
                evidence,
                "RUN-STEP-024",
                exchange,
                holds=False,
                actual=exchange.response.status,
                code="other-id",
                wanted=exchange.ids["step_id"],
            )


def _is_listed(evidence: Evidence, read: Exchange) -> bool:
    """Say whether a step that could not be read was listed under the same run, so it is there.

    It was listed before, and afterwards, too, where somebody else may have deleted its thread. Once
    somebody was seen to ask for that, nobody knows.
    """
    about = evidence.about(read.ids["run_id"])
    same = (one for one in about if one.operation_id == "listRunSteps")
    showing = [
        one.number
        for one in same
        if one.ids["thread_id"] == read.ids["thread_id"]
        and one.is_success
        and not one.is_beside(read)
        if any(item.get("id") == read.ids["step_id"] for _, item in _items(one.answered))
    ]
    is_still = evidence.is_alone or any(number > read.number for number in showing)
    is_there = is_still and any(number < read.number for number in showing)
    return is_there and evidence.is_offered(read) and not may_be_gone(evidence, read)


def _items(value: Any) -> Iterator[tuple[str, JSONObject]]:
    """Yield the things an answer shows, itself or the items of its list, with their place."""
    if not isinstance(value, dict):
        return
    items = value.get("data")
    if value.get("object") != "list":
        yield "", value
    for at, item in enumerate(items[:ITEMS_READ] if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield f"/data/{at}", item


@decides("RUN-ID-015")
def ids_name_one_thing(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that steps of different runs, and messages of different threads, differ in their id.

    Within one list an id stands once.
    """
    owners: dict[str, tuple[Any, ...]] = {}
    for exchange in evidence.of("listRunSteps", "getRunStep", "listMessages", "createMessage"):
        items = [item for _, item in _items(exchange.answered)] if exchange.is_success else []
        times = Counter(item["id"] for item in items if isinstance(item.get("id"), str))
        for item in items:
            id_, owner = item.get("id"), tuple(item.get(name) for name in OWNER)
            if isinstance(id_, str):
                first = owners.setdefault(id_, owner)
                yield decided(
                    evidence,
                    "RUN-ID-015",
                    exchange,
                    holds=first == owner and times[id_] == 1,
                    actual=f"{id_} of {', '.join(map(str, owner))}",
                    code="two-owners",
                    owner=list(first),
                )


OWNER = ("object", "thread_id", "run_id")
"""What tells two things apart that have the same id."""
