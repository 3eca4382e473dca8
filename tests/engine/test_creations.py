"""What is ours to delete, decided on each request and answer."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import Any

import pytest

from run_contracts.engine.creations import Creations, home_of
from run_contracts.events import Created, Creating, Deleted, LedgerEvent
from run_contracts.events.ledger import Ledger
from run_contracts.traffic.exchange import Exchange, Request, Response

BASE = "http://h/v1"
NOW = 1_800_000_000.0


def _exchange(  # noqa: PLR0913 - the parts of an exchange
    method: str,
    path: str,
    answer: Any = None,
    *,
    status: int = 200,
    sent: Any = None,
    date: int = 0,
) -> Exchange:
    headers = [("content-type", "application/json")]
    headers += [("date", formatdate(NOW + date, usegmt=True))] if date else []
    return Exchange(
        number=1,
        edition="v2",
        request=Request(method=method, url=BASE + path, body=json.dumps(sent or {}).encode()),
        response=Response(status=status, headers=tuple(headers), body=json.dumps(answer).encode()),
    )


def _thread(thread_id: str = "thread_1", **fields: Any) -> dict[str, Any]:
    return {"id": thread_id, "object": "thread", "created_at": int(NOW), "metadata": {}} | fields


class Heard:
    """What a ledger records of exchanges, all at one moment."""

    def __init__(self, *exchanges: Exchange) -> None:
        """Hear of them, one after the other."""
        self.events: list[LedgerEvent] = []
        self.creations = Creations("abcd", self.events.append, now=lambda: NOW)
        for exchange in exchanges:
            asked = self.creations._creating(exchange.request, "a probe")
            self.creations._conclude(asked, exchange)

    @property
    def left(self) -> list[str]:
        """The paths of what is there."""
        return list(self.creations.ledger.left)

    @property
    def doubt(self) -> str:
        """Why the only thing that is there may not be ours."""
        (created,) = self.creations.ledger.left.values()
        return created.doubt


MADE = _exchange("POST", "/threads", _thread())


def test_what_is_asked_for_is_recorded_before_its_answer() -> None:
    """Then its id, then that it is gone."""
    heard = Heard(MADE, _exchange("DELETE", "/threads/thread_1", {"deleted": True}))
    assert [type(one) for one in heard.events] == [Creating, Created, Deleted]
    assert heard.creations.ledger.is_finished


@pytest.mark.parametrize(
    ("method", "path", "home"),
    [
        ("POST", "/threads/", "/threads"),
        ("PUT", "/assistants", "/assistants"),
        ("POST", "/%74hreads/runs", "/threads"),
        ("POST", "/threads/thread_1/runs?x=1", "/threads/thread_1/runs"),
        ("GET", "/threads", None),
        ("POST", "/threads/thread_1", None),
        ("POST", "/threads/thread_1/messages", None),
    ],
)
def test_whatever_may_create_something_is_recorded(method: str, path: str, home: str) -> None:
    """Also with a slash too many, another method that writes, or an escaped letter."""
    assert home_of(Request(method=method, url=BASE + path)) == home


def test_an_id_that_its_own_request_named_is_not_new() -> None:
    """A server that answers with what it was asked about has created nothing."""
    assert Heard(_exchange("POST", "/threads", _thread(), sent={"x": "thread_1"})).left == []


def test_an_id_is_one_segment_of_a_path() -> None:
    """A server cannot have something else deleted by an id with slashes."""
    made = _exchange("POST", "/threads", _thread("../assistants/asst_1?x"))
    assert Heard(made).left == ["/threads/..%2Fassistants%2Fasst_1%3Fx"]


@pytest.mark.parametrize(
    "path",
    ["/threads/..", "/threads/%2E%2e", "/threads/", "/threads/a/runs/b", "/threads/a?b", "/f/f"],
)
def test_a_ledger_names_nothing_else_for_deletion(path: str) -> None:
    """Whoever wrote it."""
    assert not Ledger([Created(number=1, path=path)]).left


@pytest.mark.parametrize("metadata", [{"owner": "me"}, {"run_contracts": "other"}])
def test_what_carries_metadata_of_others_is_doubtful(metadata: dict[str, str]) -> None:
    """A server that answers a create with what was there before does not get it deleted."""
    assert Heard(_exchange("POST", "/threads", _thread(metadata=metadata))).doubt


def test_what_carries_the_metadata_that_was_sent_is_ours() -> None:
    """Our mark says so even where the server adds more, or has a wrong clock."""
    sent = {"metadata": {"a": "b"}}
    assert not Heard(_exchange("POST", "/threads", _thread(metadata={"a": "c"}), sent=sent)).doubt
    marked = _thread(metadata={"run_contracts": "abcd", "x": "y"}, created_at=0)
    assert not Heard(_exchange("POST", "/threads", marked, date=1)).doubt


def test_what_is_older_than_its_request_is_doubtful() -> None:
    """By the clock of the server, however wrong that is, and not by a second."""
    for ahead in (1, 5000, -5000):
        made = int(NOW) + ahead
        old = _exchange("POST", "/threads", _thread(created_at=made - 60), date=ahead)
        new = _exchange("POST", "/threads", _thread(created_at=made - 1), date=ahead)
        assert Heard(old).doubt == "it was there before the check asked for it"
        assert Heard(new).doubt == ""


def test_without_a_clock_of_the_server_its_times_say_nothing() -> None:
    """Ours may be wrong."""
    assert Heard(_exchange("POST", "/threads", _thread(created_at=5))).doubt == ""


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_deletion_that_does_not_say_so_is_not_believed(status: int) -> None:
    """Unless the thing is not there when it is asked for afterwards, not before."""
    deletion = _exchange("DELETE", "/threads/thread_1", {"deleted": "true"}, status=status)
    absent = _exchange("GET", "/threads/thread_1", {}, status=404)
    assert Heard(MADE, deletion).left == ["/threads/thread_1"]
    assert Heard(MADE, absent, deletion).left == ["/threads/thread_1"]
    assert Heard(MADE, deletion, absent).left == []


def test_what_neither_is_there_nor_can_be_deleted_is_gone() -> None:
    """In either order; a 404 alone says only that the server has no such method."""
    deletion = _exchange("DELETE", "/threads/thread_1", {}, status=404)
    absent = _exchange("GET", "/threads/thread_1", {}, status=404)
    assert Heard(MADE, deletion).left == ["/threads/thread_1"]
    assert Heard(MADE, absent).left == ["/threads/thread_1"]
    assert Heard(MADE, deletion, absent).left == Heard(MADE, absent, deletion).left == []


def test_a_thread_that_came_with_a_run_is_ours_unseen() -> None:
    """Its object was not shown, so that it is asked for before it is deleted."""
    run = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1", "created_at": 1}
    heard = Heard(_exchange("POST", "/threads/runs", run))
    assert heard.left == ["/threads/thread_1"]
    assert not heard.creations.ledger.left["/threads/thread_1"].is_shown


def test_a_run_is_recorded_and_not_for_deletion() -> None:
    """It goes with its thread."""
    run = {"id": "run_1", "object": "thread.run", "thread_id": "t", "created_at": 1}
    heard = Heard(_exchange("POST", "/threads/t/runs", run))
    assert [one.path for one in heard.events if isinstance(one, Created)] == [
        "/threads/t/runs/run_1"
    ]
    assert heard.creations.ledger.is_finished


def test_a_long_list_of_ids_costs_little() -> None:
    """One request creates one thing, whatever a stream goes on to name."""
    lines = [f"data: {json.dumps(_thread(f'thread_{n}'))}\n\n" for n in range(2000)]
    made = _exchange("POST", "/threads/runs")
    stream = Response(
        status=200, headers=(("content-type", "text/event-stream"),), body="".join(lines).encode()
    )
    started = time.perf_counter()
    exchange = Exchange(number=1, edition="v2", request=made.request, response=stream)
    assert Heard(exchange).left == ["/threads/thread_0"]
    assert time.perf_counter() - started < 5
