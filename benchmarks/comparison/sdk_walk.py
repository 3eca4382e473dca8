"""A run's life as a test walks it by the SDK, on a server or on a mock inside this process.

``python sdk_walk.py BASE_URL KEY LOG [openai-responses]`` writes what was exchanged as lines of
JSON and prints, as JSON, the statuses that polls saw and what raised. It needs nothing but openai.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

import openai

POLLS = 8
PAUSE = 0.1
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather.",
        "parameters": {"type": "object", "properties": {}},
    },
}
CHOICE = {"type": "function", "function": {"name": "weather"}}


class Walk:
    """A test's walk: an assistant, a thread, runs; each step is tried whatever became of others."""

    def __init__(self, client: Any) -> None:
        self.beta, self.runs = client.beta, client.beta.threads.runs
        self.assistant, self.thread, self.run = "asst_none", "thread_none", "run_none"
        self.seen: dict[str, list[str]] = {}
        self.raised: dict[str, str] = {}

    def all(self) -> None:
        """Take every step."""
        steps: tuple[Callable[[], Any], ...] = (
            self.open,
            self.completes,
            self.lists,
            self.calls_a_tool,
            self.is_cancelled,
            self.streams,
            self.asks_for_nothing,
        )
        for step in steps:
            try:
                step()
            except Exception as error:
                self.raised[step.__name__] = f"{type(error).__name__}: {error}"[:160]

    def open(self) -> None:
        """Make an assistant, and a thread with a message."""
        made = self.beta.assistants.create(model="gpt-4o", instructions="Be brief.", tools=[TOOL])
        self.assistant = made.id
        self.thread = self.beta.threads.create(metadata={"test": "1"}).id
        self.beta.threads.messages.create(self.thread, role="user", content="Hello.")

    def created(self, **settings: Any) -> Any:
        """Create a run."""
        run = self.runs.create(
            thread_id=self.thread, assistant_id=self.assistant, metadata={"walk": "1"}, **settings
        )
        self.run = run.id
        return run

    def polled(self, name: str, run: Any) -> Any:
        """Poll a run for a while; return what is seen of it at last."""
        seen = self.seen.setdefault(name, [run.status])
        for _ in range(POLLS):
            if run.status not in ("queued", "in_progress", "cancelling"):
                break
            time.sleep(PAUSE)
            run = self.runs.retrieve(self.run, thread_id=self.thread)
            if run.status != seen[-1]:
                seen.append(run.status)
        return run

    def completes(self) -> None:
        """Poll a plain run, and read its steps and messages."""
        self.polled("plain", self.created())
        list(self.runs.steps.list(self.run, thread_id=self.thread).data)
        list(self.beta.threads.messages.list(self.thread).data)

    def lists(self) -> None:
        """List the runs of the thread, by pages."""
        self.runs.list(thread_id=self.thread)
        page = self.runs.list(thread_id=self.thread, limit=1)
        if page.data:
            self.runs.list(thread_id=self.thread, limit=1, after=page.data[-1].id)

    def calls_a_tool(self) -> None:
        """Answer the call of a run that is told to make one."""
        run = self.polled("tool", self.created(tool_choice=CHOICE))
        calls = run.required_action.submit_tool_outputs.tool_calls
        outputs = [{"tool_call_id": one.id, "output": "12"} for one in calls]
        self.polled(
            "tool",
            self.runs.submit_tool_outputs(self.run, thread_id=self.thread, tool_outputs=outputs),
        )

    def is_cancelled(self) -> None:
        """Cancel a run."""
        self.created()
        self.polled("cancelled", self.runs.cancel(self.run, thread_id=self.thread))

    def streams(self) -> None:
        """Stream a run to its end."""
        with self.runs.stream(thread_id=self.thread, assistant_id=self.assistant) as events:
            self.seen["streamed"] = [one.event for one in events]

    def asks_for_nothing(self) -> None:
        """Ask for a run that is not there."""
        with contextlib.suppress(openai.NotFoundError):
            self.runs.retrieve("run_notThere", thread_id=self.thread)
            self.raised["asks_for_nothing"] = "it is answered"


def logging(log: TextIO) -> Callable[[Any], None]:
    """Return a hook of httpx that writes a line for each answer."""

    def write(response: Any) -> None:
        response.read()  # to its end, streams too; the SDK then gets it from memory
        entry = {
            "method": response.request.method,
            "url": str(response.request.url),
            "status": response.status_code,
            "request_headers": {"openai-beta": response.request.headers.get("openai-beta", "")},
            "request_body": response.request.content.decode(),
            "response_headers": {"content-type": response.headers.get("content-type", "")},
            "response_body": response.text,
        }
        log.write(json.dumps(entry) + "\n")

    return write


@contextlib.contextmanager
def mocked(name: str, base_url: str) -> Iterator[None]:
    """Put the mock of this name in the place of a base URL, if there is one."""
    if name != "openai-responses":
        yield
        return
    from openai_responses import OpenAIMock  # type: ignore[import-not-found] # noqa: PLC0415

    with OpenAIMock(base_url=base_url).router:
        yield


def main(base_url: str, key: str, log: str, mock: str = "") -> None:
    """Walk, and say what was seen."""
    warnings.simplefilter("ignore")
    with Path(log).open("w", encoding="utf-8") as kept, mocked(mock, base_url):
        client = openai.OpenAI(
            base_url=base_url,
            api_key=key,
            max_retries=0,
            timeout=10,
            http_client=openai.DefaultHttpxClient(event_hooks={"response": [logging(kept)]}),
        )
        walk = Walk(client)
        walk.all()
    print(json.dumps({"seen": walk.seen, "raised": walk.raised}))


if __name__ == "__main__":
    main(*sys.argv[1:])
