"""Edge cases of lists by hand: pages that a server could give, at the ends of what they may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.contract.operations import list_limit
from run_contracts.contract.requirements import ITEM_KINDS
from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.lives.pages import page
from run_contracts.making.typical_objects import (
    ENDED,
    born_in,
    numbered_item,
    typical_object,
    typical_page,
)

Build = Callable[[Contract], Any]


def unusual_lists(kind: str, edition: str) -> Iterator[CaseDescription]:
    """Yield pages of a kind of list."""
    limit, items = list_limit(edition), kind.removesuffix("_list").replace("_", " ") + "s"
    whole = partial(typical_page, kind=kind)
    cases: Mapping[str, tuple[str, Build]] = {
        "empty": ("The list is empty: its ids are null", partial(whole, n=0)),
        "1-item": ("The list has one item, the first and the last", partial(whole, n=1)),
        "1-item-of-more": (
            "The page has one item, and more follow",
            partial(whole, n=1, has_more=True),
        ),
        "default-items": (
            f"The page has {limit.default} items, as many as unasked for",
            partial(whole, n=limit.default, has_more=True),
        ),
        "most-items": (
            f"The page has {limit.most} items, as many as may be asked for",
            partial(whole, n=limit.most, has_more=True),
        ),
        "last-page-full": (
            "The page is as full as it may be, and the last",
            partial(whole, n=limit.most),
        ),
        "in-one-second": (
            f"All {items} were created in one second",
            partial(_in_one_second, kind=kind),
        ),
        "oldest-first": ("The oldest is first, as order=asc asks", partial(_oldest, kind=kind)),
        "every-status": (
            f"There are {items} in every status they can have together",
            partial(_every_status, kind=kind),
        ),
    }
    for name, (what, built) in cases.items():
        if name != "every-status" or kind != "message_list":
            yield CaseDescription(name=name, what=f"{what}.", built=built)


def _in_one_second(contract: Contract, *, kind: str) -> Any:
    value: Any = typical_page(contract, kind, 3)
    born = born_in(contract.edition)
    status = ENDED[ITEM_KINDS[kind]]
    same = typical_object(contract, ITEM_KINDS[kind], status, created_at=born)
    return page([same | {"id": one["id"]} for one in value["data"]], has_more=False)


def _oldest(contract: Contract, *, kind: str) -> Any:
    value: Any = typical_page(contract, kind, 3)
    return page(value["data"][::-1], has_more=False)


def _every_status(contract: Contract, *, kind: str) -> Any:
    """Return items in each status: one that is alive, the newest, before all that have ended."""
    item = ITEM_KINDS[kind]
    cells, life = contract.lifecycle.cells(item), contract.lifecycle
    ended = [one for one in cells if one != life.initial and one not in life.live]
    alive = next(one for one in cells if one in life.live)
    return page(
        [
            numbered_item(contract, item, status, len(ended) - at)
            for at, status in enumerate([alive, *ended])
        ],
        has_more=False,
    )
