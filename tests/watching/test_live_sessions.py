"""Live traffic is put into sessions, and each is judged by what is spoken in it."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from typing import Any

import pytest

from run_contracts.events import Decided, Result
from run_contracts.making.factory import factory
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.report.finding_lines import decided
from run_contracts.report.ranked_causes import ranked
from run_contracts.traffic.exchange import Exchange, Request, Response
from run_contracts.watching import found_once, held_back
from run_contracts.watching.first_exchanges import FIRST_BYTES, FIRST_LOOKED_AT, FirstExchanges
from run_contracts.watching.found_once import FoundOnce
from run_contracts.watching.judge_messages import (
    Began,
    Gap,
    LiveFinding,
    Numbers,
    Passed,
    Unjudged,
    Withdrawn,
)
from run_contracts.watching.live_sessions import MOST_SESSIONS, LiveSessions
from run_contracts.watching.so_far import Passage, WatchedSoFar
from run_contracts.watching.verdicts_of_passed import PLACE_LOST

JSON = (("content-type", "application/json"),)


class Traffic:
    """Says to a judge what passes."""

    def __init__(self, asked: AskedFor | None = None) -> None:
        self.sessions = LiveSessions(asked or AskedFor())
        self.serial = 0

    def begin(
        self, line: str, key: str = "k", host: str = "h", *, beta: tuple[str, ...] = ("v2",)
    ) -> int:
        method, _, path = line.partition(" ")
        self.serial += 1
        named = (("openai-beta", f"assistants={edition}") for edition in beta)
        headers = (("authorization", f"Bearer {key}"), *named)
        self.sessions.hear(Began(self.serial, method, f"http://{host}/v1{path}", headers))
        return self.serial

    def end(self, serial: int, answer: Any, status: int = 200) -> None:
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.sessions.hear(Passed(serial, b"", status, JSON, body, 1e9 + serial, 0.01))

    def add(self, line: str, answer: Any, key: str = "k", host: str = "h", **more: Any) -> None:
        self.end(self.begin(line, key, host, **more), answer)

    def close(self) -> list[LiveFinding | Withdrawn]:
        return [*self.sessions.found(), *self.sessions.close()]

    def broken(self) -> set[str]:
        self.close()
        return set(self.sessions.numbers.broken)


def run(status: str = "queued", **fixed: Any) -> dict[str, Any]:
    """Return a legal run of one thread, with what is wrong with it."""
    made = factory("v2", seed=1).run(status, id="run_1", thread_id="thread_1")  # type: ignore[arg-type]
    return {**made, **fixed}


GET = "GET /threads/thread_1/runs/run_1"


def test_what_goes_back_in_its_life_is_found() -> None:
    """A run that ended does not begin again."""
    traffic = Traffic()
    for status in ("queued", "completed", "in_progress"):
        traffic.add(GET, run(status))
    assert any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())


def test_what_belongs_to_two_servers_is_not_put_together() -> None:
    """Two servers may give the same id."""
    traffic = Traffic()
    traffic.add(GET, run("completed"), host="one")
    traffic.add(GET, run("in_progress"), host="two")
    assert not any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())
    assert traffic.sessions.numbers.sessions == 2


def test_what_was_asked_with_two_keys_is_not_put_together() -> None:
    """Two keys may be of two projects."""
    traffic = Traffic()
    traffic.add(GET, run("completed"), key="one")
    traffic.add(GET, run("in_progress"), key="two")
    assert not any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())


@pytest.mark.parametrize("is_offered", [False, True])
def test_what_a_server_does_not_offer_is_not_held(is_offered: bool) -> None:
    """It shows nothing of the rule, and is not green for it."""
    traffic = Traffic()
    serial = traffic.begin("POST /threads/thread_1/runs")
    asked, made = (json.dumps(one).encode() for one in ({"assistant_id": "asst_1"}, run("queued")))
    traffic.sessions.hear(Passed(serial, asked, 200, JSON, made, 1e9 + serial, 0.01))
    if is_offered:
        traffic.add(GET, run("queued"))
    else:
        traffic.end(traffic.begin(GET), {"detail": "Not Found"}, status=404)
    traffic.close()
    so_far = WatchedSoFar(target="http://h/v1", asked=AskedFor())
    so_far.hear(traffic.sessions.numbers)
    events = so_far.events(Passage())
    verdicts = {one.requirement: one for one in events if isinstance(one, Decided)}
    found = verdicts["RUN-CREATE-003"]
    wanted = (Result.PASS, 1) if is_offered else (Result.INCONCLUSIVE, 0)
    assert (found.result, found.held) == wanted


MODIFY = "POST /threads/thread_1/runs/run_1"
ALONE = AskedFor.named("v2", None, is_auto=False, is_alone=True)


def _modified(traffic: Traffic, metadata: dict[str, str]) -> None:
    """Modify a run that has ended, and be answered with what was asked for."""
    serial = traffic.begin(MODIFY)
    asked = json.dumps({"metadata": metadata}).encode()
    answer = json.dumps(run("completed", metadata=metadata)).encode()
    traffic.sessions.hear(Passed(serial, asked, 200, JSON, answer, 1e9 + serial, 0.01))


def test_a_change_that_did_not_pass_here_is_no_defect() -> None:
    """A dashboard changes metadata, too; unless somebody says that nobody else is at work."""
    for asked, found in ((ALONE, True), (ALONE._replace(is_alone=False), False)):
        traffic = Traffic(asked)
        traffic.add(GET, run("completed"))
        _modified(traffic, {"a": "1"})
        traffic.add(GET, run("completed", metadata={"a": "2"}))
        assert ("RUN-MODIFY-002" in traffic.broken()) is found


@pytest.mark.parametrize("first", [True, False])
def test_a_second_key_at_the_server_ends_being_alone(first: bool) -> None:
    """From its first request on, whether it was answered yet or not, and for ever."""
    traffic = Traffic(ALONE)
    if first:
        traffic.add("GET /threads/thread_9/runs", {}, key="other")
    traffic.add(GET, run("completed"))
    _modified(traffic, {"a": "1"})
    if not first:
        traffic.begin("POST /threads/thread_1/runs/run_1", key="other")
    traffic.add(GET, run("completed", metadata={"a": "2"}))
    assert "RUN-MODIFY-002" not in traffic.broken()


@pytest.mark.parametrize(("host", "other"), [("h", "H:80"), ("localhost:8000", "127.0.0.1:8000")])
def test_a_second_name_of_the_server_ends_being_alone(host: str, other: str) -> None:
    """Who writes the port, or the number of this machine, asks the same server."""
    traffic = Traffic(ALONE)
    traffic.add(GET, run("completed"), host=other, key="other")
    traffic.add(GET, run("completed"), host=host)
    serial = traffic.begin(MODIFY, host=host)
    asked = json.dumps({"metadata": {"a": "1"}}).encode()
    answer = json.dumps(run("completed", metadata={"a": "1"})).encode()
    traffic.sessions.hear(Passed(serial, asked, 200, JSON, answer, 1e9 + serial, 0.01))
    traffic.add(GET, run("completed", metadata={"a": "2"}), host=host)
    assert "RUN-MODIFY-002" not in traffic.broken()


def test_a_key_at_another_server_changes_nothing_here() -> None:
    """Being alone is with a server."""
    traffic = Traffic(ALONE)
    traffic.add(GET, run("completed"), host="elsewhere", key="other")
    traffic.add(GET, run("completed"))
    _modified(traffic, {"a": "1"})
    traffic.add(GET, run("completed", metadata={"a": "2"}))
    assert "RUN-MODIFY-002" in traffic.broken()


def test_who_may_have_been_lost_may_have_been_another() -> None:
    """After a hole nobody is alone."""
    traffic = Traffic(ALONE)
    traffic.sessions.hear(Gap(0))
    traffic.add(GET, run("completed"))
    _modified(traffic, {"a": "1"})
    traffic.add(GET, run("completed", metadata={"a": "2"}))
    assert "RUN-MODIFY-002" not in traffic.broken()


def test_answers_that_overlapped_have_no_order() -> None:
    """The older answer may come last, on another connection."""
    traffic = Traffic()
    older, newer = traffic.begin(GET), traffic.begin(GET)
    traffic.end(newer, run("completed"))
    traffic.end(older, run("in_progress"))
    assert not any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())


def test_what_is_read_beside_a_slow_change_is_not_judged_before_it_has_ended() -> None:
    """A change takes effect before it is answered; so does a deletion, which then is no defect."""
    traffic = Traffic(ALONE)
    traffic.add(GET, run("completed"))
    _modified(traffic, {"a": "1"})
    changing = traffic.begin(MODIFY)
    traffic.add(GET, run("completed", metadata={"a": "2"}))
    assert list(traffic.sessions.found()) == []
    new = run("completed", metadata={"a": "2"})
    asked = json.dumps({"metadata": {"a": "2"}}).encode()
    answer = json.dumps(new).encode()
    traffic.sessions.hear(Passed(changing, asked, 200, JSON, answer, 1e9 + changing, 0.01))
    deleting = traffic.begin("DELETE /threads/thread_1")
    gone = {
        "error": {"message": "none", "type": "invalid_request_error", "param": None, "code": None}
    }
    traffic.end(traffic.begin(GET), gone, status=404)
    assert list(traffic.sessions.found()) == []
    traffic.end(deleting, {"id": "thread_1", "object": "thread.deleted", "deleted": True})
    assert traffic.broken() == set()


def test_what_is_read_beside_a_change_that_broke_off_waits_for_it() -> None:
    """What broke off is held back until it shows why, and so is what stands beside it."""
    traffic = Traffic(ALONE)
    traffic.add(GET, run("completed"))
    _modified(traffic, {"a": "1"})
    changing = traffic.begin(MODIFY)
    reading = traffic.begin(GET)
    other = traffic.begin(GET)
    asked = json.dumps({"metadata": {"a": "2"}}).encode()
    traffic.end(reading, run("completed", metadata={"a": "2"}))
    traffic.end(other, run("completed", metadata={"a": "2"}))
    traffic.sessions.hear(
        Passed(changing, asked, 200, JSON, b"{", 1e9 + changing, 0.01, broken_off="reset")
    )
    assert list(traffic.sessions.found()) == []
    assert "RUN-MODIFY-002" not in traffic.broken()


def test_an_overlap_on_another_thread_hides_nothing() -> None:
    """However much goes on at once."""
    traffic = Traffic()
    other = traffic.begin("GET /threads/thread_2/runs")
    for status in ("completed", "in_progress"):
        traffic.add(GET, run(status))
    traffic.end(other, {"object": "list", "data": [], "has_more": False})
    assert any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())


def _inherits(order: str, asked: AskedFor) -> set[str]:
    """Return what is broken where a run is created while its assistant is changed, in this order.

    Of the create `c`, the change `m` and the read `r` of the assistant a capital is the end.
    """
    traffic = Traffic(asked)
    old, new = ({"id": "asst_1", "instructions": text} for text in ("old", "new"))
    assistants = [
        {**factory("v2", seed=1).value("assistant"), **one}  # type: ignore[arg-type]
        for one in (old, new)
    ]
    made = run(assistant_id="asst_1", instructions="old")
    sent = {
        "c": ("POST /threads/thread_1/runs", made),
        "m": ("POST /assistants/asst_1", assistants[1]),
        "r": ("GET /assistants/asst_1", assistants[0]),
    }
    traffic.add("POST /assistants", assistants[0])
    serials: dict[str, int] = {}
    for step in order:
        line, answer = sent[step.lower()]
        if step.islower():
            serials[step] = traffic.begin(line)
            continue
        body = json.dumps(answer).encode()
        asked_for = b'{"assistant_id":"asst_1"}' if step == "C" else b""
        serial = serials[step.lower()]
        traffic.sessions.hear(Passed(serial, asked_for, 200, JSON, body, 1e9 + serial, 0.01))
    traffic.add("GET /assistants/asst_1", assistants[1])
    return traffic.broken()


@pytest.mark.parametrize("asked", [ALONE, ALONE._replace(is_alone=False)])
@pytest.mark.parametrize("order", ["cmMC", "mcMC", "cmCM", "mcCM", "rmMRcC", "mrMRcC"])
def test_an_assistant_that_changes_meanwhile_decides_nothing(order: str, asked: AskedFor) -> None:
    """A run may be made of what it was or of what it became, whatever thread it is on."""
    assert "RUN-ECHO-012" not in _inherits(order, asked)


def test_an_assistant_that_was_changed_before_decides() -> None:
    """What has ended when a run is asked for is what the run is made of."""
    assert "RUN-ECHO-012" in _inherits("mMcC", ALONE)


def test_what_is_spoken_may_change_as_more_is_seen_and_what_was_found_is_withdrawn() -> None:
    """A run without a field of v2 may be of v1, which the next one shows."""
    plain = run(tools=[])
    for name in ("tool_resources", "parallel_tool_calls"):
        plain.pop(name, None)
    traffic = Traffic()
    traffic.add(GET, plain)
    assert [one for one in traffic.sessions.found() if isinstance(one, LiveFinding)] != []
    traffic.add("GET /threads/thread_3/runs/run_3", {**plain, "id": "run_3", "file_ids": []})
    assert Withdrawn(1) in traffic.close()
    assert [spoken[0] for spoken in traffic.sessions.numbers.spoken] == ["v1"]


def _late_runs(before: int) -> Traffic:
    """Return traffic of a right v1 server whose first run comes after so many threads."""
    traffic = Traffic()
    for number in range(before):
        thread = {"id": f"thread_{number}", "object": "thread", "created_at": 1770000000 + number}
        traffic.add("POST /threads", {**thread, "metadata": {}}, beta=())
    for made in factory("v1", seed=1).history("completed", id="run_1", thread_id="thread_1"):
        traffic.add(GET, made, beta=())
    return traffic


@pytest.mark.parametrize("before", [3, 64, 70, 300])
def test_what_is_spoken_stays_open_until_a_run_is_seen(before: int) -> None:
    """However long a client does without runs, its first one says what edition is spoken."""
    traffic = _late_runs(before)
    assert not traffic.broken()
    assert [one[0] for one in traffic.sessions.numbers.spoken] == ["v1"]


def test_what_is_kept_until_a_run_is_seen_is_bounded() -> None:
    """A session without runs keeps no more than so many exchanges."""
    first = FirstExchanges()
    for number in range(1, 300):
        body = b"x" * (1024 * 1024 if number < 20 else 1)
        answer = Response(status=200, body=body)
        request = Request(method="GET", url="http://h/v1/threads/thread_1")
        first.add(Exchange(number=number, edition="v2", request=request, response=answer))
        assert len(first.since_beginning()) <= FIRST_LOOKED_AT
        assert sum(len(one.response.body) for one in first.since_beginning()) <= FIRST_BYTES


def test_what_is_named_is_not_found_out() -> None:
    """Then nothing is withdrawn."""
    traffic = Traffic(AskedFor.named("v2", None, is_auto=False))
    traffic.add(GET, {**run(), "file_ids": []})
    traffic.close()
    assert [spoken[:2] for spoken in traffic.sessions.numbers.spoken] == [("v2", "")]


def test_sessions_are_bounded_and_what_a_closed_one_showed_stays() -> None:
    """The session that was asked longest ago ends; its violations count."""
    traffic = Traffic()
    traffic.add(GET, run(object="thread.runs"), key="first")
    for number in range(MOST_SESSIONS + 5):
        traffic.add(GET, run(), key=f"key-{number}")
    assert len(traffic.sessions._sessions) == MOST_SESSIONS
    assert traffic.sessions.numbers.judged == MOST_SESSIONS + 6
    assert traffic.broken() != set()


def _polled(traffic: Traffic, status: str, times: int = 20) -> None:
    """Read a run so often, ten seconds apart."""
    for _ in range(times):
        serial = traffic.begin(GET)
        body = json.dumps(run(status)).encode()
        traffic.sessions.hear(Passed(serial, b"", 200, JSON, body, 1e9 + 10 * serial, 0.01))


@pytest.mark.parametrize("status", ["in_progress", "cancelling"])
def test_a_run_may_take_as_long_as_it_takes(status: str) -> None:
    """A watch that ends does not wait for it, nor does a session that is closed for others."""
    traffic = Traffic()
    _polled(traffic, status)
    assert not traffic.broken()


def test_what_is_still_open_is_not_broken_because_others_need_its_place() -> None:
    """A run that waits beyond its time may be seen to have expired with its next read."""
    for is_closed_for_others in (True, False):
        traffic = Traffic()
        waiting = run("requires_action")
        traffic.add(GET, waiting)
        late = {**run("completed"), "id": "run_2", "created_at": waiting["expires_at"] + 9_000}
        late |= {"started_at": late["created_at"], "completed_at": late["created_at"] + 1}
        traffic.add("GET /threads/thread_2/runs/run_2", {**late, "thread_id": "thread_2"})
        traffic.add(GET, waiting)
        for number in range(MOST_SESSIONS if is_closed_for_others else 0):
            traffic.add("GET /threads/thread_3/runs", {}, key=f"other-{number}")
        assert ("RUN-LIFE-008" in traffic.broken()) is not is_closed_for_others


def test_after_a_gap_what_was_open_is_not_judged() -> None:
    """Nobody knows what ended meanwhile."""
    traffic = Traffic()
    opened = traffic.begin(GET)
    traffic.sessions.hear(Gap(opened))
    traffic.end(opened, run())
    assert traffic.sessions.numbers.judged == 0
    assert traffic.sessions.numbers.unjudged.total() == 1


def test_nothing_is_judged_across_a_gap_and_what_was_counted_stays() -> None:
    """What was lost may have changed all that was seen before."""
    traffic = Traffic()
    traffic.add(GET, run("completed"))
    list(traffic.sessions.found())
    before = traffic.sessions.numbers.exercised
    traffic.sessions.hear(Gap(traffic.serial))
    traffic.add(GET, run("in_progress"))
    assert traffic.broken() == set()
    assert before <= traffic.sessions.numbers.exercised
    assert before.total() > 0


def test_after_what_ends_that_began_in_a_gap_nothing_is_judged_with_what_was_before() -> None:
    """It may have changed anything until then."""
    traffic = Traffic()
    lost = traffic.begin("POST /threads/thread_1/runs/run_1/cancel")
    traffic.sessions.hear(Gap(lost))
    traffic.add(GET, run("completed"))
    traffic.end(lost, run("cancelling"))
    traffic.add(GET, run("in_progress"))
    assert traffic.broken() == set()


def test_what_is_not_judged_may_have_been_done() -> None:
    """A modify that nobody read explains what the next observation shows."""
    modify = "POST /threads/thread_1/runs/run_1"
    for is_lost in (False, True):
        traffic = Traffic(AskedFor.named("v2", None, is_auto=False, is_alone=True))
        traffic.add(GET, run("completed"))
        serial = traffic.begin(modify)
        body = json.dumps({"metadata": {"a": "1"}}).encode()
        answer = json.dumps(run("completed", metadata={"a": "1"})).encode()
        traffic.sessions.hear(Passed(serial, body, 200, JSON, answer, 1e9 + serial, 0.01))
        if is_lost:
            traffic.sessions.hear(Unjudged(traffic.begin(modify), "a body of more than 32 MiB"))
        traffic.add(GET, run("completed", metadata={"a": "2"}))
        assert ("RUN-MODIFY-002" in traffic.broken()) is not is_lost


def test_what_is_not_judged_is_nothing_that_a_client_did_wrong() -> None:
    """The body of its request was not kept."""
    traffic = Traffic(AskedFor(judges="both"))
    traffic.add(GET, run())
    serial = traffic.begin("POST /threads/thread_1/runs")
    traffic.sessions.hear(Unjudged(serial, "a body of more than 32 MiB"))
    assert not any(id_.startswith("CLIENT-") for id_ in traffic.broken())


def test_an_encoding_that_cannot_be_read_here_is_not_judged() -> None:
    """That is not the server's doing; a name that nobody knows is not repeated."""
    traffic = Traffic()
    for encoding in ("compress", "x-secret-1"):
        serial = traffic.begin(GET)
        headers = (*JSON, ("content-encoding", encoding))
        traffic.sessions.hear(Passed(serial, b"", 200, headers, b"\x1f\x9d\xff", 1e9, 0.01))
    assert traffic.broken() == set()
    assert traffic.sessions.numbers.unjudged == {
        "its content-encoding cannot be read here: compress": 1,
        "its content-encoding cannot be read here: one that is not known": 1,
    }


