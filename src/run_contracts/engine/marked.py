"""What carries the mark of a check, among what a server lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from run_contracts.client.request_parts import path_segment
from run_contracts.probes.resources import CHECK_KEY
from run_contracts.traffic.exchange import Exchange

MOST_PAGES_LISTED, ITEMS_A_PAGE = 50, 100
Ask = Callable[[str], Exchange]
"""Returns what is answered to a GET of a path below the base URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The paths of what carries a mark; `missing` says why there may be more, if so."""

    paths: tuple[str, ...] = ()
    missing: str = ""


def marked(ask: Ask, home: str, check_id: str) -> Marked:
    """Return what carries the mark of a check below a home, such as ``/assistants``."""
    paths: dict[str, None] = {}
    seen: set[str] = set()
    last = ""
    for _ in range(MOST_PAGES_LISTED):
        query = {"limit": str(ITEMS_A_PAGE)} | ({"after": last} if last else {})
        exchange = ask(f"{home}?{urlencode(query, errors='surrogatepass')}")
        items = _items(exchange)
        if items is None:
            said = exchange.response.status
            return Marked(paths=tuple(paths), missing=f"it does not list {home[1:]} ({said})")
        ids = [one["id"] for one in items]
        paths |= {f"{home}/{path_segment(one['id'])}": None for one in items if _is(one, check_id)}
        has_more = _has_more(exchange)
        if not ids or has_more is False or (has_more is None and seen.issuperset(ids)):
            return Marked(paths=tuple(paths))
        if seen.issuperset(ids):
            break
        seen.update(ids)
        last = ids[-1]
    return Marked(paths=tuple(paths), missing=f"its list of {home[1:]} does not come to an end")


def _items(exchange: Exchange) -> list[dict[str, Any]] | None:
    """Return what a page lists; None if the answer is no list."""
    answered = exchange.answered if exchange.is_success else None
    data = answered.get("data") if isinstance(answered, dict) else answered
    if not isinstance(data, list):
        return None
    return [one for one in data if isinstance(one, dict) and isinstance(one.get("id"), str)]


def _has_more(exchange: Exchange) -> bool | None:
    """Return what a page says of further ones; None if it says nothing."""
    answered = exchange.answered
    more = answered.get("has_more") if isinstance(answered, dict) else None
    return more if isinstance(more, bool) else None


def _is(item: dict[str, Any], check_id: str) -> bool:
    metadata = item.get("metadata")
    return isinstance(metadata, dict) and bool(check_id) and metadata.get(CHECK_KEY) == check_id
