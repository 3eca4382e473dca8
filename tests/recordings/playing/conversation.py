"""A conversation of the openai SDK with a server, and recordings of it as HTTP Archives."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import openai

from run_contracts.server import ServerOptions
from run_contracts.traffic.exchange import Exchange
from tests.cli.recording import recording

OPTIONS = ServerOptions(queue_seconds=0.1, work_seconds=0.15)
TOOL: Any = {"type": "function", "function": {"name": "weather", "parameters": {}}}
RESTING = ("requires_action", "completed")


class Talk:
    """What a client saw of a conversation: what does not change from play to play, and the ids."""

    def __init__(self, url: str, key: str = "sk-reference") -> None:
        """Do not begin yet."""
        warnings.simplefilter("ignore", DeprecationWarning)
        self.sdk = openai.OpenAI(base_url=url, api_key=key, max_retries=0)
        self.runs = self.sdk.beta.threads.runs
        self.seen: list[Any] = []
        self.ids: list[str] = []

    def all(self) -> Talk:
        """Talk from beginning to end."""
        with self.sdk:
            assistant = self.sdk.beta.assistants.create(model="gpt-4o", tools=[TOOL])
            thread = self.sdk.beta.threads.create(messages=[{"role": "user", "content": "Hi."}])
            self.ids += [assistant.id, thread.id]
            run = self.runs.create(
                thread_id=thread.id, assistant_id=assistant.id, tool_choice="required"
            )
            run = self.rested(run)
            self.rested(self.answered(run))
            self.streamed(thread.id, assistant.id)
            self.listed(thread.id)
            self.refused(run)
        return self

    def rested(self, run: Any) -> Any:
        """Poll a run until it rests."""
        self.ids.append(run.id)
        while run.status not in RESTING:
            run = self.runs.retrieve(run.id, thread_id=run.thread_id)
        assert run.id == self.ids[-1]
        self.seen.append(run.status)
        return run

    def answered(self, run: Any) -> Any:
        """Submit the outputs that a run waits for."""
        call = run.required_action.submit_tool_outputs.tool_calls[0]
        self.ids.append(call.id)
        return self.runs.submit_tool_outputs(
            run.id,
            thread_id=run.thread_id,
            tool_outputs=[{"tool_call_id": call.id, "output": '{"sky": "rain"}'}],
        )

    def streamed(self, thread: str, assistant: str) -> None:
        """Let a run stream."""
        with self.runs.stream(
            thread_id=thread, assistant_id=assistant, tool_choice="none"
        ) as stream:
            self.seen += [event.event for event in stream]
            self.seen.append(stream.get_final_messages()[0].content[0].text.value)  # type: ignore[union-attr]

    def listed(self, thread: str) -> None:
        """List what came to be, a page at a time."""
        runs = list(self.runs.list(thread, limit=1))
        messages = list(self.sdk.beta.threads.messages.list(thread, limit=2))
        steps = list(self.runs.steps.list(runs[0].id, thread_id=thread))
        self.ids += [one.id for one in (*runs, *messages, *steps)]
        self.seen += [one.status for one in runs]
        self.seen += [one.content[0].text.value for one in messages]  # type: ignore[union-attr]

    def refused(self, run: Any) -> None:
        """Ask for what is refused."""
        for ask in (
            lambda: self.runs.cancel(run.id, thread_id=run.thread_id),
            lambda: self.runs.retrieve(run.id, thread_id="thread_of_nobody"),
        ):
            try:
                ask()
            except openai.APIStatusError as error:
                self.seen.append(error.status_code)


def exchanges_of_talk() -> tuple[list[Exchange], Talk]:
    """Return what was sent and answered in a conversation with the reference server."""
    with recording(OPTIONS) as recorder:
        talk = Talk(recorder.url).all()
    return recorder.exchanges, talk


def archive(exchanges: Iterable[Exchange], place: Path, *, milliseconds: float = 0) -> Path:
    """Write exchanges as a HAR, in which each took so long; return where."""
    entries = [_entry(one, milliseconds) for one in exchanges]
    place.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}), encoding="utf-8")
    return place


def _entry(one: Exchange, milliseconds: float) -> dict[str, Any]:
    return {
        "time": milliseconds,
        "request": {
            "method": one.request.method,
            "url": one.request.url,
            "headers": _headers(one.request.headers),
            "postData": {"text": one.request.body.decode()},
        },
        "response": {
            "status": one.response.status,
            "headers": _headers(one.response.headers),
            "content": {"text": one.response.body.decode()},
        },
    }


def _headers(headers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]
