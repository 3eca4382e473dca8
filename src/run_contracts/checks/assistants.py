"""Assistants, as they surely were: what a run that names one takes from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.named_assistants import assistant_named
from run_contracts.types import JSONObject


class _Shown(NamedTuple):
    """An exchange about an assistant, and the assistant; None where it was changed unseen."""

    exchange: Exchange
    assistant: JSONObject | None


def assistant_before(evidence: Evidence, id_: object, exchange: Exchange) -> JSONObject | None:
    """Return an assistant as it surely was when a request came; None if that is not known.

    Where nobody else changes anything, one that was created in this evidence is as it was shown
    last. Elsewhere it has to be shown the same before and afterwards.
    """
    about = _by_id(evidence).get(str(id_), [])
    known = [one for one in about if not one.exchange.is_beside(exchange)]
    if any(one.exchange.request.method != "GET" for one in about if one not in known):
        return None
    earlier = [one for one in known if one.exchange.number < exchange.number]
    if not earlier:
        return None
    if _is_beside_a_change(earlier[-1].exchange, known):
        return None
    before, after = earlier[-1].assistant, known[len(earlier) :]
    is_made_here = known[0].exchange.operation_id == "createAssistant"
    is_same = bool(after) and after[0].assistant == before
    return before if is_same or (evidence.is_alone and is_made_here) else None


def _is_beside_a_change(exchange: Exchange, about: list[_Shown]) -> bool:
    """Say whether what is shown may be as it was before a change, or after it."""
    changes = (one.exchange for one in about if one.exchange.request.method != "GET")
    return any(exchange.is_beside(change) for change in changes)


def _by_id(evidence: Evidence) -> dict[str, list[_Shown]]:
    return evidence.derived(_assistants)[0]


def _assistants(evidence: Evidence) -> Iterator[dict[str, list[_Shown]]]:
    by_id: dict[str, list[_Shown]] = {}
    for exchange in evidence.sent:
        id_ = assistant_named(exchange)
        if id_ is None or exchange.is_refusal:
            continue
        shown = (one.value for one in exchange.objects("assistant"))
        assistant = next((one for one in shown if one.get("id") == id_), None)
        by_id.setdefault(id_, []).append(_Shown(exchange, assistant))
    yield by_id
