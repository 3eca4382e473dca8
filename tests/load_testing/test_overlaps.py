"""What was under way at once is one group, and no order within it is believed."""

from __future__ import annotations

import math
from random import Random

from run_contracts.load_testing.overlaps import TimedExchange, in_groups, in_order
from run_contracts.traffic.exchange import Exchange, Request, Response


def _timed(name: str, begun: float, ended: float) -> TimedExchange:
    request = Request(method="GET", url=f"http://h/v1/threads/{name}")
    exchange = Exchange(number=0, edition="v2", request=request, response=Response(status=200))
    return TimedExchange(exchange=exchange, begun=begun, ended=ended)


def _names(exchanges: tuple[Exchange, ...]) -> str:
    return "".join(one.request.url[-1] for one in exchanges)


def test_what_ended_before_the_next_was_sent_is_apart() -> None:
    """Their order is known."""
    ordered = in_order([_timed("b", 2, 3), _timed("a", 0, 1)], 0.0)
    assert _names(ordered) == "ab"
    assert [(one.number, one.together) for one in ordered] == [(1, 0), (2, 0)]


def test_a_chain_of_overlaps_is_one_group() -> None:
    """Where two do not overlap, but both with a third, that is the one who knows."""
    ordered = in_order([_timed("a", 0, 2), _timed("b", 1, 4), _timed("c", 3, 5)], 0.0)
    assert {one.together for one in ordered} == {1}


def test_moments_that_are_the_same_have_no_order() -> None:
    """A clock may stand still between two readings."""
    groups = list(in_groups([_timed("a", 0, 1), _timed("b", 1, 2)]))
    assert [len(group) for group in groups] == [2]


def test_what_had_no_answer_may_take_effect_at_any_time_later() -> None:
    """All that follows it is beside it, and nothing before."""
    lost = _timed("b", 2, math.inf)
    ordered = in_order([_timed("a", 0, 1), lost, _timed("c", 5, 6), _timed("d", 7, 8)], 0.0)
    together = {one.request.url[-1]: one.together for one in ordered}
    assert together["a"] == 0
    assert together["b"] == together["c"] == together["d"] > 0


def test_other_orders_are_those_that_may_have_been() -> None:
    """Of three that overlap in a chain, the first is before the last in each of them."""
    timed = [_timed("a", 0, 2), _timed("b", 1, 4), _timed("c", 3, 5)]
    chance = Random(1)
    orders = {_names(in_order(timed, 0.0, chance)) for _ in range(200)}
    assert orders == {"abc", "bac", "acb"}


def test_times_are_those_of_the_epoch() -> None:
    """Checks compare them with what servers say."""
    (exchange,) = in_order([_timed("a", 0, 1)], 1000.0)
    assert exchange.seen_at == 1001.0


def test_an_order_is_as_likely_however_long_something_took() -> None:
    """A request of a moment at the beginning of a long one may have come after it, too."""
    timed = [_timed("a", 0, 100), _timed("b", 0.1, 0.2)]
    chance = Random(1)
    orders = [_names(in_order(timed, 0.0, chance)) for _ in range(100)]
    assert 30 < orders.count("ab") < 70
