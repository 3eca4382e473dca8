"""No false alarm: however many clients do at once, on the same threads, a right server is right."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import httpx2
import pytest

from run_contracts.server import ServerOptions, running
from run_contracts.watching.judge_messages import Passed, ToJudge, Unjudged
from run_contracts.watching.live_watch import LiveWatch, exit_code_of
from run_contracts.watching.passing import Sink
from run_contracts.watching.written_reports import summary_lines
from tests.watching.raw_upstream import proxied

OPTIONS = ServerOptions(queue_seconds=0.01, work_seconds=0.04, cancel_seconds=0.02)
HEADERS = {"authorization": f"Bearer {OPTIONS.api_key}", "openai-beta": "assistants=v2"}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


class Busy:
    """A client that does several things at once on each of its threads."""

    def __init__(self, http: httpx2.AsyncClient, seed: int) -> None:
        self.http, self.chance = http, random.Random(seed)

    async def lives(self, number: int) -> None:
        tools = [TOOL] if self.chance.random() < 0.5 else []
        asked = {"model": "gpt-4o", "instructions": "x", "tools": tools}
        assistant = (await self.http.post("/assistants", json=asked)).json()["id"]
        for _ in range(number):
            await self.life(assistant)

    async def life(self, assistant: str) -> None:
        thread = f"/threads/{(await self.http.post('/threads', json={})).json()['id']}"
        message = {"role": "user", "content": "hi"}
        await self.http.post(f"{thread}/messages", json=message)
        body = {"assistant_id": assistant}
        created = await self.http.post(f"{thread}/runs", json=body)
        run = f"{thread}/runs/{created.json()['id']}"
        others: list[Any] = [
            lambda: self.http.post(f"{run}/cancel", json={}),
            lambda: self.http.post(run, json={"metadata": {"k": "v"}}),
            lambda: self.http.post(f"{thread}/runs", json=body),
            lambda: self.streamed("/threads/runs", {**body, "thread": {"messages": [message]}}),
            lambda: self.http.get(f"{thread}/messages"),
            lambda: self.http.get(f"{thread}/runs"),
        ]
        chosen = [one() for one in others if self.chance.random() < 0.4]
        await asyncio.gather(*chosen, *(self.polled(run) for _ in range(self.chance.randint(1, 3))))
        await self.streamed(f"{thread}/runs", body)
        await self.http.get(f"{run}/steps")

    async def streamed(self, path: str, body: dict[str, Any]) -> None:
        leaves_at = self.chance.randint(1, 40)
        async with self.http.stream("POST", path, json={**body, "stream": True}) as response:
            number = 0
            async for _ in response.aiter_bytes():
                number += 1
                if number == leaves_at:
                    return

    async def polled(self, run: str) -> None:
        for _ in range(20):
            shown = (await self.http.get(run)).json()
            if shown["status"] == "requires_action":
                calls = shown["required_action"]["submit_tool_outputs"]["tool_calls"]
                outputs = [{"tool_call_id": call["id"], "output": "1"} for call in calls]
                await self.http.post(f"{run}/submit_tool_outputs", json={"tool_outputs": outputs})
            elif shown["status"] not in ("queued", "in_progress", "cancelling"):
                return
            await asyncio.sleep(0.005)


async def talk(url: str, seed: int) -> None:
    """Let six clients do all that at once."""
    async with httpx2.AsyncClient(base_url=f"{url}/v1", headers=HEADERS, timeout=30) as http:
        await asyncio.gather(*(Busy(http, seed * 100 + one).lives(2) for one in range(6)))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_right_server_is_right_whatever_its_clients_do_at_once(seed: int) -> None:
    """Polls, cancels, streams that are left, new runs, on one thread and on many."""
    with running(OPTIONS) as url:
        watch = LiveWatch(url)
        with proxied(url, watch) as origin:
            asyncio.run(talk(origin, seed))
        events = watch.close(60)
    assert exit_code_of(events) == 0, "\n".join(summary_lines(events))
    assert watch.numbers()["broken"] == {}, "\n".join(summary_lines(events))
    assert watch.numbers()["unjudged"] == {}


class Losing:
    """A sink that loses some of what passes."""

    def __init__(self, sink: Sink, seed: int) -> None:
        self._sink, self._chance = sink, random.Random(seed)
        self.lost = 0

    def offer(self, message: ToJudge, size: int) -> None:
        if isinstance(message, Passed) and self._chance.random() < 0.3:
            self.lost += 1
            self._sink.offer(Unjudged(message.serial, "it was lost"), 100)
        else:
            self._sink.offer(message, size)


@pytest.mark.parametrize("seed", [3, 4])
def test_what_is_lost_calls_no_right_server_wrong(seed: int) -> None:
    """A third of the traffic is not seen: commands, creates, ends of runs."""
    with running(OPTIONS) as url:
        watch = LiveWatch(url)
        losing = Losing(watch.tap._sink, seed)
        watch.tap._sink = losing
        with proxied(url, watch) as origin:
            asyncio.run(talk(origin, seed))
        events = watch.close(60)
    assert losing.lost > 0
    assert watch.numbers()["broken"] == {}, "\n".join(summary_lines(events))
