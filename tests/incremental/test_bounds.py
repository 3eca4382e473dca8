"""What a judge keeps is bounded in each respect, and what it let go calls nothing broken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from run_contracts.checks import Outcome
from run_contracts.factories import make_run
from run_contracts.incremental import (
    explaining,
    kept_assistants,
    read_before,
    seen_cancels,
    tails,
    verdicts_so_far,
)
from run_contracts.incremental import (
    judge as judge_module,
)
from run_contracts.incremental.component import MOST_KEPT_STATUSES, Component
from run_contracts.incremental.explaining import Explaining
from run_contracts.incremental.judge import IncrementalJudge
from run_contracts.incremental.kept_assistants import KeptAssistants
from run_contracts.incremental.kept_at_most import KeptAtMost
from run_contracts.incremental.read_before import ReadBefore
from run_contracts.incremental.seen_cancels import SeenCancels
from run_contracts.incremental.tails import Tails
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange, Response
from tests.incremental.made_traffic import JSON, V2, Traffic, judged

NOTHING = Response(status=0, failure="it hung up", is_whole=False)
ABSENT = Response(status=404, headers=JSON, body=b'{"detail":"Not Found"}')


def _assistant(traffic: Traffic, id_: str, name: str = "", method: str = "GET") -> Exchange:
    shown = {"id": id_, "object": "assistant", "name": name}
    return traffic.of(method, f"/assistants/{id_}", shown)


def _wrongly_created(traffic: Traffic, run: Any) -> Exchange:
    """Return a create whose wrong metadata a lenient server accepted."""
    asked = {"assistant_id": run["assistant_id"], "metadata": run["metadata"]}
    begun = {"status": "queued", "started_at": None, "completed_at": None, "usage": None}
    return traffic.of("POST", f"/threads/{run['thread_id']}/runs", run | begun, asked)


@pytest.mark.parametrize("bound", ["MOST_TAILS", "MOST_TAIL_BYTES"])
def test_tails_are_bounded(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their number, and in bytes."""
    most = {"MOST_TAILS": 5, "MOST_TAIL_BYTES": 50_000}
    monkeypatch.setattr(tails, bound, most[bound])
    traffic, kept = Traffic(), Tails()
    for exchange in traffic.lives(40):
        kept.keep([exchange.ids["thread_id"]], [exchange], Explaining())
    assert 0 < len(kept) < 10
    assert kept.take([exchange.ids["thread_id"]])
    assert kept.size < 50_000


def test_a_tail_keeps_nothing_that_was_decoded() -> None:
    """It takes a tenth of the memory, and is decoded again if its thread goes on."""
    traffic, kept = Traffic(), Tails()
    read = traffic.read(make_run("completed"))
    assert read.answer.objects["run"]
    kept.keep([read.ids["thread_id"]], [read], Explaining())
    ((again,), _) = kept.take([read.ids["thread_id"]])[0]
    assert again.answer is not read.answer
    assert again.answer.objects == read.answer.objects


@pytest.mark.parametrize(
    "limits", [KeptAtMost(undecided=50), KeptAtMost(size=8 * 1_000_000)], ids=str
)
def test_what_is_undecided_is_bounded(limits: KeptAtMost) -> None:
    """However small those are that are let go, and however large what comes."""
    limits = KeptAtMost(quiet=5, of_all=60, undecided=limits.undecided, size=limits.size)
    traffic, judge = Traffic(), IncrementalJudge(V2, limits=limits)
    for reads in (*[1] * 40, *[40] * 20):
        ended = make_run("completed")
        path = f"/threads/{ended['thread_id']}/runs/{ended['id']}/steps"
        for _ in range(reads - 1):
            judge.add(traffic.read(ended))
        judge.add(traffic.of("GET", path, None, response=ABSENT))
        kept = judge._undecided
        assert sum(len(one.exchanges) for one in kept) <= limits.undecided
        assert sum(one.size for one in kept) <= limits.size // 8
    assert kept


