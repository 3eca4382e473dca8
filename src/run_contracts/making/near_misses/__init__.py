"""Near misses: values that break exactly one requirement, to test clients and validators with.

For each requirement that speaks of a value, a body, a history, a list or a stream there are some,
each with what is wrong in one sentence. Those of values are found by trial: a legal value is
changed in one place in every way that comes to mind, and kept if the judge names that requirement
and no other. The others are written out in the modules `broken_*`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from run_contracts.contract.loading import Contract, load
from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE
from run_contracts.errors import UsageError
from run_contracts.making.near_misses import (
    broken_histories,
    broken_pages,
    broken_streams,
    broken_text,
    mutations,
)
from run_contracts.making.near_misses.miss import Miss

if TYPE_CHECKING:
    from run_contracts.types import Edition

STREAM = "stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A value that breaks one requirement.

    `kind` says what it is: a kind of value (``run``, ``run_list``, ...), ``body`` (a text that is
    no proper JSON), ``history`` (snapshots of one run), ``walk`` (runs that were created, and the
    pages of their list with the query of each), or ``stream`` (events; `operation` is the request
    they answer). `pointer` is where the fault lies. `legal` is the legal value it was made of; None
    for histories and walks. `str` of it is the requirement and a number.
    """

    requirement: str
    name: str
    kind: str
    edition: str
    pointer: str
    sentence: str
    value: Any
    text: str
    content_type: str
    operation: str = ""
    legal: Any = None

    def __str__(self) -> str:
        return self.name


def near_misses(
    requirement: str | None = None, *, edition: Edition = "v2", contract: Contract | None = None
) -> tuple[NearMiss, ...]:
    """Return the near misses of a requirement, or of all that can be missed by a value.

    Raises `UsageError` for an unknown id, and for a requirement that no value alone can break.

    >>> miss = near_misses("RUN-USAGE-001")[0]
    >>> miss.kind, miss.pointer
    ('run', '/usage/total_tokens')
    """
    chosen = contract or load(edition)
    if requirement is None:
        return tuple(
            copy.deepcopy(one) for rule in chosen.register for one in _misses(chosen, rule)
        )
    rule = chosen.register[requirement]
    misses = _misses(chosen, rule.id)
    if not misses:
        raise UsageError(
            f"no value alone breaks {rule.id} ({rule.sentence.rstrip('.')}): "
            f"{why_none(chosen, rule.id)}"
        )
    return copy.deepcopy(misses)


def why_none(contract: Contract, requirement: str) -> str:
    """Return why a requirement has no near miss; empty if it has."""
    if _misses(contract, requirement):
        return ""
    if requirement in UNMISSABLE:
        return UNMISSABLE[requirement]
    if contract.register[requirement].on != "exchange":
        return "the schema in use has no field it speaks of"
    return (
        f"it speaks of what is answered to a request; run-contracts serve --fault {requirement} "
        "is a server that breaks it"
    )


UNMISSABLE: Mapping[str, str] = {
    "RUN-ID-013": "it speaks of two requests; two creates must answer different ids",
    "RUN-CANCEL-004": "it speaks of what a refused request leaves behind",
    "RUN-CANCEL-008": "it speaks of several runs and of what cancelling them leads to",
    "RUN-MODIFY-002": "it speaks of what an accepted request leaves behind",
    "RUN-STEP-025": "it speaks of a run and a list of its steps together",
    "RUN-LIFE-008": "it speaks of what time it is when a run is read",
    "RUN-SUBMIT-005": "it speaks of what a refused request leaves behind",
    "RUN-MODIFY-003": "it speaks of what an accepted request leaves behind",
    "RUN-MODIFY-004": "it speaks of what a refused request leaves behind",
    "RUN-LIST-016": "it speaks of lists of steps and messages; RUN-LIST-009 is the same of runs",
    "RUN-STREAM-013": "it speaks of a stream and of what is read after it",
    "RUN-STREAM-014": "it speaks of a stream and of what is listed after it",
    "RUN-STREAM-020": "it speaks of a stream that does not end",
}
"""Requirements on histories and lists that take more than their values to break."""
_SPOKEN_OF: Mapping[str, Callable[[Contract, str], Iterator[Miss]]] = {
    "run": mutations.misses,
    "run_step": mutations.misses,
    "list": mutations.misses,
    "message": mutations.misses,
    "thread": mutations.misses,
    "assistant": mutations.misses,
    "error": mutations.misses,
    "message_delta": mutations.misses,
    "run_step_delta": mutations.misses,
    "body": broken_text.misses,
    "history": broken_histories.misses,
    "walk": broken_pages.misses,
    "exchange": broken_pages.misses,
    "stream": broken_streams.misses,
}
"""Who knows how to miss a requirement, by what it speaks of."""


@lru_cache(maxsize=4096)
def _misses(contract: Contract, requirement: str) -> tuple[NearMiss, ...]:
    rule = contract.register[requirement]
    find = _SPOKEN_OF.get(rule.on)
    misses = find(contract, requirement) if find else ()
    return tuple(
        _near_miss(contract, requirement, number, miss)
        for number, miss in enumerate(misses, start=1)
    )


def _near_miss(contract: Contract, requirement: str, number: int, miss: Miss) -> NearMiss:
    is_stream = miss.kind == STREAM
    text = miss.text
    if text is None:
        text = json.dumps(miss.value)
    return NearMiss(
        requirement=requirement,
        name=f"{requirement}-{number}",
        kind=miss.kind,
        edition=contract.edition,
        pointer=miss.pointer,
        sentence=miss.sentence,
        value=miss.value,
        text=text,
        content_type=miss.content_type or (STREAM_TYPE if is_stream else JSON_TYPE),
        operation=miss.operation,
        legal=miss.legal,
    )
