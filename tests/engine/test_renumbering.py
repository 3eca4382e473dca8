"""Exchanges of several sessions in one report: their numbers, and what names them."""

from __future__ import annotations

from run_contracts.engine.renumbering import Renumbering
from run_contracts.events import Broken, Decided
from run_contracts.traffic.exchange import Exchange, Request, Response

URL = "http://h/v1/threads/thread_1/runs"


def _exchange(number: int, together: int = 0) -> Exchange:
    return Exchange(
        number=number,
        edition="v2",
        request=Request(method="GET", url=URL),
        response=Response(status=200),
        together=together,
    )


def _broken(number: int, expected: str = "") -> Broken:
    return Broken(exchange=number, request="", pointer="", found="", expected=expected)


SHOWN = (_exchange(3), _exchange(7, together=2), _exchange(9, together=2))
BEHIND = Renumbering.behind(40, SHOWN)


def test_they_are_numbered_behind_the_last_in_their_order() -> None:
    """No number is that of another session, and none is left out."""
    assert [BEHIND.exchange(one).number for one in SHOWN] == [41, 42, 43]


def test_those_under_way_at_once_stay_so_and_share_no_group_with_others() -> None:
    """Their group has a number that no exchange before has."""
    alone, first, second = map(BEHIND.exchange, SHOWN)
    assert alone.together == 0
    assert first.is_beside(second)
    assert first.together > 40


def test_sentences_name_exchanges_by_their_new_numbers() -> None:
    """And one that is not shown by none."""
    said = BEHIND.broken(_broken(7, f"the one of #3 GET {URL}, and not of #4 GET {URL}"))
    assert said.exchange == 42
    assert said.expected == f"the one of #41 GET {URL}, and not of GET {URL}"


def test_a_number_in_a_sentence_that_names_no_exchange_stays() -> None:
    """What a server says is not changed because it looks a little like one."""
    assert BEHIND.broken(_broken(3, "item #3 of GET")).expected == "item #3 of GET"


def test_a_verdict_rests_on_the_same_exchanges() -> None:
    """Its places and its sequence are renumbered; what is not shown is in neither."""
    verdict = Decided(
        requirement="RUN-ID-001",
        area="",
        level="MUST",
        sentence="",
        why="",
        source="",
        result="fail",
        is_red=False,
        held=0,
        broken=(_broken(9), _broken(8), _broken(0)),
        reason="",
        sequence=(3, 8, 9),
    )
    moved = BEHIND.verdict(verdict)
    assert [one.exchange for one in moved.broken] == [43, 0, 0]
    assert moved.sequence == (41, 43)


def test_a_session_that_goes_on_is_moved_as_a_whole() -> None:
    """What was never shown has a number of its own there, too."""
    further = Renumbering.further(100)
    assert further.exchange(_exchange(7, together=2)).number == 107
    assert further.broken(_broken(7, f"as #5 GET {URL}")).expected == f"as #105 GET {URL}"
    assert further.broken(_broken(0)).exchange == 0
