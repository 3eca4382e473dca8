"""Runs that were created: what each was asked for, and what was seen of it afterwards."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.history import Observation
from run_contracts.types import JSONObject

RUN_CREATES = ("createRun", "createThreadAndRun")
"""The operations that create a run."""


Creation = tuple[Observation, JSONObject]
"""The run that a create was answered with, and what was asked."""


def creations(evidence: Evidence) -> tuple[Creation, ...]:
    """Return the run that each create was answered with, and what was asked.

    For a stream the run is that of its first run event.
    """
    return evidence.derived(_creations)


def _creations(evidence: Evidence) -> Iterator[Creation]:
    for exchange in evidence.of(*RUN_CREATES):
        first = next(iter(evidence.observations(exchange)), None)
        if first is not None and isinstance(exchange.asked, dict):
            yield first, exchange.asked


def right_creations(evidence: Evidence) -> tuple[Creation, ...]:
    """Return what `creations` does, but for creates whose body breaks its schema.

    What a run made of such a body repeats of it is nobody's to say.
    """
    return evidence.derived(_right_creations)


def _right_creations(evidence: Evidence) -> Iterator[Creation]:
    for first, asked in creations(evidence):
        if first.exchange not in evidence.wrong_requests:
            yield first, asked


def echoes(evidence: Evidence, name: str, asked_as: str | None = None) -> tuple[Creation, ...]:
    """Return what `right_creations` does, and each later look at the run that shows a field anew.

    Left out is what was not asked for, by the name of the field or another. Metadata count until
    somebody asks to change them, and later only where nobody unseen may have. Streams of some
    servers show less of a run, and some tools write null for what is absent, so null in an event
    says nothing.
    """
    return evidence.derived(_echoes, name, asked_as or name)


def _echoes(evidence: Evidence, name: str, asked_as: str) -> Iterator[Creation]:
    for first, asked, later_ones in _with_later(evidence):
        if asked.get(asked_as) is None:
            continue
        yield first, asked
        if name == "metadata" and not evidence.is_alone:
            continue
        run_id, shown = str(first.run.get("id")), first.run.get(name)
        modifies = _modifies(evidence, run_id) if later_ones and name == "metadata" else []
        changed_at = min((modify.number for modify in modifies), default=math.inf)
        for later in later_ones:
            is_absent = name not in later.run or (
                later.run[name] is None and later.exchange.is_stream
            )
            is_new = not is_absent and later.run[name] != shown
            is_beside = any(modify.is_beside(later.exchange) for modify in modifies)
            if is_new and later.exchange.number < changed_at and not is_beside:
                yield later, asked


def _with_later(
    evidence: Evidence,
) -> tuple[tuple[Observation, JSONObject, tuple[Observation, ...]], ...]:
    """Return what `right_creations` does, each with all that was seen of its run afterwards.

    Of a run that was created twice nothing is.
    """
    return evidence.derived(_each_with_later)


def _each_with_later(
    evidence: Evidence,
) -> Iterator[tuple[Observation, JSONObject, tuple[Observation, ...]]]:
    creates = Counter(str(first.run.get("id")) for first, _ in creations(evidence))
    for first, asked in right_creations(evidence):
        run_id = str(first.run.get("id"))
        history = evidence.histories.get(run_id)
        is_known = history is not None and creates[run_id] == 1
        later_ones = tuple(history.all_after(first.exchange)) if history and is_known else ()
        yield first, asked, later_ones


def _modifies(evidence: Evidence, run_id: str) -> list[Exchange]:
    """Return the requests to change the metadata of a run.

    One that was refused changes nothing, and if it does, that is RUN-MODIFY-004.
    """
    about = chain(evidence.about(run_id), evidence.unanswered_of("modifyRun"))
    own = (one for one in about if one.operation_id == "modifyRun" and one.ids["run_id"] == run_id)
    threads = {str(one.run.get("thread_id")) for one in evidence.histories[run_id].observations}
    return [one for one in own if not one.is_refusal or one.ids["thread_id"] in threads]