def test_a_request_is_judged_as_it_was_before_it_was_compressed() -> None:
    """Some clients compress what they send."""
    traffic = Traffic(AskedFor(judges="both"))
    headers = (("content-encoding", "gzip"), *JSON, ("openai-beta", "assistants=v2"))
    traffic.sessions.hear(Began(1, "POST", "http://h/v1/threads/thread_1/runs", headers))
    body = gzip.compress(json.dumps({"assistant_id": "asst_other"}).encode())
    traffic.sessions.hear(Passed(1, body, 200, JSON, json.dumps(run()).encode(), 1e9, 0.01))
    assert "RUN-ID-012" in traffic.broken()


def test_a_server_that_was_started_again_gives_the_ids_it_gave_before() -> None:
    """One whose ids are seeded or counted does."""
    traffic = Traffic()
    for statuses in (("queued", "completed"), ("queued", "in_progress")):
        traffic.add("POST /threads", {"id": "thread_1", "object": "thread"})
        for status in statuses:
            traffic.add(GET, run(status))
    assert not any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())


def test_what_was_broken_before_a_server_was_started_again_is_found() -> None:
    """Its first life is judged for good."""
    traffic = Traffic()
    for statuses in (("completed", "in_progress"), ("queued",)):
        traffic.add("POST /threads", {"id": "thread_1", "object": "thread"})
        for status in statuses:
            traffic.add(GET, run(status))
    said = {one.seen.requirement for one in traffic.close() if isinstance(one, LiveFinding)}
    assert "RUN-LIFE-002" in said
    assert traffic.sessions.numbers.broken["RUN-LIFE-002"] == 1


