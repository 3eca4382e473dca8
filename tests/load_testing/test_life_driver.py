"""The driver of a user: what becomes of lives that are broken off, or not awaited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from run_contracts.checks.registry import CHECKS
from run_contracts.client.checked_target import Target
from run_contracts.client.outgoing import OutgoingRequest
from run_contracts.client.session import Session
from run_contracts.engine.cleaning_up import CLEANING
from run_contracts.events import ExitCode
from run_contracts.load_testing.driven_load import LEFT_BEHIND, STILL_DRIVEN, Load
from run_contracts.load_testing.life_driver import LIFE_SOURCE, LifeDriver
from run_contracts.load_testing.life_record import OnExchange, Recorder
from run_contracts.load_testing.load_report import NO_CORE, exit_code, load_events, load_lines
from run_contracts.load_testing.load_tally import MOST_REASONS
from run_contracts.load_testing.load_target import LoadOptions, load_target
from run_contracts.load_testing.meeting_place import Hand
from run_contracts.server import ServerOptions, running
from run_contracts.traffic.exchange import Exchange
from tests.load_testing.driving import KEY

NO_RUNS = ("no-createRun", "no-createThreadAndRun")


def _target(url: str) -> Target:
    return load_target(url, KEY, LoadOptions(), {})


@pytest.fixture
def target() -> Iterator[Target]:
    """Return the target of a right server of its own."""
    with running(ServerOptions(api_key=KEY, speed=20.0)) as url:
        yield _target(url)


@pytest.fixture
def load() -> Load:
    """Return a load of which nothing was driven yet."""
    return Load(lambda _: None)


def _assistants(target: Target) -> int:
    with Session(target) as session:
        return len(session.beside("GET", "/assistants").answered["data"])


def _interrupting(operation: str) -> OnExchange:
    """Return what raises as Ctrl-C does when an operation is answered for the first time."""
    seen: list[str | None] = []

    def hear(_: OutgoingRequest, exchange: Exchange) -> None:
        seen.append(exchange.operation_id)
        if exchange.operation_id == operation and seen.count(operation) == 1:
            raise KeyboardInterrupt

    return hear


def _ignore(_outgoing: OutgoingRequest, _exchange: Exchange) -> None:
    pass


def _drive_on(driver: LifeDriver) -> None:
    """Drive lives until one raises; not each sends every operation."""
    for _ in range(100):
        driver.drive()


@pytest.mark.parametrize("shared", [0.0, 1.0])
@pytest.mark.parametrize("operation", ["createThread", "createAssistant", "getRun"])
def test_a_life_that_ctrl_c_meets_is_concluded(
    operation: str, shared: float, target: Target, load: Load, ledgers: Path
) -> None:
    """What it created is deleted, and it is judged, while its user passes the signal on."""
    driver = LifeDriver(target, load, _interrupting(operation), shared)
    with pytest.raises(KeyboardInterrupt):
        _drive_on(driver)
    load.finish()
    driver.end()
    assert _assistants(target) == 0
    assert list(ledgers.glob("*.jsonl")) == []
    assert load.tally.numbers[LEFT_BEHIND] == 0
    assert not load.tally.own_errors


def test_a_life_is_concluded_if_ctrl_c_meets_its_judging(
    target: Target, load: Load, ledgers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is where a process of many users mostly is; the life is counted once."""
    known, calls = CHECKS["RUN-LIFE-001"], iter([KeyboardInterrupt])

    def interrupted(*given: object) -> object:
        for error in calls:
            raise error
        check: Callable[..., object] = known
        return check(*given)

    monkeypatch.setitem(CHECKS, "RUN-LIFE-001", interrupted)
    driver = LifeDriver(target, load, _ignore, 0.0)
    with pytest.raises(KeyboardInterrupt):
        driver.drive()
    load.finish()
    driver.end()
    assert load.tally.numbers["lives judged"] == 1
    assert list(ledgers.glob("*.jsonl")) == []


