"""Lists that are wrong as lists: pages that repeat, leave out, or stand in the wrong order.

The value of such a miss holds the runs as they were created, oldest first, and the pages of their
list in the order they were asked for, each with its query.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.loading import Contract
from run_contracts.making.generators.typical import numbered
from run_contracts.making.lives.pages import page
from run_contracts.making.near_misses.miss import Miss
from run_contracts.making.typical_objects import typical_page
from run_contracts.types import JSONObject

Page = dict[str, Any]
MADE, SIZE = 3, 2


def misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield walks that break a requirement; none for those that do not speak of lists."""
    find = _BROKEN_PAGES.get(requirement)
    if find is None:
        return
    created = _runs(contract, contract.lifecycle.initial)
    for pages, sentence in find(_runs(contract, COMPLETED)[::-1]):
        yield Miss(
            kind="walk",
            value={"created": created, "pages": pages},
            sentence=sentence,
            pointer=f"/pages/{len(pages) - 1}",
        )


def _runs(contract: Contract, status: str) -> list[JSONObject]:
    """Return some runs of one thread, oldest first; the same ones in whatever status."""
    page: Any = typical_page(contract, "run_list", MADE, status=status)
    return list(reversed(page["data"]))


def _asked(query: Mapping[str, Any], runs: list[JSONObject], *, has_more: bool = False) -> Page:
    return {"query": dict(query), "page": page(copy.deepcopy(runs), has_more=has_more)}


Pages = Iterator[tuple[list[Page], str]]


def _never_more(runs: list[JSONObject]) -> Pages:
    """Yield pages whose has_more is wrong."""
    first = _asked({"limit": SIZE}, runs[:SIZE])
    yield [first], "has_more is false, and there are more runs."
    cursor = runs[-1]["id"]
    whole = _asked({"limit": MADE}, runs, has_more=True)
    empty = _asked({"limit": MADE, "after": cursor}, [])
    yield [whole, empty], "has_more is true, and nothing follows."


def _turned(runs: list[JSONObject]) -> Pages:
    yield [_asked({}, runs[::-1])], "The oldest run is first, though nobody asked for that."


def _not_turned(runs: list[JSONObject]) -> Pages:
    yield [_asked({"order": "asc"}, runs)], "Asked for the oldest first, it gives the newest."


def _too_long(runs: list[JSONObject]) -> Pages:
    yield [_asked({"limit": SIZE}, runs)], f"The page holds {MADE} runs, {SIZE} were asked for."


def _repeated(runs: list[JSONObject]) -> Pages:
    first = _asked({"limit": SIZE}, runs[:SIZE], has_more=True)
    after = {"limit": SIZE, "after": runs[SIZE - 1]["id"]}
    again = _asked(after, runs[SIZE - 1 :])
    yield [first, again], "The second page begins with the run its cursor names."


def _left_out(runs: list[JSONObject]) -> Pages:
    yield [_asked({"limit": MADE}, runs[:-1])], "The oldest run is in no page."


def _foreign(runs: list[JSONObject]) -> Pages:
    other = runs[-1] | {name: numbered(runs[-1][name], 99) for name in ("id", "thread_id")}
    yield [_asked({}, [*runs, other])], "The last run of the list is of another thread."


def _after_before(runs: list[JSONObject]) -> Pages:
    whole = _asked({"limit": MADE}, runs)
    before = _asked({"limit": SIZE, "before": runs[1]["id"]}, runs[1:])
    yield [whole, before], "Asked for what is before a run, it gives that run and what follows."


_BROKEN_PAGES: Mapping[str, Callable[[list[JSONObject]], Pages]] = {
    "RUN-LIST-005": _never_more,
    "RUN-LIST-006": _turned,
    "RUN-LIST-007": _too_long,
    "RUN-LIST-008": _repeated,
    "RUN-LIST-009": _left_out,
    "RUN-LIST-011": _not_turned,
    "RUN-LIST-012": _foreign,
    "RUN-LIST-014": _after_before,
}
