"""`assert_run`: asserts that a run, a step, a list, a life or a stream keeps the contract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from run_contracts.checks import outcomes
from run_contracts.contract.loading import Contract
from run_contracts.contract.object_names import named_kind
from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE
from run_contracts.contract.requirements import Level
from run_contracts.errors import ContractViolation, UsageError
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import OK, Exchange, Request, Response
from run_contracts.traffic.streamed_events import DONE, DONE_DATA
from run_contracts.types import JudgedKind
from run_contracts.validation.found import shown
from run_contracts.validation.judging import violations
from run_contracts.validation.plain_json import is_model, plain
from run_contracts.validation.violation import Violation, token

AssertedKind = JudgedKind | Literal["stream", "history"]
SAID = ("run", "run_step", "message")
"""Kinds that a value is of by what it calls itself; all others are named: a thread is no run."""
STREAM, HISTORY = "stream", "history"
END_MARKER = {"event": DONE, "data": DONE_DATA}
"""What ends a stream; the SDK keeps it to itself, so that its events are judged as if it came."""


class AssertRun:
    """Asserts that a value keeps the contract.

    >>> from run_contracts.contract.loading import load
    >>> from run_contracts.factories import make_run
    >>> AssertRun(load("v2"))(make_run("completed", seed=1))
    """

    def __init__(self, contract: Contract) -> None:
        """Judge by a contract."""
        self.contract = contract

    def __call__(
        self, value: Any, kind: AssertedKind | None = None, *, strict: bool = False
    ) -> None:
        """Raise an `AssertionError` with every broken MUST; with `strict` every SHOULD, too.

        The value is decoded JSON, or a model of the `openai` SDK, or a list of them. Without a
        `kind` it says itself what it is, a run if it does not. ``stream`` is the text of one, or
        its events; ``history`` is what was seen of a run, in order; a page is ``run_list`` or the
        like.
        """
        __tracebackhide__ = True
        judged = value if isinstance(value, bytes) else plain(value)
        chosen = kind or _kind(judged)
        if chosen == STREAM and isinstance(judged, list) and any(map(is_model, value)):
            judged = [*judged, END_MARKER]
        every = self._violations(judged, chosen)
        broken = tuple(one for one in every if strict or one.level is Level.MUST)
        if broken:
            raise ContractViolation(_message(broken, chosen, self.contract), broken)

    def __repr__(self) -> str:
        named = f", dialect {self.contract.dialect}" if self.contract.dialect else ""
        return f"<assert_run of edition {self.contract.edition}{named}>"

    def _violations(self, value: Any, kind: str) -> Iterable[Violation]:
        if kind == STREAM:
            shown_by = self._shown_by([_stream(value)], STREAM_TYPE)
            return [violation for _, violation in shown_by]
        if kind == HISTORY:
            if not isinstance(value, list):
                raise UsageError("a history is a list of what was seen of a run, in order")
            shown_by = self._shown_by([json.dumps(run) for run in value], JSON_TYPE)
            return [violation.below(token(number - 1)) for number, violation in shown_by]
        return violations(value, kind=kind, contract=self.contract)

    def _shown_by(self, bodies: list[str], media_type: str) -> list[tuple[int, Violation]]:
        """Return what answers show together, each with the number of the answer that shows it."""
        exchanges = tuple(
            Exchange(
                number=number,
                edition=self.contract.edition,
                request=Request(method="", url=""),
                response=Response(
                    status=OK,
                    headers=(("Content-Type", media_type),),
                    body=body.encode("utf-8", errors="surrogatepass"),
                ),
                seen_at=float(number),
            )
            for number, body in enumerate(bodies, start=1)
        )
        # A history does not show what was submitted; of a stream all that happened is there.
        is_alone = media_type == STREAM_TYPE
        evidence = Evidence(contract=self.contract, exchanges=exchanges, is_alone=is_alone)
        decided = list(outcomes(evidence))
        if not any(one.not_offered is None for one in decided):
            raise UsageError("there is nothing to judge: no answer, or no event, of the contract")
        return [(one.exchange.number, one.violation) for one in decided if one.violation]


def _kind(value: Any) -> str:
    """Return what kind of value it says it is."""
    if isinstance(value, str | bytes):
        return STREAM
    if isinstance(value, list):
        return _kind_of_items(value)
    if not isinstance(value, Mapping):
        return "run"
    name = value.get("object")
    if name == "list":
        items = value.get("data")
        first = items[0] if isinstance(items, list) and items else None
        return f"{_kind(first)}_list"
    if "error" in value and name is None:
        return "error"
    kind = named_kind(value)
    return kind if kind in SAID else "run"


def _kind_of_items(values: list[Any]) -> str:
    """Return what a bare list is: events, what was seen of runs, or nothing that is known."""
    objects = [one for one in values if isinstance(one, Mapping)]
    if not objects or len(objects) < len(values):
        return "run"
    if all("event" in one for one in objects):
        return STREAM
    return HISTORY if all(named_kind(one) == "run" for one in objects) else "run"


def _stream(value: Any) -> str:
    """Return a stream as its text."""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, str):
        return value
    from run_contracts.making.lives.stream_events import as_sse  # noqa: PLC0415 - makes runs, too

    return as_sse(value)


def _message(broken: Sequence[Violation], kind: str, contract: Contract) -> str:
    """Return a line for each violation, the rule in words after it."""
    rules = "1 rule is" if len(broken) == 1 else f"{len(broken)} rules are"
    lines = [f"this is not a valid {contract.edition} {kind.replace('_', ' ')}: {rules} broken"]
    for violation in broken:
        where = violation.pointer or "the value"
        sentence = contract.register[violation.requirement].sentence
        lines.append(
            f"  {violation.requirement} at {where}: found {shown(violation.found)}, "
            f"expected {violation.expected}. {violation.level}: {sentence}"
        )
    return "\n".join(lines)