def test_what_a_life_leaves_that_does_not_end_is_told(target: Target, load: Load) -> None:
    """A load does not wait for ever, and says once what may be left behind."""
    is_created, goes_on = Event(), Event()

    def wait(_: OutgoingRequest, exchange: Exchange) -> None:
        if exchange.operation_id in {"createThread", "createThreadAndRun", "createAssistant"}:
            is_created.set()
            goes_on.wait(20)

    driver = LifeDriver(target, load, wait, 0.0)
    life = Thread(target=driver.drive)
    life.start()
    try:
        assert is_created.wait(10)
        load.finish(seconds=0.05)
        assert load.tally.reasons == {STILL_DRIVEN: 1}
        assert load.tally.numbers[LEFT_BEHIND] == 1
        lines = "\n".join(load_lines(load_events(load.tally, target, 1.0), load.tally))
        assert "perhaps left behind: 1 thing; run-contracts cleanup deletes them" in lines
    finally:
        goes_on.set()
        life.join()
        driver.end()
    assert load.tally.numbers[LEFT_BEHIND] == 1


def test_a_load_that_is_over_sends_nothing_but_what_cleans_up(
    target: Target, load: Load, ledgers: Path
) -> None:
    """Whoever is at work in it: Locust may begin users while it ends."""
    sources: set[str] = set()

    def hear(_: OutgoingRequest, exchange: Exchange) -> None:
        if load.is_over:
            sources.add(exchange.source)
        elif exchange.operation_id == "getRun":
            load.is_over = True

    driver = LifeDriver(target, load, hear, 0.0)
    while not load.is_over:
        driver.drive()
    load.finish()
    driver.drive()
    driver.end()
    assert sources == {CLEANING}
    assert _assistants(target) == 0
    assert list(ledgers.glob("*.jsonl")) == []


def test_a_server_that_makes_no_run_is_not_green(load: Load) -> None:
    """Refusals that hold are not enough."""
    options = ServerOptions(api_key=KEY, speed=20.0, degradations=NO_RUNS)
    with running(options) as url:
        target = _target(url)
        driver = LifeDriver(target, load, _ignore, 0.0)
        for _ in range(4):
            driver.drive()
        driver.end()
    events = load_events(load.tally, target, 1.0)
    assert load.tally.numbers["lives judged"] == 4
    assert exit_code(events) == ExitCode.NOTHING_VERIFIED
    assert NO_CORE in "\n".join(load_lines(events, load.tally))


def test_the_statistics_keep_few_failures_apart(load: Load) -> None:
    """A server that says something else each time does not fill them."""
    kept = {load.failure(f"had no answer: {number}") for number in range(1000)}
    assert len(kept) == MOST_REASONS + 1
    assert load.failure("had no answer: 0") == "had no answer: 0"


def test_all_requests_of_a_life_have_one_source(target: Target, load: Load) -> None:
    """Examples are cut by it: those of a shared life show what others sent, too."""
    sources: set[str] = set()

    def hear(_: OutgoingRequest, exchange: Exchange) -> None:
        if exchange.operation_id in {"getRun", "createRun", "modifyRun"}:
            sources.add(exchange.source)

    driver = LifeDriver(target, load, hear, 1.0)
    driver.drive()
    driver.end()
    assert sources == {LIFE_SOURCE}


def test_a_hand_that_leaves_late_takes_no_other_out(target: Target, load: Load) -> None:
    """What it lends to by then goes on to be recorded."""
    recorder = Recorder(_ignore)
    first, second = load.new_record(target), load.new_record(target)
    with Session(target, listener=recorder) as session:
        hand = Hand(session, recorder)
        late = Thread(target=hand.lend, args=(first,))
        late.start()
        hand.begin(("listRuns", {"thread_id": "thread_none"})).result(10)
        recorder.record = second
        hand.release()
        late.join(10)
        assert recorder.record is second
    assert len(first) == 1
