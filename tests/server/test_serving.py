"""The server starts, tells where it is, stops when it is told to, and repeats itself exactly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from run_contracts import UsageError
from run_contracts.server import ServerOptions, create_app, running
from tests.server.conftest import Caller

FROZEN = {"epoch": 1_800_000_000, "speed": 1e-6, "queue_seconds": 0, "work_seconds": 0}
"""Options under which time stands still and all work is done at once."""
SERVING = """
from run_contracts.server import ServerOptions, serve
serve(ServerOptions(), port=0, announce=lambda text: print(text, flush=True))
print("stopped", flush=True)
"""


def _played(client: httpx2.Client) -> list[bytes]:
    """Return every answer of a small play, byte for byte."""
    bodies: list[bytes] = []

    def post(path: str, body: Any) -> Any:
        answer = client.post(path, json=body)
        bodies.append(answer.content + answer.headers["x-request-id"].encode())
        return json.loads(answer.content) if answer.content[:1] == b"{" else {}

    assistant = post("/assistants", {"model": "m", "tools": [{"type": "code_interpreter"}]})["id"]
    thread = post("/threads", {"messages": [{"role": "user", "content": "Hi."}]})["id"]
    post(f"/threads/{thread}/runs", {"assistant_id": assistant})
    post(f"/threads/{thread}/runs", {"assistant_id": assistant, "stream": True})
    choice = {"tool_choice": {"type": "code_interpreter"}, "stream": True}
    post("/threads/runs", {"assistant_id": assistant, "thread": {"messages": []}, **choice})
    post("/threads/nobody/runs", {"assistant_id": assistant})
    bodies.append(client.get(f"/threads/{thread}/runs").content)
    bodies.append(client.get(f"/threads/{thread}/messages").content)
    return bodies


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_same_requests_get_the_same_bytes(
    client_of: Callable[..., httpx2.Client], edition: str
) -> None:
    """Seed, epoch and the order of requests decide every byte; another seed gives others."""
    seen = []
    for seed in (7, 7, 8):
        with (
            running(ServerOptions(seed=seed, **FROZEN)) as base,
            client_of(base, edition) as client,
        ):
            seen.append(_played(client))
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


def test_what_a_run_makes_does_not_depend_on_who_looks_when(
    client_of: Callable[..., httpx2.Client],
) -> None:
    """Two runs look the same whichever of them is read first."""

    def steps(base: str, order: int) -> list[Any]:
        with client_of(base, "v2") as client:
            call = Caller(client)
            runs = [call.run(), call.run()]
            for run in runs[::order]:
                call("GET", f"/threads/{run['thread_id']}/runs/{run['id']}")
            paths = [f"/threads/{run['thread_id']}/runs/{run['id']}/steps" for run in runs]
            return [call("GET", path) for path in paths]

    seen = []
    for order in (1, -1):
        with running(ServerOptions(**FROZEN)) as base:
            seen.append(steps(base, order))
    assert seen[0] == seen[1]


def test_an_open_stream_does_not_keep_the_server(client_of: Callable[..., httpx2.Client]) -> None:
    """Leaving the block stops the server within seconds, whoever still listens."""
    with running(ServerOptions(work_seconds=1_000)) as base:
        client = client_of(base, "v2")
        call = Caller(client)
        body = {"assistant_id": call.assistant(), "stream": True}
        request = client.build_request("POST", f"/threads/{call.thread()}/runs", json=body)
        answer = client.send(request, stream=True)
        begun = time.monotonic()
    assert time.monotonic() - begun < 8
    answer.close()
    client.close()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(base)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in another way there")
def test_serve_announces_itself_and_stops_at_a_signal(number: int) -> None:
    """The first line says where the server is, which answers at once; a signal ends it well."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            greeting = process.stdout.readline()
            base = next(word.rstrip(",") for word in greeting.split() if word.startswith("http"))
            assert base.endswith("/v1")
            assert httpx2.get(f"{base}/assistants").status_code == 401
            os.kill(process.pid, number)
            out, err = process.communicate(timeout=10)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (0, "stopped\n", "")


def test_an_unknown_fault_is_one_clear_line() -> None:
    """The error names the fault and those that are nearest to it."""
    with pytest.raises(UsageError, match=r"no fault 'RUN-LIST-0005'; did you mean .*RUN-LIST-005"):
        create_app(ServerOptions(faults=("RUN-LIST-0005",)))


@pytest.mark.parametrize(
    "options",
    [{"expires_after": 0}, {"epoch": -1}, {"max_body_bytes": 0}, {"work_seconds": float("inf")}],
)
def test_more_impossible_options_are_refused(options: dict[str, Any]) -> None:
    """The error names the option and what was given."""
    with pytest.raises(UsageError, match=next(iter(options))):
        ServerOptions(**options)


def test_importing_the_server_is_light() -> None:
    """Neither starlette nor uvicorn is imported before an app is made."""
    code = "import sys, run_contracts.server; print({'starlette', 'uvicorn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
