"""The official SDK, used as its users do, breaks nothing, whatever the server goes through."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

from run_contracts.server import ServerOptions
from run_contracts.testing import RunServer
from tests.faulty_clients.recorded_server import broken_at, outcomes_of

CALLS = {"weather": {"city": "Bonn"}, "clock": {}}
TOOLS: Any = [{"type": "function", "function": {"name": name}} for name in CALLS]
SAID: Any = {"role": "user", "content": "Hello."}
ENDS = ("completed", "failed", "cancelled", "expired", "incomplete")


class SdkSession:
    """A program on the SDK: a client, an assistant, a thread."""

    def __init__(self, server: RunServer) -> None:
        self.client = openai.OpenAI(base_url=server.url, api_key=server.api_key)
        beta = self.client.beta
        self.threads, self.runs = beta.threads, beta.threads.runs
        self.assistant_id = beta.assistants.create(model="gpt-4o", tools=TOOLS).id
        self.thread_id = self.threads.create(messages=[SAID, SAID, SAID]).id

    @property
    def ids(self) -> dict[str, str]:
        """What a create takes."""
        return {"thread_id": self.thread_id, "assistant_id": self.assistant_id}

    def outputs(self, run: Any) -> Any:
        """Return the outputs of all calls of a run."""
        calls = run.required_action.submit_tool_outputs.tool_calls
        return [{"tool_call_id": call.id, "output": "7"} for call in calls]


def polls(sdk: SdkSession) -> None:
    """Create, poll, answer, poll, and read it all."""
    run = sdk.runs.create_and_poll(**sdk.ids, poll_interval_ms=50)
    while run.status == "requires_action":
        run = sdk.runs.submit_tool_outputs_and_poll(
            run_id=run.id,
            thread_id=run.thread_id,
            tool_outputs=sdk.outputs(run),
            poll_interval_ms=50,
        )
    list(sdk.threads.messages.list(sdk.thread_id, limit=2))
    list(sdk.runs.steps.list(run.id, thread_id=run.thread_id, limit=1))
    list(sdk.runs.list(sdk.thread_id, limit=1))
    sdk.runs.retrieve(run.id, thread_id=run.thread_id)


def streams(sdk: SdkSession) -> None:
    """Stream, answer, and stream on."""
    with sdk.runs.stream(**sdk.ids) as stream:
        stream.until_done()
        run: Any = stream.current_run
    while run.status == "requires_action":
        with sdk.runs.submit_tool_outputs_stream(
            run_id=run.id, thread_id=run.thread_id, tool_outputs=sdk.outputs(run)
        ) as stream:
            stream.until_done()
            run = stream.current_run
    list(sdk.threads.messages.list(sdk.thread_id))


def listens(sdk: SdkSession) -> None:
    """Read the events of a stream one by one, and stop where the run rests."""
    for event in sdk.runs.create(**sdk.ids, stream=True):
        if event.event in ("thread.run.requires_action", "thread.run.completed"):
            break


def cancels(sdk: SdkSession) -> None:
    """Begin a run, give it up, and see that it ended."""
    run = sdk.runs.create(**sdk.ids)
    sdk.runs.cancel(run.id, thread_id=run.thread_id)
    sdk.runs.poll(run_id=run.id, thread_id=run.thread_id, poll_interval_ms=50)


def aborts(sdk: SdkSession) -> None:
    """Leave a stream after its first events, and cancel its run."""
    with sdk.runs.create(**sdk.ids, stream=True) as stream:
        run: Any = next(iter(stream)).data
    sdk.runs.cancel(run.id, thread_id=run.thread_id)


@pytest.fixture(autouse=True)
def _deprecated() -> Iterator[None]:
    """Let the SDK say that the hosted service is gone."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


Plan = Callable[[RunServer], None]


def _seen(program: Callable[[SdkSession], None], *statuses: Any, plan: Plan | None) -> RunServer:
    """Return a server that was asked by a program."""
    server = RunServer(ServerOptions(speed=8.0))
    server.next_run(*statuses, calls=CALLS if "requires_action" in statuses else None)
    if plan is not None:
        plan(server)
    program(SdkSession(server))
    server.close()
    return server


@pytest.mark.parametrize("program", [polls, streams], ids=lambda one: one.__name__)
@pytest.mark.parametrize("end", ENDS)
def test_it_breaks_nothing_until_its_run_ends(
    program: Callable[[SdkSession], None], end: str
) -> None:
    """Whichever end that is, after it called twice."""
    server = _seen(program, "requires_action", end, plan=None)
    assert broken_at(server) == set()
    decided = {outcome.requirement for outcome in outcomes_of(server)}
    assert {"CLIENT-CALL-001", "CLIENT-CALL-002"} <= decided


@pytest.mark.parametrize("program", [cancels, aborts, listens], ids=lambda one: one.__name__)
def test_it_breaks_nothing_when_it_stops_early(program: Callable[[SdkSession], None]) -> None:
    """Its run is cancelled, or rests already."""
    assert broken_at(_seen(program, "requires_action", "completed", plan=None)) == set()


@pytest.mark.parametrize("on", ["createRun", "submitToolOutputs", "listMessages"])
@pytest.mark.parametrize("status", [429, 500, 503])
def test_it_breaks_nothing_in_trouble_that_passes(on: str, status: int) -> None:
    """It waits as it is asked to, and tries again."""
    wait = 1 if status == 429 else None
    server = _seen(
        polls,
        "requires_action",
        "completed",
        plan=lambda server: server.fail(status, on=on, retry_after=wait),
    )
    assert broken_at(server) == set()
