"""Marks in generated requests: what they create can be found where its id never came."""

from __future__ import annotations

import json
from typing import Any

import pytest

from run_contracts.probes.search.exploration import explore
from run_contracts.probes.search.marking import MOST_PAIRS, Marker
from run_contracts.traffic.exchange import Request
from tests.probes.search.hunting import hunting

MARK = {"made": "here"}
FULL = {f"key {number}": "value" for number in range(MOST_PAIRS)}
TOO_FULL = {**FULL, "one more": "value"}


def _sent(path: str, body: Any, method: str = "POST") -> Any:
    request = Request(
        method=method, url=f"http://a.invalid/v1{path}", body=json.dumps(body).encode()
    )
    return json.loads(Marker("v2", MARK)(request).body)


@pytest.mark.parametrize("given", [{}, {"metadata": None}, {"metadata": {}}])
@pytest.mark.parametrize("path", ["/assistants", "/threads"])
def test_what_has_room_for_a_mark_gets_it(path: str, given: dict[str, Any]) -> None:
    """Whether it has no metadata, null or an empty object."""
    assert _sent(path, given) == {"metadata": MARK}


def test_a_full_metadata_gives_up_its_last_pair() -> None:
    """It stays as full as it may be."""
    marked = _sent("/threads", {"metadata": FULL})["metadata"]
    assert len(marked) == MOST_PAIRS
    assert marked.items() >= MARK.items()


def test_the_thread_of_a_run_is_marked_inside() -> None:
    """The run beside it is not: it is gone with its thread."""
    sent = _sent("/threads/runs", {"assistant_id": "a", "thread": {"messages": []}})
    assert sent == {"assistant_id": "a", "thread": {"messages": [], "metadata": MARK}}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/threads", {"metadata": "wrong"}),
        ("POST", "/threads", {"metadata": []}),
        ("POST", "/threads", {"metadata": TOO_FULL}),
        ("POST", "/threads", [1]),
        ("POST", "/threads/runs", {"thread": "wrong"}),
        ("POST", "/threads/t_1/runs", {"metadata": {}}),
        ("GET", "/threads/t_1", {}),
    ],
)
def test_what_is_wrong_or_creates_nothing_of_its_own_stays(
    method: str, path: str, body: Any
) -> None:
    """A refusal is what a wrong request is for."""
    assert _sent(path, body, method) == body


def test_a_request_without_a_body_gets_one() -> None:
    """A thread is made of nothing, too."""
    request = Request(method="POST", url="http://a.invalid/v1/threads", body=b"")
    marked = Marker("v2", MARK)(request)
    assert json.loads(marked.body) == {"metadata": MARK}
    assert marked.headers == (("Content-Type", "application/json"),)


def test_no_text_that_is_no_json_is_touched() -> None:
    """It is sent as it was made."""
    request = Request(method="POST", url="http://a.invalid/v1/threads", body=b"{")
    assert Marker("v2", MARK)(request) is request


def test_the_first_run_without_a_thread_stays_without() -> None:
    """However often it is sent; others get a thread that is marked."""
    mark = Marker("v2", MARK)
    first, second = (
        Request(method="POST", url="http://a.invalid/v1/threads/runs", body=body)
        for body in (b'{"assistant_id": "a"}', b'{"thread": null}')
    )
    assert mark(first) is first
    assert json.loads(mark(second).body) == {"thread": {"metadata": MARK}}
    assert mark(first) is first


def test_all_assistants_and_threads_that_are_made_carry_the_mark() -> None:
    """Each answer that shows one shows whose it is, but for the one that is not asked for."""
    with hunting(cases=6) as hunted:
        explore(hunted.context, hunted.hunt)
    mark = hunted.context.mark["metadata"]
    is_marked = [
        placed.value["metadata"].items() >= mark.items()
        for exchange in hunted.context.session.exchanges
        if exchange.request.method == "POST" and exchange.is_success
        for kind in ("assistant", "thread")
        for placed in exchange.objects(kind)
        if not placed.is_item
    ]
    assert len(is_marked) > 3
    assert is_marked.count(False) <= 1
