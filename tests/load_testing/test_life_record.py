"""The record of a life has all that was sent, and no moment that nobody knows."""

from __future__ import annotations

import math
from dataclasses import replace

import httpx2
import pytest

from run_contracts.client.outgoing import OutgoingRequest
from run_contracts.engine.creations import Creations
from run_contracts.load_testing.life_record import USER_LEFT, LifeRecord
from run_contracts.load_testing.overlaps import TimedExchange
from run_contracts.traffic.exchange import NO_ANSWER, Exchange, Response
from tests.checks.written_traffic import RUN

LOST = Response(status=NO_ANSWER, failure="ReadTimeout", is_whole=False)
ANSWERED = Response(status=200, body=b"{}")


def outgoing(method: str) -> OutgoingRequest:
    """Return a request about a run."""
    path = f"{RUN}/cancel" if method == "POST" else RUN
    return OutgoingRequest(edition="v2", wire=httpx2.Request(method, f"http://h/v1{path}"))


def recorded(method: str, response: Response | None) -> TimedExchange:
    """Return what is recorded of a request with this answer; of one under way if there is none."""
    record, sent = LifeRecord("aa", Creations("aa")), outgoing(method)
    record.sending(sent, "")
    if response is not None:
        exchange = Exchange(number=1, edition="v2", request=sent.as_sent(), response=response)
        record.kept(sent, exchange)
    (only,) = record.exchanges()
    return only


@pytest.mark.parametrize("response", [LOST, None])
@pytest.mark.parametrize(("method", "is_over"), [("POST", False), ("GET", True)])
def test_what_had_no_answer_may_take_effect_at_any_time(
    method: str, is_over: bool, response: Response | None
) -> None:
    """Unless it has no effect, whenever it arrives."""
    assert math.isfinite(recorded(method, response).ended) is is_over


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_what_was_answered_has_taken_effect(method: str) -> None:
    """Between its sending and its answer."""
    timed = recorded(method, ANSWERED)
    assert 0 < timed.begun <= timed.ended < math.inf


def test_what_is_under_way_is_in_the_record() -> None:
    """Its user was stopped, and nobody waits for the answer any more."""
    exchange = recorded("POST", None).exchange
    assert (exchange.request.method, exchange.operation_id) == ("POST", "cancelRun")
    assert (exchange.is_answered, exchange.response.failure) == (False, USER_LEFT)


@pytest.mark.parametrize(("is_late", "silences"), [(True, 0), (False, 2)])
def test_who_loads_a_server_does_not_call_it_silent_for_being_slow(
    is_late: bool, silences: int
) -> None:
    """One that closes connections without an answer is silent all the same."""
    response = replace(LOST, is_late=is_late, silences=2)
    assert recorded("GET", response).exchange.response.silences == silences
