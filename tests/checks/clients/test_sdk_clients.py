"""The official SDK, used as its users do, breaks nothing, whatever the server goes through."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

from run_contracts.server import Lives, ServerOptions, life
from run_contracts.server.options import DEFAULT_KEY
from tests.clients.recorded_server import RecordedServer, Trouble, recorded_server

CALLS = {"weather": {"city": "Bonn"}, "clock": {}}
TOOLS: Any = [{"type": "function", "function": {"name": name}} for name in CALLS]
SAID: Any = {"role": "user", "content": "Hello."}
ENDS = ("completed", "failed", "cancelled", "expired", "incomplete")


class SdkSession:
    """A program on the SDK: a client, an assistant, a thread."""

    def __init__(self, server: RecordedServer) -> None:
        self.client = openai.OpenAI(base_url=server.url, api_key=DEFAULT_KEY)
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


def _seen(program: Callable[[SdkSession], None], *statuses: str, **how: Any) -> RecordedServer:
    """Return what a server saw of a program."""
    lives = Lives()
    lives.add(life(statuses, calls=CALLS if "requires_action" in statuses else {}))
    with recorded_server(lives=lives, options=ServerOptions(speed=8.0), **how) as server:
        program(SdkSession(server))
    return server


@pytest.mark.parametrize("program", [polls, streams], ids=lambda one: one.__name__)
@pytest.mark.parametrize("end", ENDS)
def test_it_breaks_nothing_until_its_run_ends(
    program: Callable[[SdkSession], None], end: str
) -> None:
    """Whichever end that is, after it called twice."""
    seen = _seen(program, "requires_action", end)
    assert seen.broken() == set()
    assert {"CLIENT-CALL-001", "CLIENT-CALL-002"} <= {one.requirement for one in seen.outcomes()}


@pytest.mark.parametrize("program", [cancels, aborts, listens], ids=lambda one: one.__name__)
def test_it_breaks_nothing_when_it_stops_early(program: Callable[[SdkSession], None]) -> None:
    """Its run is cancelled, or rests already."""
    assert _seen(program, "requires_action", "completed").broken() == set()


@pytest.mark.parametrize("at", ["/runs", "/submit_tool_outputs", "/messages"])
@pytest.mark.parametrize("status", [429, 500, 503])
def test_it_breaks_nothing_in_trouble_that_passes(at: str, status: int) -> None:
    """It waits as it is asked to, and tries again."""
    headers = ((b"retry-after", b"1"),) if status == 429 else ()
    trouble = Trouble(at=at, status=status, times=1, headers=headers)
    assert _seen(polls, "requires_action", "completed", trouble=trouble).broken() == set()


def test_it_polls_as_slowly_as_it_is_asked_to() -> None:
    """By the header of the answer before."""

    def program(sdk: SdkSession) -> None:
        sdk.runs.create_and_poll(**sdk.ids)

    seen = _seen(program, "completed", poll_after=300)
    assert "CLIENT-POLL-003" not in seen.broken()
