"""Cleaning up where a server lies about what is there, what is gone, and what it lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from run_contracts.client.checked_target import Target
from run_contracts.client.connection import Connection
from run_contracts.client.session import Session
from run_contracts.engine.cleaning_up import CLEANING_SECONDS, Cleanup, Removal
from run_contracts.engine.creations import Creations
from run_contracts.engine.marked import MOST_PAGES_LISTED
from run_contracts.events import Created, Creating
from run_contracts.events.ledger import Ledger

BASE = "http://h/v1"
Answer = tuple[int, Any]
Server = Callable[[str, str], Answer]
"""Given method and path with query, says what it answers."""
MARKED = {"id": "thread_1", "object": "thread", "metadata": {"run_contracts": "abcd"}}


class Clock:
    """A time that passes only with requests."""

    def __init__(self, seconds: float) -> None:
        """So many seconds pass with each."""
        self.now, self.seconds = 0.0, seconds


class Cleaned:
    """What a cleanup sent to a server, and what it says of it."""

    def __init__(
        self,
        server: Server,
        *,
        things: int = 1,
        is_open: bool = False,
        seconds: float = 0.0,
        name: str = "thread",
    ) -> None:
        """Clean up after a check that created so many threads, or may have created one more."""
        self.sent: list[str] = []
        clock = Clock(seconds)

        def answer(request: httpx2.Request) -> httpx2.Response:
            clock.now += clock.seconds
            place = request.url.raw_path.decode().removeprefix("/v1")
            self.sent.append(f"{request.method} {place}")
            status, body = server(request.method, place)
            if status == 0:
                raise httpx2.ReadTimeout("late", request=request)
            return httpx2.Response(status, json=body)

        ledger = Ledger(_events(things, is_open=is_open, name=name))
        connection = Connection(
            transport=httpx2.MockTransport(answer), now=lambda: clock.now, sleep=lambda _: None
        )
        creations = Creations("abcd", ledger=ledger)
        with Session(Target(url=BASE), connection, listener=creations) as session:
            cleanup = Cleanup(session, creations, is_careful=True)
            self.removals: list[Removal] = list(cleanup.run())
            self.doubts = cleanup.doubts()

    @property
    def stays(self) -> list[str]:
        """Why things stay."""
        return [one.stays for one in self.removals if one.stays]


def _events(things: int, *, is_open: bool, name: str) -> Iterator[Creating | Created]:
    for number in range(1, things + 1 + is_open):
        keys = ("run_contracts",)
        yield Creating(number=number, source="limits", home="/threads", at=1.0, metadata=keys)
        if number <= things:
            yield Created(number=number, path=f"/threads/{name}_{number}", is_shown=True)


def test_what_is_ours_is_asked_for_and_deleted() -> None:
    """One request each."""
    cleaned = Cleaned(lambda method, _: (200, MARKED if method == "GET" else {"deleted": True}))
    assert cleaned.sent == ["GET /threads/thread_1", "DELETE /threads/thread_1"]
    assert cleaned.stays == []


@pytest.mark.parametrize(
    "shown",
    [
        MARKED | {"metadata": {"owner": "somebody"}},
        MARKED | {"metadata": {"run_contracts": "other"}},
        MARKED | {"id": "thread_of_others"},
    ],
)
def test_what_is_shown_to_be_of_others_is_not_deleted(shown: Any) -> None:
    """The reason is told."""
    cleaned = Cleaned(lambda *_: (200, shown))
    assert cleaned.sent == ["GET /threads/thread_1"]
    assert len(cleaned.stays) == 1


def test_an_id_that_repeats_a_secret_is_not_asked_for() -> None:
    """The name that stands for it is no id: that nothing is there by it says nothing."""
    cleaned = Cleaned(lambda *_: (404, {}), name="thread_$OPENAI_API_KEY")
    assert cleaned.sent == []
    assert cleaned.stays == ["its id repeats a secret, which no file holds; delete it by hand"]


def test_a_deletion_is_checked_where_it_is_not_said() -> None:
    """A server that says 204 and keeps the thing is not believed."""
    cleaned = Cleaned(lambda method, _: (200, MARKED) if method == "GET" else (204, None))
    assert cleaned.stays == ["the deletion was answered 204, and it was asked for and answered 200"]


def _endless(method: str, path: str) -> Answer:
    if path.startswith("/threads?"):
        item = {"id": f"thread_{abs(hash(path))}", "metadata": {}}
        return 200, {"data": [item], "has_more": True}
    return 404, {}


def test_a_list_without_an_end_is_left() -> None:
    """So many pages are read, and it is told that something may be there."""
    cleaned = Cleaned(_endless, things=0, is_open=True)
    assert len(cleaned.sent) == MOST_PAGES_LISTED
    assert "its list of threads does not come to an end" in cleaned.doubts[0]


def test_a_server_that_lists_no_threads_is_said_to() -> None:
    """What may be there is told with its time and its probe."""
    cleaned = Cleaned(lambda *_: (405, {}), things=0, is_open=True)
    assert cleaned.doubts == (
        "one of threads may be there, asked for at 1970-01-01 00:00:01 UTC by limits and never "
        "answered: it does not list threads (405)",
    )


def _listing(items: list[Any]) -> Server:
    def answer(method: str, path: str) -> Answer:
        if path.startswith("/threads?"):
            return 200, items
        name = path.rpartition("/")[2]
        return 200, MARKED | {"id": name} if method == "GET" else {"deleted": True}

    return answer


def test_what_an_answer_never_named_is_found_by_its_mark() -> None:
    """Among what others keep, and what is no object at all."""
    items = [None, {"id": 5}, {"id": "thread_a", "metadata": None}, MARKED | {"id": "thread_b"}]
    cleaned = Cleaned(_listing(items), things=0, is_open=True)
    assert cleaned.sent[2:] == ["GET /threads/thread_b", "DELETE /threads/thread_b"]
    assert (cleaned.stays, cleaned.doubts) == ([], ())


def test_a_whole_list_without_the_mark_says_that_nothing_is_there() -> None:
    """The request never came to anything."""
    assert Cleaned(_listing([]), things=0, is_open=True).doubts == ()


def test_all_of_it_has_one_clock() -> None:
    """What there is no time for stays, and is told."""
    cleaned = Cleaned(
        lambda method, path: (200, MARKED | {"id": path.rpartition("/")[2]}),
        things=40,
        seconds=2.0,
    )
    assert len(cleaned.sent) == CLEANING_SECONDS / 2.0
    assert len(cleaned.stays) == 40
    assert cleaned.stays[-1] == "not tried, for the 30 seconds are over"


def test_a_server_that_ceases_to_answer_is_left_alone() -> None:
    """After two requests in a row; both of them are sent twice, as whatever is safe to repeat."""
    cleaned = Cleaned(lambda *_: (0, None), things=5)
    assert len(set(cleaned.sent)) == 2
    assert cleaned.stays[-1] == "not tried, for the server does not answer any more"


def test_what_a_server_answers_may_be_anything() -> None:
    """No body breaks the cleanup."""
    for body in (None, "x", {"data": [[]]}, {"id": []}, {"metadata": []}):
        for status in (200, 404, 429):
            cleaned = Cleaned(lambda *_, s=status, b=body: (s, b), is_open=True)
            assert json.dumps([*cleaned.stays, *cleaned.doubts])
