"""A check sends no more than it may, judges what it has, and leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from run_contracts.client.budget import LONGEST_WAIT, MOST_WAITS
from run_contracts.client.checked_target import Target
from run_contracts.client.session import MOST_PUT_OFF, Session
from run_contracts.engine.creations import leftovers
from run_contracts.events import Decided, Event, ExitCode, ProbeEnded, exchanges
from run_contracts.server import ServerOptions
from run_contracts.traffic.exchange import Exchange
from tests.engine.servers_in_the_way import Answer, connection_to, seen
from tests.engine.verdicts import finished, verdicts

CREATES = ("createRun", "createThreadAndRun")
BOUNDS = (
    st.tuples(st.just("requests"), st.integers(1, 140))
    | st.tuples(st.just("runs"), st.integers(1, 25))
    | st.tuples(st.just("seconds"), st.integers(1, 900))
)


def _sent(told: list[Event]) -> list[Exchange]:
    return [one for one in exchanges(told) if one.source != "cleaning up"]


@settings(max_examples=25, deadline=None)
@given(bound=BOUNDS, edition=st.sampled_from(("v1", "v2")))
def test_a_right_server_is_never_blamed_for_what_was_cut_off(
    bound: tuple[str, int], edition: str
) -> None:
    """Wherever the budget ends a check: nothing is red, nothing is left, and it is not green."""
    told = seen(edition=edition, **{bound[0]: bound[1]})
    footer = finished(told)
    assert [one.requirement for one in verdicts(told).values() if one.result == "fail"] == []
    assert footer.left_behind == ()
    assert leftovers(exchanges(told)) == ()
    assert footer.exit_code == (ExitCode.STOPPED if footer.is_cut else ExitCode.HOLDS)


@pytest.mark.parametrize("most", [1, 30])
def test_no_more_requests_are_sent_than_granted(most: int) -> None:
    """The requests to look around count, deletions do not."""
    told = seen(requests=most)
    assert len(_sent(told)) == finished(told).requests == most


def test_no_more_runs_are_created_than_granted() -> None:
    """Refused ones do not count: 4 runs are granted, and 4 are made."""
    told = seen(runs=4)
    made = [one for one in _sent(told) if one.operation_id in CREATES and one.is_success]
    assert len(made) == 4
    assert finished(told).exit_code == ExitCode.STOPPED


def test_what_was_left_out_is_told_in_one_line_and_undecided() -> None:
    """The line names the bound and each probe that did not run; none of theirs is green."""
    told = seen(requests=25)
    error = finished(told).error
    assert error is not None
    assert error.startswith(
        "in refusals: the budget is spent (--max-requests 25); not run: isolation, cancelling, "
    )
    assert "\n" not in error
    verdict = verdicts(told)["RUN-SUBMIT-001"]
    assert (verdict.result, verdict.reason) == (
        "inconclusive",
        "not run: the budget is spent (--max-requests 25)",
    )
    assert [one.probe for one in told if isinstance(one, ProbeEnded)][-1] == "refusals"


def test_what_is_broken_weighs_more_than_that_the_budget_is_spent() -> None:
    """Nothing that was left out could mend it: exit code 1, and the line is there all the same."""
    footer = finished(seen(faults=("RUN-STATUS-017",), requests=30))
    assert (footer.exit_code, footer.is_cut) == (ExitCode.BROKEN, True)


class Busy:
    """Answers 429 to each so-many-th request, or to all from one on."""

    def __init__(
        self, every: int = 1, after: int = 0, retry: str | None = "2", status: int = 429
    ) -> None:
        self.every, self.after, self.retry, self.sent = every, after, retry, 0
        self.status = status

    def __call__(self, method: str, path: str) -> Answer | None:
        self.sent += 1
        if self.is_free(method) or self.sent <= self.after or self.sent % self.every:
            return None
        return self.status, {"retry-after": self.retry} if self.retry else {}

    def is_free(self, method: str) -> bool:
        return method == "DELETE"


class BusyWithDeletions(Busy):
    """The same for deletions, too."""

    def is_free(self, method: str) -> bool:
        return False


def test_a_server_that_asks_to_wait_is_waited_for() -> None:
    """Every third answer is 429: the check comes to the same verdicts, only later."""
    told = seen(Busy(every=3))
    assert finished(told).exit_code == ExitCode.HOLDS
    assert sum(one.is_put_off for one in _sent(told)) > 20
    assert not [one for one in verdicts(told).values() if one.result == "fail"]


@pytest.mark.parametrize("seconds", [1, 2, int(LONGEST_WAIT)])
def test_nobody_waits_longer_than_asked(seconds: int) -> None:
    """What a server asks for is the pause before the same request is sent again."""
    slept: list[float] = []
    options = ServerOptions.for_checking()
    target = Target(url="http://reference.invalid/v1", key=options.api_key)
    with (
        connection_to(options, Busy(every=2, retry=str(seconds))) as connection,
        Session(target, replace(connection, sleep=slept.append)) as session,
    ):
        answers = [session.send("createThread", json_body={}).response.status for _ in range(2)]
    assert (answers, slept) == ([200, 200], [float(seconds)])


def test_waiting_has_an_end() -> None:
    """A server that answers nothing else is left alone after a few waits, and that is said."""
    told = seen(Busy(after=10))
    refused = [one for one in _sent(told) if one.is_put_off]
    assert len(refused) == MOST_PUT_OFF * (1 + MOST_WAITS)
    assert finished(told).exit_code == ExitCode.STOPPED
    assert "answers 429 after 3 waits" in str(finished(told).error)


def test_nobody_waits_longer_than_a_check_may() -> None:
    """A Retry-After beyond the longest wait ends the check, as one beyond the seconds granted."""
    long = finished(seen(Busy(after=10, retry=str(int(LONGEST_WAIT) + 1))))
    assert "asks to wait 61 seconds" in str(long.error)
    short = finished(seen(Busy(after=10, retry="30"), seconds=35))
    assert "the budget is spent (--max-seconds 35)" in str(short.error)


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_busy_now_and_then_is_checked_to_the_end(status: int) -> None:
    """Whether it says so by 429 or by 503: nothing is broken or blocked for that."""
    told = seen(Busy(every=10, retry="1", status=status))
    assert finished(told).exit_code == ExitCode.HOLDS
    assert not [one for one in verdicts(told).values() if one.result in ("fail", "blocked")]


def test_without_retry_after_pauses_grow() -> None:
    """A 429 that does not say when to come again is waited for all the same."""
    slept: list[float] = []
    options = ServerOptions.for_checking()
    target = Target(url="http://reference.invalid/v1", key=options.api_key)
    with (
        connection_to(options, Busy(retry=None)) as connection,
        Session(target, replace(connection, sleep=slept.append)) as session,
    ):
        assert session.send("createThread", json_body={}).is_put_off
        assert session.waited == sum(slept)
    assert slept == [1, 4, 16]


def test_what_is_put_off_in_a_race_is_waited_for() -> None:
    """The request in the background, too: both are answered in the end."""
    options = ServerOptions.for_checking()
    target = Target(url="http://reference.invalid/v1", key=options.api_key)
    with (
        connection_to(options, Busy(every=2)) as connection,
        Session(target, connection) as session,
    ):
        with session.meanwhile("createThread", json_body={}) as beside:
            inside = session.send("createThread", json_body={})
        assert [one.response.status for one in (inside, *beside)] == [200, 200]
        put_off = [one for one in session.exchanges if one.is_put_off]
        assert put_off
        assert {one.together for one in session.exchanges} == {1}


def test_a_deletion_that_is_put_off_is_made_later() -> None:
    """Nothing is left behind for that."""
    options = ServerOptions.for_checking()
    target = Target(url="http://reference.invalid/v1", key=options.api_key)
    with (
        connection_to(options, BusyWithDeletions(every=2, retry=None)) as connection,
        Session(target, connection) as session,
    ):
        made = session.send("createThread", json_body={}).answered["id"]
        assert session.beside("DELETE", f"/threads/{made}").response.status == 200


def test_what_could_not_be_deleted_is_named() -> None:
    """A server that refuses deletions: each path is in the footer, and the verdict is the same."""

    def refuse(method: str, _: str) -> Answer | None:
        return (403, {}) if method == "DELETE" else None

    told = seen(refuse, requests=40)
    footer = finished(told)
    cleaning = [one for one in exchanges(told) if one.request.method == "DELETE"]
    assert len(footer.left_behind) == len(cleaning) > 3
    assert {one.source for one in cleaning} == {"cleaning up"}
    assert all(
        one.request.url.endswith(path)
        for one, path in zip(cleaning, footer.left_behind, strict=True)
    )
    assert footer.exit_code == ExitCode.STOPPED


def test_everything_created_is_marked_with_the_check() -> None:
    """Assistants and threads carry the id that the report begins with; runs do not."""
    told = seen(requests=60)
    check_id = told[0].check  # type: ignore[union-attr]
    mark = f'"run_contracts": "{check_id}"'.encode()
    marked = [one for one in _sent(told) if mark in one.request.body]
    made = [
        one for one in _sent(told) if str(one.operation_id).startswith(("createA", "createThread"))
    ]
    assert check_id
    assert marked == [one for one in made if one.operation_id != "createRun"]


def test_a_server_that_takes_no_mark_is_checked_all_the_same() -> None:
    """Only a plain request is refused for good."""
    refused = []

    def refuse(method: str, path: str) -> Answer | None:
        if method == "POST" and path.endswith(("/assistants", "/threads")):
            refused.append(path)
            return (400, {}) if len(refused) % 2 else None
        return None

    told = seen(refuse, requests=60)
    blocked = [one for one in told if isinstance(one, ProbeEnded) and one.ending == "blocked"]
    assert refused
    assert blocked == []


def test_an_id_that_was_there_before_is_nobodys_to_delete() -> None:
    """A server that gives a new thread an old id does not get the old one deleted."""
    sent = _sent(seen(requests=40))
    (first, *_) = [one for one in sent if one.operation_id == "createThread"]
    assert len(leftovers(sent)) > len(leftovers([*sent[sent.index(first) + 1 :], first]))


def _deletions(status: int) -> tuple[list[Exchange], set[str]]:
    """Return what a check sent, every deletion answered so, and the paths that it deleted."""
    sent = list(exchanges(seen(requests=40)))
    deletions = [one for one in sent if one.request.method == "DELETE"]
    paths = {"/".join(["", *one.request.url.split("/")[-2:]]) for one in deletions}
    assert len(paths) > 3
    return [_answered(one, status) if one in deletions else one for one in sent], paths


def _answered(exchange: Exchange, status: int) -> Exchange:
    return replace(exchange, response=replace(exchange.response, status=status))


@pytest.mark.parametrize("status", [200, 202, 204])
def test_what_is_said_to_be_deleted_is_not_left_behind(status: int) -> None:
    """Whatever success the server calls it."""
    answered, _ = _deletions(status)
    assert leftovers(answered) == ()


@pytest.mark.parametrize("status", [401, 403, 404, 409, 410, 500])
def test_what_was_not_deleted_is_left_behind(status: int) -> None:
    """Whatever the reason; that nothing is there must be seen, too, when it is asked for."""
    answered, paths = _deletions(status)
    assert set(leftovers(answered)) == paths


@pytest.mark.parametrize("status", [302, 400, 409, 500])
def test_what_was_not_created_is_not_left_behind(status: int) -> None:
    """A refusal that shows a thread is about somebody else's."""
    creations = [one for one in _sent(seen(requests=40)) if one.operation_id == "createThread"]
    assert leftovers(creations)
    assert leftovers(_answered(one, status) for one in creations) == ()


def test_verdicts_are_whole_after_a_cut() -> None:
    """Each requirement has its verdict."""
    assert len([one for one in seen(requests=5) if isinstance(one, Decided)]) == len(
        verdicts(seen())
    )
