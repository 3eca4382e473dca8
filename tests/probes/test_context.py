"""The stage of the probes: how long it waits, and what it shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.contract.loading import load
from run_contracts.probes import ProbeContext
from run_contracts.probes.pace import asked_pause
from run_contracts.traffic.exchange import Exchange, Request, Response
from tests.client.bare_server import OK, Arrived, BareServer, serving


@pytest.fixture
def context(right: str) -> Iterator[ProbeContext]:
    """Return a stage on a right server."""
    with Session(Target(url=right, key="sk-reference", patience=10.0)) as session:
        yield ProbeContext(session, load("v2"))


@pytest.mark.parametrize(
    ("header", "expected"),
    [("500", 0.5), ("0", 0.05), ("3600000", 5.0), ("soon", None), ("-1", None), (None, None)],
)
def test_a_server_may_ask_to_be_polled_later(header: str | None, expected: float | None) -> None:
    """Its header is followed within bounds, and ignored if it is no number."""
    headers = (("openai-poll-after-ms", header),) if header is not None else ()
    exchange = Exchange(
        number=1,
        edition="v2",
        request=Request(method="GET", url="http://h/v1/threads/t/runs/r"),
        response=Response(status=200, headers=headers),
    )
    assert asked_pause(exchange) == expected


def test_looks_become_fewer_once_the_stage_knows_how_long_runs_take(context: ProbeContext) -> None:
    """The first run is watched closely; the next are looked at when they should be done."""
    looks = []
    for _ in range(3):
        before = len(context.session.exchanges)
        context.ended(context.new_run(context.new_thread("Say hello.")))
        sent = context.session.exchanges[before:]
        looks.append(
            sum(one.operation is not None and one.operation.id == "getRun" for one in sent)
        )
    assert max(looks[1:]) < looks[0]


def test_home_is_given_up_while_a_run_locks_it(context: ProbeContext) -> None:
    """A run that does not end keeps no other probe from going on."""
    home = context.home
    assert context.home == home
    run = context.new_run(home)
    assert context.home != home
    context.ended(run)


def test_requests_in_the_background_are_marked_as_under_way_together(context: ProbeContext) -> None:
    """What is sent meanwhile shares their number; what comes afterwards does not."""
    thread_id = context.new_thread("Say hello.")
    with context.session.meanwhile("listRuns", thread_id=thread_id) as others:
        inside = context.session.send("listRuns", thread_id=thread_id)
    after = context.session.send("listRuns", thread_id=thread_id)
    assert inside.is_beside(others[0])
    assert others[0].is_beside(inside)
    assert not after.is_beside(inside)
    assert [one.number for one in context.session.exchanges] == sorted(
        one.number for one in context.session.exchanges
    )


def test_a_create_that_a_server_hung_up_on_is_asked_for_once_more() -> None:
    """Its messages are not sent one by one instead: nobody refused them."""
    body = b'{"id": "thread_1", "object": "thread"}'
    made = OK.removesuffix(b"{}").replace(b"Length: 2", b"Length: %d" % len(body)) + body

    def answer(arrived: Arrived) -> bytes:
        return b"" if arrived.line.startswith("POST") and arrived.before else made

    with serving(BareServer(answer)) as server, Session(Target(url=server.url)) as session:
        session.send("getRun", thread_id="thread_1", run_id="run_1")
        thread_id = ProbeContext(session, load("v2")).new_thread("One.", "Two.")
    assert thread_id == "thread_1"
    assert [line.split()[1] for line in server.lines()[1:]] == ["/v1/threads"] * 2
