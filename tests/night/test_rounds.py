"""A round in this process: what it finds, what it leaves, what lanes share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from starlette.types import Receive, Scope, Send

from run_contracts.client.applications import connected
from run_contracts.client.budget import Budget
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import NETWORK, Connection, RequestHook, no_hook
from run_contracts.client.session import Session
from run_contracts.events import Decided, Exchanged, Started
from run_contracts.night.corpus import Corpus
from run_contracts.night.lanes import Baton, shared
from run_contracts.night.orders import RoundKind, RoundOrder, RoundResult
from run_contracts.night.search_round import Equipment, SearchRound
from run_contracts.report import jsonlines
from run_contracts.report.text import TextReport
from run_contracts.server import ServerOptions, create_app

KEY = "sk-of-the-night-12345"
TARGET = Target(url="http://in-process.invalid/v1", key=KEY, key_name="NIGHT_KEY")
QUICK = {"speed": 3000.0, "queue_seconds": 9.0, "work_seconds": 36.0, "cancel_seconds": 9.0}


@contextmanager
def lanes(*faults: str) -> Iterator[tuple[Connection, Baton]]:
    """Open a reference server in this process whose lanes share a baton."""
    app = create_app(ServerOptions(api_key=KEY, faults=faults, **QUICK))  # type: ignore[arg-type]
    baton = Baton()
    with connected(app, aside=baton.aside) as connection, baton.turning(connection.sleep):
        yield shared(connection, baton), baton


def carried_out(  # noqa: PLR0913 - what a round may have
    connection: Connection,
    baton: Baton,
    *,
    number: int = 1,
    known: frozenset[str] = frozenset(),
    walks: int = 6,
    hook: RequestHook = no_hook,
) -> RoundResult:
    """Return what becomes of a round."""
    equipment = Equipment(
        target=TARGET,
        connection=connection,
        hook=hook,
        shown=set(),
        known=set(known),
        sending=baton.held,
    )
    budget = Budget(requests=2000, runs=100, seconds=60.0)
    order = RoundOrder(
        number=number,
        check=f"{number:08x}",
        kind=RoundKind.WALKS,
        seed=number,
        budget=budget,
        walks=walks,
    )
    return SearchRound(order, equipment).result()


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUN_CONTRACTS_STATE", str(tmp_path / "state"))


def test_a_round_of_a_right_server_finds_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    """All of it is judged, and its walks are what showed something first."""
    with lanes() as (connection, baton):
        result = carried_out(connection, baton)
    assert (result.new, dict(result.found), result.own_errors, result.left) == ((), {}, (), ())
    assert result.requests > 40
    assert 40 < result.judged <= result.requests
    assert not result.is_gone
    assert any(name.startswith("requirement ") for one in result.entries for name in one.shows)
    assert not list((tmp_path / "state").glob("*.jsonl"))


def test_a_finding_is_a_report_that_shows_it_alone(tmp_path: Path) -> None:
    """With its exchanges and one verdict, and without the key."""
    with lanes("RUN-STATUS-017") as (connection, baton):
        result = carried_out(connection, baton)
        again = carried_out(connection, baton, number=1, known=frozenset(result.found))
    assert result.new
    assert again.found
    assert not {one.key for one in again.new} & result.found.keys()
    corpus = Corpus(tmp_path)
    for finding in result.new:
        assert KEY.encode() not in finding.report
        corpus.keep_finding(finding.key, finding.report)
        report = corpus.finding(finding.key)
        (verdict,) = [one for one in report if isinstance(one, Decided)]
        numbers = {one.exchange.number for one in report if isinstance(one, Exchanged)}
        assert verdict.requirement == finding.requirement
        assert {one.exchange for one in verdict.broken} <= numbers
        assert set(verdict.sequence) <= numbers


def test_the_report_of_a_finding_says_what_it_shows() -> None:
    """It comes to what a check comes to that shows the same: counted, and broken."""
    with lanes("RUN-STATUS-017") as (connection, baton):
        (finding, *_) = carried_out(connection, baton, walks=2).new
    lines = finding.report.splitlines()
    started = jsonlines.event_in(lines[0], None)
    assert isinstance(started, Started)
    text = TextReport()
    told = [one for each in lines for one in text.lines(jsonlines.event_in(each, started))]
    assert any(one.startswith("1 broken; ") for one in told)
    assert told[-1] == "the contract is broken"


def test_lanes_share_an_application_and_find_nothing_wrong_with_it() -> None:
    """Rounds that go on at once see no more of one another than clients of a server do."""
    with lanes() as (connection, baton), ThreadPoolExecutor(6) as pool:
        started = [
            pool.submit(carried_out, connection, baton, number=number) for number in range(1, 7)
        ]
        results = [one.result(timeout=120) for one in started]
    assert all(not one.found and not one.own_errors and not one.left for one in results)
    assert len({one.requests for one in results}) > 1


@pytest.mark.parametrize("is_raced", [False, True])
def test_an_answer_that_takes_its_time_lets_other_lanes_work(is_raced: bool) -> None:
    """A stream is read to its end while others send, by who sent it or beside who did."""
    options = ServerOptions(api_key=KEY, speed=100.0, work_seconds=50.0)
    baton = Baton()
    order: list[str] = []

    def streamed(connection: Connection) -> None:
        with baton.held(), Session(TARGET, connection) as session:
            assistant = session.send("createAssistant", json_body={"model": "m"}).answered["id"]
            thread = {"messages": [{"role": "user", "content": "Hello."}]}
            body = {"assistant_id": assistant, "stream": True, "thread": thread}
            if is_raced:
                with session.meanwhile("createThreadAndRun", json_body=body) as raced:
                    pass
                (exchange,) = raced
            else:
                exchange = session.send("createThreadAndRun", json_body=body)
            order.append("stream")
            assert exchange.is_success
            assert b"data: [DONE]" in exchange.response.body

    def quick(connection: Connection) -> None:
        with baton.held(), Session(TARGET, connection) as session:
            assert session.send("createThread", json_body={}).is_success
            order.append("quick")

    with (
        connected(create_app(options), aside=baton.aside) as connection,
        baton.turning(connection.sleep),
        ThreadPoolExecutor(2) as pool,
    ):
        line = shared(connection, baton)
        slow = pool.submit(streamed, line)
        while not baton.is_lent and not slow.done():
            pass
        pool.submit(quick, line).result(timeout=30)
        slow.result(timeout=30)
    assert order == ["quick", "stream"]


def test_lanes_of_an_application_that_waits_in_each_request_go_on() -> None:
    """None keeps what another needs while it waits for its turn."""
    quick = create_app(ServerOptions(api_key=KEY, **QUICK))  # type: ignore[arg-type]

    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(0.02)
        await quick(scope, receive, send)

    until, baton = time.monotonic() + 60.0, Baton()

    def hook(_source: str, _sent: int) -> None:
        if time.monotonic() > until:
            raise KeyboardInterrupt

    with (
        connected(waiting, aside=baton.aside) as connection,
        baton.turning(connection.sleep),
    ):
        line, results = shared(connection, baton), list[RoundResult]()

        def lane(number: int) -> None:
            results.append(carried_out(line, baton, number=number, walks=1, hook=hook))

        # Daemons, so that the tests end whatever the lanes do.
        started = [Thread(target=lane, args=(number,), daemon=True) for number in range(1, 5)]
        for one in started:
            one.start()
        for one in started:
            one.join(max(0.0, until - time.monotonic()))
        assert len(results) == len(started)
    assert all(one.requests and not one.found and not one.own_errors for one in results)


def test_what_others_found_is_learned_beside_a_round_that_reads_it() -> None:
    """The lanes of a worker, and the worker itself, share what is known."""
    began, learned = Event(), Event()

    class Read(set[str]):
        def __iter__(self) -> Iterator[str]:
            for one in super().__iter__():
                began.set()
                learned.wait(0.1)
                yield one

    equipment = Equipment(
        target=TARGET,
        connection=NETWORK,
        hook=no_hook,
        shown=set(),
        known=Read({"RUN-A x", "RUN-B y"}),
    )

    def learn() -> None:
        began.wait(10)
        equipment.learn({"RUN-C z"})
        learned.set()

    other = Thread(target=learn)
    other.start()
    assert equipment.requirements_known() == {"RUN-A", "RUN-B"}
    other.join(10)
    assert equipment.requirements_known() == {"RUN-A", "RUN-B", "RUN-C"}
