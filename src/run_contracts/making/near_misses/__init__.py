"""Near misses: values that break exactly one requirement, to test clients and validators with.

For each requirement that speaks of a value, a body, a history, a list or a stream there are some,
each with what is wrong in one sentence. Those of values are found by trial: a legal value is
changed in one place in every way that comes to mind, and kept if the judge names that requirement
and no other. The others are written out in the modules `broken_*`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from run_contracts.contract.loading import Contract, load
from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE
from run_contracts.errors import UsageError

if TYPE_CHECKING:
    from run_contracts.making.near_misses.miss import Miss
    from run_contracts.types import Edition

STREAM = "stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A value that breaks one requirement.

    `kind` says what it is: a kind of value (``run``, ``run_list``, ...), ``body`` (a text that is
    no proper JSON), ``history`` (snapshots of one run), ``walk`` (runs that were created, and the
    pages of their list with the query of each), ``stream`` (events; `operation` is the request
    they answer), or ``exchanges`` (requests with their answers, in order: `method`, `path`, `body`,
    `status`, and `answer`, or `events` of a stream; where it matters `headers`, `content_type`,
    `together`, a number that requests under way at once share, and `intent`, what the sender knew).
    `pointer` is where the fault lies. `legal` is the legal value it was made of; None for
    histories and walks. `str` of it is the requirement and a number.
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

    Raises `UsageError` for an unknown id, and for a requirement that nothing alone can break.

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
            f"nothing alone breaks {rule.id} ({rule.sentence.rstrip('.')}): "
            f"{why_none(chosen, rule.id)}"
        )
    return copy.deepcopy(misses)


def why_none(contract: Contract, requirement: str) -> str:
    """Return why a requirement has no near miss; empty if it has."""
    if _misses(contract, requirement):
        return ""
    if requirement not in UNMISSABLE:
        return "the schema in use has no field or status it speaks of"
    return (
        f"{UNMISSABLE[requirement]}; run-contracts serve --fault {requirement} is a server that "
        "breaks it"
    )


UNMISSABLE: Mapping[str, str] = {
    "RUN-ID-014": (
        "a run that is shown through another thread names either that thread, and has another than "
        "it had (RUN-LIFE-003), or its own (RUN-ID-010)"
    ),
    "RUN-HTTP-004": "it speaks of an answer that does not come",
    "RUN-HTTP-005": "it speaks of how the bytes of an answer end on a connection",
    "RUN-STREAM-020": "it speaks of a stream that does not end",
}
"""Requirements that nothing written down can break alone."""


@lru_cache(maxsize=4096)
def _misses(contract: Contract, requirement: str) -> tuple[NearMiss, ...]:
    from run_contracts.making.near_misses.finders import misses_of  # noqa: PLC0415 - seldom needed

    misses = misses_of(contract, requirement)
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