def test_what_is_undecided_is_judged_when_more_is_known() -> None:
    """A refusal says that something is not there only where the server offers the operation."""
    traffic, judge = Traffic(), IncrementalJudge(V2, limits=KeptAtMost(quiet=3), is_alone=True)
    made, ended = make_run("queued"), make_run("completed")
    made["started_at"] = None
    asked = {"assistant_id": made["assistant_id"]}
    judge.add(traffic.of("POST", f"/threads/{made['thread_id']}/runs", made, asked))
    judge.add(traffic.read(made, response=ABSENT))
    for _ in range(6):
        judge.add(traffic.of("GET", "/threads/thread_x", None, response=ABSENT))
    judge.add(traffic.read(ended))
    assert "RUN-CREATE-003" in {one.requirement for one in judge.close()}


@pytest.mark.parametrize("bound", ["MOST_ASSISTANTS", "MOST_ASSISTANT_BYTES"])
def test_assistants_are_bounded(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their number, and in bytes: those that were asked for last are kept."""
    monkeypatch.setattr(kept_assistants, bound, {"MOST_ASSISTANTS": 3}.get(bound, 30_000))
    traffic, kept = Traffic(), KeptAssistants()
    for at in range(20):
        kept.add(_assistant(traffic, f"asst_{at}"))
    runs = [traffic.read(make_run("queued") | {"assistant_id": f"asst_{at}"}) for at in range(20)]
    assert 0 < len(kept.named_in(runs)) <= 5
    assert kept.named_in(runs[-1:])
    assert kept.size <= 40_000


def test_what_is_kept_of_an_assistant_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest exchanges about it."""
    monkeypatch.setattr(kept_assistants, "MOST_OF_ASSISTANT", 3)
    traffic, kept = Traffic(), KeptAssistants()
    for at in range(20):
        kept.add(_assistant(traffic, "asst_1", str(at), "POST"))
    run = traffic.read(make_run("queued") | {"assistant_id": "asst_1"})
    assert [one.number for one in kept.named_in([run])] == [18, 19, 20]
    assert kept.size < 4 * 7_000


@pytest.mark.parametrize("bound", ["MOST_WITHOUT_ANSWER", "MOST_UNANSWERED_BYTES"])
def test_what_was_never_answered_is_bounded(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its number, and in bytes."""
    most = {"MOST_WITHOUT_ANSWER": 4}.get(bound, 4 * 7_000)
    monkeypatch.setattr(judge_module, bound, most)
    traffic, judge = Traffic(), IncrementalJudge(V2)
    for _ in range(30):
        judge.add(traffic.read(make_run("queued"), response=NOTHING))
    assert 0 < len(judge._unanswered) <= 4


@pytest.mark.parametrize("bound", ["MOST_EXPLAINING", "MOST_EXPLAINING_BYTES"])
def test_what_explains_is_bounded_and_says_so(bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was left off might have explained anything."""
    monkeypatch.setattr(explaining, bound, {"MOST_EXPLAINING": 3}.get(bound, 3 * 7_000))
    traffic, kept = Traffic(), Explaining()
    lost = [traffic.of("DELETE", "/threads/thread_1", {}, response=NOTHING) for _ in range(20)]
    kept.add(lost[:2], V2)
    assert not kept.is_full
    kept.add(lost, V2)
    assert len(kept.open) <= 3
    assert kept.is_full


@pytest.mark.parametrize("is_cut", [True, False])
def test_what_a_wrong_request_put_there_stays_explained(is_cut: bool) -> None:
    """Though the request was cut off, or let go with its thread, long before."""
    limits = KeptAtMost(of_one=20) if is_cut else KeptAtMost(quiet=5)
    traffic, judge = Traffic(), IncrementalJudge(V2, limits=limits)
    ended = make_run("completed") | {"metadata": {"k": 5}}
    judge.add(_wrongly_created(traffic, ended))
    judge.add(traffic.read(ended))
    for exchange in traffic.lives(30):
        judge.add(traffic.read(ended) if is_cut else exchange)
    judge.add(traffic.read(ended))
    list(judge.close())
    assert judge.broken["RUN-ERR-011"] == 1
    assert judge.broken["RUN-META-004"] == 0


def test_a_deletion_that_was_done_late_stays_an_explanation() -> None:
    """Though it was let go with its thread, and only that goes on."""
    traffic = Traffic()
    judge = IncrementalJudge(V2, limits=KeptAtMost(quiet=5), is_alone=True)
    ended = make_run("completed")
    thread = f"/threads/{ended['thread_id']}"
    message = {"id": "msg_1", "object": "thread.message", "thread_id": ended["thread_id"]}
    judge.add(traffic.of("DELETE", f"{thread}/messages/msg_1", None, response=NOTHING))
    for data in ([message], []):
        judge.add(traffic.read(ended))
        listed = {"object": "list", "data": data, "has_more": False}
        judge.add(traffic.of("GET", f"{thread}/messages", listed))
        for exchange in traffic.lives(10):
            judge.add(exchange)
    assert "RUN-LIST-016" not in {one.requirement for one in judge.close()}


def test_cancels_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few runs that completed all the same say as much as many."""
    monkeypatch.setattr(seen_cancels, "MOST_CANCELS", 3)
    traffic, kept = Traffic(), SeenCancels()
    for at in range(20):
        read = traffic.read(make_run("completed"))
        kept.add(f"run_{at}", "completed", read, read)
    assert len(list(kept)) == 6


@pytest.mark.parametrize("end", ["failed", "expired", "incomplete"])
def test_an_end_that_is_neither_shows_nothing_of_cancels(end: Any) -> None:
    """However many were completed before."""
    traffic, judge = Traffic(), IncrementalJudge(V2)
    for at in range(25):
        ended = make_run(end if at == 22 else "completed")
        cancelling = make_run("cancelling") | {name: ended[name] for name in ("id", "thread_id")}
        path = f"/threads/{ended['thread_id']}/runs/{ended['id']}"
        judge.add(traffic.of("POST", f"{path}/cancel", cancelling))
        judge.add(traffic.of("GET", path, cancelling | {"status": ended["status"]}))
    list(judge.close())
    assert judge.broken["RUN-CANCEL-008"] == 0


def test_bodies_that_were_read_before_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """In bytes: those that were answered last are kept."""
    monkeypatch.setattr(read_before, "MOST_READ_AGAIN", 60_000)
    traffic, kept = Traffic(), ReadBefore()
    for exchange in traffic.lives(30):
        kept.share(exchange)
    assert len(kept._payloads) < 7
    again = traffic.of("GET", exchange.request.url[len("http://judged.example/v1") :], None)
    again = traffic.of("GET", "/x", None, response=exchange.response)
    assert again.answer is exchange.answer


def test_a_body_is_read_again_where_something_else_says_how() -> None:
    """Equal bytes are not the same answer with another status, media type, end or question."""
    body = json.dumps(make_run("completed")).encode()
    traffic, kept = Traffic(), ReadBefore()
    first = traffic.of("GET", "/threads/thread_1/runs/run_1", None)
    stream = (("Content-Type", "text/event-stream"),)
    responses = [
        Response(status=200, headers=JSON, body=body),
        Response(status=201, headers=JSON, body=body),
        Response(status=200, headers=stream, body=body),
        Response(status=200, headers=JSON, body=body, is_whole=False),
    ]
    each = [traffic.of("GET", first.request.url[24:], None, response=one) for one in responses]
    each.append(traffic.of("GET", "/threads/thread_1", None, response=responses[0]))
    each[-1] = traffic.of(
        "GET", "/threads/thread_1", None, response=Response(status=200, headers=JSON, body=body)
    )
    for exchange in each:
        kept.share(exchange)
    assert len({id(exchange.answer) for exchange in each}) == len(each)


def test_known_violations_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are known, so that none is told twice that is judged again."""
    monkeypatch.setattr(verdicts_so_far, "MOST_VIOLATIONS", 5)
    traffic, judge = Traffic(), IncrementalJudge(V2)
    for _ in range(20):
        judged(judge, traffic.read(make_run("completed") | {"created_at": "now"}))
    assert len(judge._verdicts._known) == 5


def test_statuses_of_a_run_are_bounded() -> None:
    """The newest of one that changes all the time."""
    traffic, kept = Traffic(), Component()
    run = make_run("in_progress")
    for at in range(100):
        kept.add(traffic.read(run | {"status": ("queued", "in_progress")[at % 2]}))
    assert len(kept.statuses[run["id"]]) == MOST_KEPT_STATUSES


def test_what_has_not_ended_waits_while_there_is_room() -> None:
    """What ended goes first, and then what waits, before what is under way."""
    traffic = Traffic()
    judge = IncrementalJudge(V2, limits=KeptAtMost(quiet=2, of_all=12))
    slow, ended = make_run("in_progress"), make_run("completed")
    judge.add(traffic.read(slow))
    judge.add(traffic.read(ended))
    for exchange in traffic.lives(8):
        judge.add(exchange)
    assert slow["id"] in judge.open_histories
    assert ended["id"] not in judge.open_histories
    for _ in range(12):
        judge.add(traffic.read(make_run("in_progress")))
    assert slow["id"] not in judge.open_histories


def test_a_verdict_takes_no_longer_than_it_may() -> None:
    """What was not judged is judged the next time."""
    traffic, judge = Traffic(), IncrementalJudge(V2)
    for _ in range(5):
        judge.add(traffic.read(make_run("completed") | {"created_at": "now"}))
    assert list(judge.judged(seconds=-1.0)) == []
    assert judge.is_due
    assert len(list(judge.judged())) == 5
    assert not judge.is_due


def gone_on(times: int) -> IncrementalJudge:
    """Return a judge of a thread that is let go, and goes on, so many times."""
    traffic, judge = Traffic(), IncrementalJudge(V2, limits=KeptAtMost(quiet=3))
    ended = make_run("completed")
    for _ in range(times):
        judge.add(traffic.read(ended))
        for exchange in traffic.lives(6):
            judge.add(exchange)
    return judge


def test_what_was_settled_is_counted_once() -> None:
    """A tail is there to go on from, and was counted when its thread was let go."""
    judge = gone_on(4)
    list(judge.close())
    assert judge.exercised["RUN-SHAPE-001"] == judge.exchanges


def test_a_thread_that_goes_on_counts_what_it_goes_on_from() -> None:
    """Its bytes are there again, and go again with it."""
    judge = gone_on(3)
    open_ = list(judge._components)
    assert judge._components.size == sum(one.size for one in open_)
    assert judge._components.exchanges == sum(len(one.exchanges) for one in open_)


def test_a_long_thread_is_not_judged_anew_for_each_exchange() -> None:
    """It is when it has grown by half, and when nothing more came of it."""
    traffic, judge = Traffic(), IncrementalJudge(V2)
    verdicts: list[int] = []

    def counting(evidence: Evidence) -> Iterator[Outcome]:
        verdicts.append(len(evidence.exchanges))
        return iter(())

    judge._checks.lasting.append(counting)
    busy = make_run("in_progress")
    for _ in range(300):
        judged(judge, traffic.read(busy))
    assert len(verdicts) < 30
    wrong = busy | {"created_at": "now"}
    assert judged(judge, traffic.read(wrong)) == []
    assert judge.is_due
    found = [one for _ in range(judge_module.ASKED_IN_VAIN) for one in judged(judge)]
    assert "RUN-SHAPE-003" in found
    assert not judge.is_due
