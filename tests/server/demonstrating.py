"""How a fault is shown: what a client does, and what it sees only on a server that has it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from run_contracts.engine.selftest.trial import URL, reference
from run_contracts.server import ServerOptions
from run_contracts.traffic.sse import Frame, frames
from tests.server.conftest import Caller, client
from tests.server.test_lives import FORCED

HELD = {"metadata": {"run_contracts_outcome": "expired"}}
"""Makes a run that stays in progress."""
FAILED = {"metadata": {"run_contracts_outcome": "failed"}}
"""Makes a run that fails."""
OK = 200
JSON = {"Content-Type": "application/json"}
Demonstration = Callable[[Caller], Any]


@contextmanager
def calling(
    *faults: str, edition: str = "v2", degradations: tuple[str, ...] = ()
) -> Iterator[Caller]:
    """Return a caller of a server in this process that has these faults and degradations."""
    options = ServerOptions.for_checking(faults=faults, degradations=degradations)
    with (
        reference(options) as connection,
        client(URL, edition, transport=connection.transport) as opened,
    ):
        yield Caller(opened, lambda seconds: connection.sleep(seconds / options.speed))


def path(run: dict[str, Any]) -> str:
    """Return the path of a run."""
    return f"/threads/{run['thread_id']}/runs/{run['id']}"


def completed(call: Caller, **fields: Any) -> dict[str, Any]:
    """Return a run that completed."""
    return call.until(call.run(**fields), "completed")


def waiting(call: Caller) -> dict[str, Any]:
    """Return a run that requires action."""
    return call.until(call.run(**FORCED), "requires_action")


def submit(call: Caller, run: dict[str, Any], *calls: str) -> tuple[int, Any]:
    """Submit an output for each call; for all that the run asks for unless they are named."""
    action = run["required_action"] or {"submit_tool_outputs": {"tool_calls": []}}
    wanted = [one["id"] for one in action["submit_tool_outputs"]["tool_calls"]]
    outputs = [{"tool_call_id": one, "output": "7"} for one in calls or wanted]
    return call("POST", f"{path(run)}/submit_tool_outputs", {"tool_outputs": outputs})


def thread_and_run(call: Caller) -> dict[str, Any]:
    """Return what creating both at once answers."""
    thread = {"messages": [{"role": "user", "content": "Say hello."}]}
    body = {"assistant_id": call.assistant(), "thread": thread}
    return dict(call("POST", "/threads/runs", body)[1])


def two_runs(call: Caller) -> str:
    """Return a thread with two runs that have completed."""
    thread = call.thread()
    for _ in range(2):
        call.until(call.run(thread), "completed")
    return thread


def page(call: Caller, thread: str, query: str = "") -> Any:
    """Return a page of a thread's runs."""
    return call("GET", f"/threads/{thread}/runs{query}")[1]


def ids(listed: Any) -> list[str]:
    """Return the ids of a list's items."""
    return [one["id"] for one in listed["data"]]


def steps(call: Caller, run: dict[str, Any]) -> Any:
    """Return the list of a run's steps."""
    return call("GET", f"{path(run)}/steps")[1]


def one_step(call: Caller) -> httpx2.Response:
    """Return the answer to a request for a step by its id."""
    run = completed(call)
    return call.client.get(f"{path(run)}/steps/{steps(call, run)['data'][0]['id']}")


def modified(call: Caller) -> httpx2.Response:
    """Return the answer to a change of a completed run."""
    return call.client.post(path(completed(call)), json={"metadata": {"a": "b"}})


def streamed(call: Caller, **fields: Any) -> tuple[httpx2.Response, list[Frame], bool]:
    """Return the answer to a streamed create, its frames, and whether it was read to its end."""
    body = {"assistant_id": call.assistant(), "stream": True, **fields}
    data = b""
    with call.client.stream("POST", f"/threads/{call.thread()}/runs", json=body) as answer:
        try:
            for chunk in answer.iter_bytes():
                data += chunk
        except httpx2.RemoteProtocolError:
            return answer, list(frames(data)), False
    return answer, list(frames(data)), True


def cancelled_stream(call: Caller) -> tuple[list[str], bool]:
    """Return the names of the events of a stream whose run is cancelled, and whether it ends."""
    body = {"assistant_id": call.assistant(), "stream": True}
    data, thread, is_cancelled = b"", call.thread(), False
    with call.client.stream("POST", f"/threads/{thread}/runs", json=body, timeout=0.3) as answer:
        try:
            for chunk in answer.iter_bytes():
                data += chunk
                if not is_cancelled:
                    run = json.loads(frames(data)[0].data or "")
                    is_cancelled = call("POST", f"{path(run)}/cancel")[0] == OK
        except httpx2.ReadTimeout:
            return [frame.name or "" for frame in frames(data)], False
    return [frame.name or "" for frame in frames(data)], True


def names(call: Caller, **fields: Any) -> list[str | None]:
    """Return the names of the events of a stream."""
    return [frame.name for frame in streamed(call, **fields)[1]]


def datas(call: Caller, name: str, **fields: Any) -> list[Any]:
    """Return the data of a stream's events of a name, or of names that begin so."""
    seen = streamed(call, **fields)[1]
    return [json.loads(one.data or "") for one in seen if (one.name or "").startswith(name)]
