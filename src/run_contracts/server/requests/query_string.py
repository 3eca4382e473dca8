"""Reading the query string of a request: pages of lists, and what to include."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from run_contracts.contract.operations import ListLimit, list_limit
from run_contracts.contract.requirements import FOUNDING
from run_contracts.server.requests.refusal import Refusal, unsupported
from run_contracts.types import Edition

LONGEST_NUMBER = 18
ORDERS = ("asc", "desc")
INCLUDABLE = "step_details.tool_calls[*].file_search.results[*].content"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """What a request for a list asks: how many, in which order, from where."""

    limit: int
    order: str = "desc"
    after: str | None = None
    before: str | None = None


def page_query(
    query: Mapping[str, str], edition: Edition, limits: ListLimit | None = None
) -> PageQuery:
    """Return the query of a list; raise `Refusal` for a limit or order out of range.

    The limits of a list are those of the edition, unless it has its own.

    >>> page_query({"limit": "2", "order": "asc"}, "v2")
    PageQuery(limit=2, order='asc', after=None, before=None)
    """
    bounds = limits or list_limit(edition)
    limit = _integer("limit", query.get("limit", str(bounds.default)))
    if limit > bounds.most:
        raise Refusal(
            "Invalid 'limit': integer above maximum value. "
            f"Expected a value <= {bounds.most}, but got {limit} instead.",
            param="limit",
            code="integer_above_max_value",
        )
    if limit < bounds.least:
        raise Refusal(
            "Invalid 'limit': integer below minimum value. "
            f"Expected a value >= {bounds.least}, but got {limit} instead.",
            param="limit",
            code="integer_below_min_value",
        )
    order = query.get("order", "desc")
    if order not in ORDERS:
        raise unsupported("order", order, ORDERS)
    return PageQuery(limit=limit, order=order, after=query.get("after"), before=query.get("before"))


def check_include(pairs: Iterable[tuple[str, str]], edition: Edition) -> None:
    """Raise `Refusal` for something to include that does not exist; v1 has nothing."""
    for name, value in pairs:
        if name not in ("include", "include[]"):
            continue
        if edition == FOUNDING:
            raise Refusal(
                "Unknown parameter: 'include'.", param="include", code="unknown_parameter"
            )
        if value != INCLUDABLE:
            raise unsupported("include[]", value, (INCLUDABLE,))


def _integer(param: str, given: str) -> int:
    digits = given.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER):
        raise Refusal(
            f"Invalid type for '{param}': expected an integer, but got a string instead.",
            param=param,
            code="invalid_type",
        )
    return int(given)