def test_a_session_whose_reading_changes_takes_nothing_from_the_others() -> None:
    """What was found in them was said, and is not said again."""
    plain = run(tools=[])
    for name in ("tool_resources", "parallel_tool_calls"):
        plain.pop(name, None)
    found = FoundOnce()
    traffic = Traffic()
    traffic.sessions._found = found
    traffic.add(GET, plain, key="steady")
    first = [one for one in traffic.sessions.found() if isinstance(one, LiveFinding)]
    traffic.add(GET, plain, key="changing")
    traffic.add(GET, {**plain, "file_ids": []}, key="changing")
    list(traffic.sessions.found())
    traffic.add(GET, plain, key="steady")
    again = [one for one in traffic.sessions.found() if isinstance(one, LiveFinding)]
    assert first != []
    assert again != []
    assert not any(one.is_new for one in again if one.session == first[0].session)


def test_what_is_broken_stays_so_when_no_more_places_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That places are used up makes nothing hold."""
    monkeypatch.setattr(found_once, "MOST_PLACES_NAMED", 1)
    traffic = Traffic(AskedFor.named("v2", None, is_auto=False))
    so_far = WatchedSoFar(target="x", asked=AskedFor())
    traffic.add(GET, {"object": "thread.run", "id": "run_1"})
    for message in (*traffic.close(), traffic.sessions.numbers):
        so_far.hear(message)
    events = so_far.events(Passage())
    verdicts = {one.requirement: one for one in events if isinstance(one, Decided)}
    broken = traffic.sessions.numbers.broken
    assert len(broken) > 1
    assert {verdicts[id_].result for id_ in broken} == {Result.FAIL}
    assert PLACE_LOST not in {verdicts[id_].broken[0].request for id_ in broken}


def test_a_count_whose_place_was_withdrawn_is_told_all_the_same() -> None:
    """The session in which it was named begins anew in another reading; the others stay."""
    so_far = WatchedSoFar(target="x", asked=AskedFor.named("v2", None, is_auto=False))
    so_far.hear(Numbers(judged=7, broken=Counter({"RUN-LIST-005": 2})))
    events = tuple(so_far.events(Passage(requests=7, ended=7)))
    told = next(one for one in events if isinstance(one, Decided) and one.broken)
    assert (told.requirement, told.result, told.more) == ("RUN-LIST-005", Result.FAIL, 1)
    assert told.broken[0].request == PLACE_LOST
    (cause,) = ranked((), [told])
    assert cause.head == "1. seen in at least 1 answer, 2 times"
    lines = decided(told, command="")
    assert "  where     (not kept) (exchange 7)" in lines


def test_what_signs_a_url_is_hidden_in_what_is_found() -> None:
    """Functions take a code in the query, storage a signature."""
    traffic = Traffic()
    query = "code=hidden-1&sig=hidden-2&signature=hidden-3&X-Amz-Signature=hidden-4"
    traffic.add(f"{GET}?{query}", run(model=7))
    findings = [one for one in traffic.close() if isinstance(one, LiveFinding)]
    assert findings != []
    assert "hidden-" not in repr(findings)


def test_what_is_not_to_be_judged_is_counted_by_its_reason() -> None:
    """A body may be too large."""
    traffic = Traffic()
    serial = traffic.begin(GET)
    traffic.sessions.hear(Unjudged(serial, "a body of more than 32 MiB"))
    assert traffic.sessions.numbers.unjudged == {"a body of more than 32 MiB": 1}


def test_an_error_of_ours_costs_one_exchange_and_is_counted() -> None:
    """What cannot even be read as a message is named, with where it was raised."""
    traffic = Traffic()
    traffic.sessions.hear(Began(1, "GET", "http://[", ()))
    traffic.add(GET, run())
    traffic.close()
    numbers = traffic.sessions.numbers
    assert (numbers.judged, numbers.own_errors.total()) == (1, 1)
    assert "live_sessions.py" in numbers.raised_at[0][1]


def test_secrets_are_hidden_in_what_is_found() -> None:
    """A key that a server repeats is shown by its name."""
    traffic = Traffic()
    traffic.add(GET, {**run(), "model": 7, "instructions": "sk-secret-1"}, key="sk-secret-1")
    findings = [one for one in traffic.close() if isinstance(one, LiveFinding)]
    assert findings != []
    assert "sk-secret-1" not in repr(findings)
    kept = [one.exchange for one in findings if one.exchange is not None]
    assert all(b"sk-secret-1" not in one.response.body for one in kept)
    assert all("sk-secret-1" not in str(one.request.headers) for one in kept)


def test_the_newest_statuses_of_open_runs_are_shown() -> None:
    """A page can draw what is under way."""
    traffic = Traffic()
    for status in ("queued", "in_progress"):
        traffic.add(GET, run(status))
    list(traffic.sessions.found())
    assert dict(traffic.sessions.numbers.open_histories)["run_1"] == ("queued", "in_progress")


def test_both_sides_are_judged_if_that_is_asked() -> None:
    """A client that submits nothing where outputs are due is one thing, what it asks another."""
    traffic = Traffic(AskedFor(judges="both"))
    serial = traffic.begin("POST /threads/thread_1/runs")
    body = json.dumps({"assistant_id": 7}).encode()
    answer = json.dumps(run()).encode()
    traffic.sessions.hear(Passed(serial, body, 200, JSON, answer, 1e9, 0.01))
    assert any(id_.startswith("CLIENT-") for id_ in traffic.broken())


@pytest.mark.parametrize("is_stopped", [True, False])
def test_who_is_stopped_may_break_off_answers(is_stopped: bool) -> None:
    """Nobody listens then; a server that goes on must send its answers to their end."""
    traffic = Traffic(AskedFor.named("v2", None, is_auto=False))
    traffic.add(GET, run())
    for _ in range(2):
        serial = traffic.begin(GET)
        cut = Passed(serial, b"", 200, JSON, b"{", 1e9 + serial, 0.01, broken_off="peer closed")
        traffic.sessions.hear(cut)
        list(traffic.sessions.found())
    if is_stopped:
        failure = "ConnectError: All connection attempts failed"
        serial = traffic.begin(GET)
        traffic.sessions.hear(Passed(serial, b"", 0, (), b"", 1e9, 0.01, failure=failure))
    traffic.add(GET, run())
    assert ("RUN-HTTP-005" in traffic.broken()) is not is_stopped


BROKEN_BY_CUTS = {"RUN-HTTP-004", "RUN-HTTP-005", "RUN-BODY-001"}


def _stop(traffic: Traffic, *, cut: int, hung_up: int) -> None:
    """Let a server stop while so many answers are under way, and so many are not begun."""
    serials = [traffic.begin(f"GET /threads/thread_{at}/runs/run_1") for at in range(cut + hung_up)]
    for at, serial in enumerate(serials):
        moment = (1e9, 0.5)
        if at < cut:
            passed = Passed(serial, b"", 200, JSON, b"{", *moment, broken_off="peer closed")
        else:
            passed = Passed(serial, b"", 0, (), b"", *moment, failure="closed", silences=1)
        traffic.sessions.hear(passed)
        list(traffic.sessions.found())


@pytest.mark.parametrize(("cut", "hung_up"), [(1, 0), (2, 0), (3, 2), (0, 3)])
def test_a_server_that_is_stopped_breaks_nothing_by_that(cut: int, hung_up: int) -> None:
    """However much was under way, and though it is there again afterwards."""
    traffic = Traffic(AskedFor.named("v2", None, is_auto=False))
    traffic.add(GET, run())
    _stop(traffic, cut=cut, hung_up=hung_up)
    assert not BROKEN_BY_CUTS & set(traffic.sessions.numbers.broken)
    serial = traffic.begin(GET)
    failure = "ConnectError: All connection attempts failed"
    traffic.sessions.hear(Passed(serial, b"", 0, (), b"", 1e9 + 1, 0.01, failure=failure))
    traffic.add(GET, run())
    assert not BROKEN_BY_CUTS & traffic.broken()


def test_a_server_that_is_stopped_at_the_end_breaks_nothing_by_that() -> None:
    """Nothing came after its answers broke off."""
    traffic = Traffic(AskedFor.named("v2", None, is_auto=False))
    traffic.add(GET, run())
    _stop(traffic, cut=3, hung_up=2)
    assert not BROKEN_BY_CUTS & traffic.broken()


def test_an_answer_that_was_on_its_way_does_not_show_that_a_server_goes_on() -> None:
    """It was asked for before the others broke off, and heard only after them."""
    traffic = Traffic(AskedFor.named("v2", None, is_auto=False))
    traffic.add(GET, run())
    early = traffic.begin(GET)
    _stop(traffic, cut=2, hung_up=0)
    body = json.dumps(run()).encode()
    traffic.sessions.hear(Passed(early, b"", 200, JSON, body, 1e9, 0.6))
    assert list(traffic.sessions.found()) == []
    assert not BROKEN_BY_CUTS & traffic.broken()


def test_what_is_held_back_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that breaks off whatever it answers does not fill the memory."""
    monkeypatch.setattr(held_back, "MOST_HELD_BACK", 5)
    traffic = Traffic(AskedFor.named("v2", None, is_auto=False))
    for _ in range(20):
        serial = traffic.begin(GET)
        cut = Passed(serial, b"", 200, JSON, b"{", 1e9, 0.5, broken_off="peer closed")
        traffic.sessions.hear(cut)
    list(traffic.sessions.found())
    assert traffic.sessions.numbers.exercised["RUN-HTTP-001"] >= 14


def test_what_was_asked_in_two_editions_is_not_put_together() -> None:
    """The header names the edition of an answer; a key may use both."""
    traffic = Traffic()
    traffic.add(GET, run("completed"), beta=("v2",))
    traffic.add(GET, run("in_progress"), beta=("v1",))
    traffic.close()
    assert traffic.sessions.numbers.sessions == 2
    assert not any(id_.startswith("RUN-LIFE-") for id_ in traffic.sessions.numbers.broken)


def test_an_error_of_ours_in_one_session_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is counted; what another session shows is found."""
    traffic = Traffic()
    for key in ("one", "two"):
        for status in ("completed", "in_progress"):
            traffic.add(GET, run(status), key=key)
    broken = next(iter(traffic.sessions._sessions.values()))

    def raising() -> Any:
        raise LookupError

    monkeypatch.setattr(broken, "found", raising)
    assert any(id_.startswith("RUN-LIFE-") for id_ in traffic.broken())
    assert traffic.sessions.numbers.own_errors["the verdict on a session"] == 1
