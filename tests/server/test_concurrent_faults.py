"""Faults that only concurrency shows: one request at a time never does, two at once do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from run_contracts.client.checked_target import Target
from run_contracts.contract.requirements import register
from run_contracts.engine.runner import check
from run_contracts.events import BROKEN, Decided
from run_contracts.server import FAULTS, ServerOptions, create_app, running
from run_contracts.server.faults import CONCURRENT_FAULTS

KEY = {"Authorization": "Bearer sk-reference", "OpenAI-Beta": "assistants=v2"}
SLOW = 60.0
"""Seconds that a run is queued: longer than any test."""


class Clients:
    """Asks an application in this process, one request or several at once."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = await self._client.request(method, path, json=body)
        return answer.status_code, answer.json()

    async def run(self) -> tuple[str, dict[str, Any]]:
        """Return the path of a new thread and a body that creates a run on it."""
        _, assistant = await self("POST", "/assistants", {"model": "gpt-4o"})
        message = {"role": "user", "content": "Say hello."}
        _, thread = await self("POST", "/threads", {"messages": [message]})
        return f"/threads/{thread['id']}/runs", {"assistant_id": assistant["id"]}


async def _two_runs(call: Clients, *, at_once: bool) -> bool:
    """Say whether two runs are accepted on one thread."""
    path, body = await call.run()
    answers = await _sent([lambda: call("POST", path, body)] * 2, at_once=at_once)
    return [status for status, _ in answers] == [200, 200]


async def _lost_metadata(call: Clients, *, at_once: bool) -> bool:
    """Say whether a change is lost that was accepted."""
    path, body = await call.run()
    _, run = await call("POST", path, body)
    place, metadata = f"{path}/{run['id']}", {"a": "b"}
    await _sent(
        [lambda: call("GET", place), lambda: call("POST", place, {"metadata": metadata})],
        at_once=at_once,
    )
    _, after = await call("GET", place)
    return bool(after["metadata"] != metadata)


async def _another_run(call: Clients, *, at_once: bool) -> bool:
    """Say whether one of two reads is answered with the other's run."""
    places = []
    for _ in range(2):
        path, body = await call.run()
        _, run = await call("POST", path, body)
        places.append((f"{path}/{run['id']}", run["id"]))
    reads = [lambda place=place: call("GET", place) for place, _ in places]
    answers = await _sent(reads, at_once=at_once)
    return [run["id"] for _, run in answers] != [run_id for _, run_id in places]


Request = Callable[[], Awaitable[tuple[int, Any]]]


async def _sent(requests: list[Request], *, at_once: bool) -> list[tuple[int, Any]]:
    if at_once:
        return list(await asyncio.gather(*(request() for request in requests)))
    return [await request() for request in requests]


SHOWN = {
    "RUN-THREAD-003-race": _two_runs,
    "RUN-MODIFY-002-race": _lost_metadata,
    "RUN-ID-011-race": _another_run,
}


def _shows(fault: str, *faults: str, at_once: bool) -> bool:
    app = create_app(ServerOptions(queue_seconds=SLOW, faults=faults))

    async def shows() -> bool:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://h/v1", headers=KEY
        ) as client:
            return await SHOWN[fault](Clients(client), at_once=at_once)

    return asyncio.run(shows())


@pytest.mark.parametrize("fault", SHOWN)
def test_two_requests_at_once_show_the_fault(fault: str) -> None:
    """And they show nothing on the right server."""
    assert _shows(fault, fault, at_once=True)
    assert not _shows(fault, at_once=True)


@pytest.mark.parametrize("fault", SHOWN)
def test_one_request_after_another_never_shows_it(fault: str) -> None:
    """All of the faults together do not, either."""
    assert not _shows(fault, *SHOWN, at_once=False)


def test_each_is_shown_and_named_for_a_requirement() -> None:
    """They are apart from the faults that every check is proven by."""
    assert set(SHOWN) == set(CONCURRENT_FAULTS)
    assert not CONCURRENT_FAULTS.keys() & FAULTS.keys()
    for fault in CONCURRENT_FAULTS.values():
        assert fault.requirement in register("v2")
        assert fault.sentence.endswith(".")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("RUN-THREAD-003-race", {"RUN-THREAD-003"}),
        ("RUN-MODIFY-002-race", set()),
        ("RUN-ID-011-race", set()),
    ],
)
def test_a_check_sees_only_what_it_races_itself(fault: str, expected: set[str]) -> None:
    """It asks for two runs at once, and does everything else one after the other."""
    options = ServerOptions(speed=20.0, faults=(fault,))
    with running(options) as url:
        target = Target(url=url, key="sk-reference", profile="smoke")
        verdicts = [one for one in check(target) if isinstance(one, Decided)]
    assert {one.requirement for one in verdicts if one.outcome == BROKEN} == expected
