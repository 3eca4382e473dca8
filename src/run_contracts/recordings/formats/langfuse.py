"""Exports of Langfuse: observations whose output is an answer of the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from run_contracts.checks.values import kind_by_itself
from run_contracts.recordings.formats.entry_by_entry import each_read
from run_contracts.recordings.formats.entry_parts import body, moment, response
from run_contracts.recordings.formats.exchange_records import PartNames, is_record, recorded
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.recorded import Entry, Recorded
from run_contracts.traffic.exchange import OK

OBSERVATION_TYPES = frozenset({"SPAN", "GENERATION", "EVENT", "AGENT", "TOOL", "CHAIN"})
LISTED = ("observations", "data", "traces")
START_FIELDS = ("startTime", "start_time", "timestamp", "createdAt")


def _recognises(document: Any) -> bool:
    return next(_observations(document), None) is not None


def _read(document: Any) -> Iterator[Entry]:
    return each_read(_observations(document), _recorded, "observation")


def _observations(document: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield every observation in an export: one, a list of them, those of a trace."""
    if depth > len(LISTED):
        return
    if isinstance(document, list):
        for one in document:
            yield from _observations(one, depth + 1)
    elif isinstance(document, dict):
        if _is_observation(document):
            yield document
        for name in LISTED:
            if isinstance(document.get(name), list):
                yield from _observations(document[name], depth + 1)


def _is_observation(value: Mapping[str, Any]) -> bool:
    is_trace = "output" in value and ("traceId" in value or "trace_id" in value)
    kind = value.get("type")
    return is_trace or ("output" in value and isinstance(kind, str) and kind in OBSERVATION_TYPES)


def _recorded(observation: Mapping[str, Any]) -> Recorded | None:
    """Return what an observation holds of the contract; None if that is nothing."""
    output = _value(observation["output"])
    names = PartNames()
    if isinstance(output, dict) and kind_by_itself(output) is not None:
        at = next(
            (moment(observation[name]) for name in START_FIELDS if observation.get(name)), 0.0
        )
        return Recorded(response=response(OK, (), body(output)), at=at)
    inner = observation.get("metadata")
    for value in (output, inner):
        if isinstance(value, dict) and is_record(value, names):
            found = recorded(value, names, "")
            return found if isinstance(found, Recorded) else None
    return None


def _value(output: Any) -> Any:
    """Return an output that was kept as the text of its JSON as what it is."""
    if not (isinstance(output, str) and output.lstrip().startswith("{")):
        return output
    try:
        return json.loads(output)
    except (ValueError, RecursionError):
        return output


LANGFUSE = Format("Langfuse export", "json", _recognises, _read)
