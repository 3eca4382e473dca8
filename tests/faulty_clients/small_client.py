"""A small client: asks an assistant, answers its calls, and tells what came of it.

``python small_client.py BASE_URL KEY [--stream] [--fault NAME]`` prints as its last line either
``{"status": ..., "text": ...}`` or ``{"error": ...}``. It uses the standard library alone, so that
it starts at once. The faults it can have are in ``client_faults.py`` beside it.
"""

from __future__ import annotations

import argparse
import codecs
import http.client
import json
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

LIVE = frozenset({"queued", "in_progress", "cancelling"})
WAITING = "requires_action"
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
ATTEMPTS = 6
PATIENCE, TIMEOUT = 120.0, 30.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
LINE_END = re.compile("\r\n|\n|\r")
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
CLOCK = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}
FUNCTIONS = {
    "weather": lambda given: f"It is sunny in {given.get('city', 'town')}.",
    "clock": lambda _given: "It is noon.",
}
SAID = [{"role": "user", "content": text} for text in ("Hello.", "I travel.", "Which weather?")]


class GivenUp(Exception):
    """What the user is told where there is nothing better to tell."""


class Refused(GivenUp):
    """A request that the server refused for what it is."""


class SmallClient:
    """The client; what its faults replace are its methods."""

    page_size = 2

    def __init__(self, url: str, key: str, *, streams: bool) -> None:
        self.url, self.key, self.streams = url.rstrip("/"), key, streams
        self.was_lost = False
        self.texts: dict[str, str] = {}
        self.answer_headers: Any = {}

    def work(self) -> dict[str, str]:
        """Ask, answer, and return what came of it."""
        assistant = self.ask("POST", "/assistants", {"model": "gpt-4o", "tools": [TOOL, CLOCK]})
        thread = self.ask("POST", "/threads", {"messages": SAID})
        run = self.settled(self.begun(f"/threads/{thread['id']}/runs", assistant["id"]))
        while run["status"] == WAITING:
            run = self.settled(self.answered(run))
        return self.told(run)

    def told(self, run: Any) -> dict[str, str]:
        """Return what is told of a run that has ended."""
        if not self.texts:
            self.read_messages(run)
        for _ in self.pages(f"{self.path(run)}/steps", order="desc"):
            pass
        return {"status": run["status"], "text": "\n".join(self.texts.values())}

    def path(self, run: Any) -> str:
        """Return the path of a run."""
        return f"/threads/{run['thread_id']}/runs/{run['id']}"

    # Runs.

    def begun(self, path: str, assistant_id: str) -> Any:
        """Return a new run; if the answer to its create was lost it may be there already."""
        try:
            run = self.run_of(path, self.create_body(assistant_id))
        except Refused:
            if not self.was_lost:
                raise
            run = None
        return run or self.ask("GET", f"{path}?limit=1")["data"][0]

    def create_body(self, assistant_id: str) -> dict[str, Any]:
        """Return the body of a create."""
        return {"assistant_id": assistant_id, "metadata": {"by": "small client"}}

    def answered(self, run: Any) -> Any:
        """Return a run after its calls were answered; a lost answer may have reached it."""
        try:
            later = self.run_of(f"{self.path(run)}/submit_tool_outputs", self.outputs(run))
        except Refused:
            if not self.was_lost:
                raise
            later = None
        return later or self.ask("GET", self.path(run))

    def outputs(self, run: Any) -> dict[str, Any]:
        """Return the body that answers all calls of a run."""
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        return {"tool_outputs": [self.output(call) for call in calls]}

    def output(self, call: Any) -> dict[str, str]:
        """Return the output of one call; arguments that cannot be read are none."""
        try:
            given = json.loads(call["function"]["arguments"] or "{}")
        except ValueError:
            given = {}
        function = FUNCTIONS.get(call["function"]["name"], lambda _given: "There is no such thing.")
        return {"tool_call_id": call["id"], "output": function(given)}

    def settled(self, run: Any) -> Any:
        """Return a run once it rests: read again and again, as slowly as the server asks."""
        pause, until = FIRST_PAUSE, time.monotonic() + PATIENCE
        while run["status"] in LIVE:
            if time.monotonic() > until:
                raise GivenUp(f"the run is {run['status']} still")
            time.sleep(self.pause(pause))
            pause = min(pause * 2, LONGEST_PAUSE)
            run = self.ask("GET", self.path(run))
        return run

    def pause(self, own: float) -> float:
        """Return how long to wait until the next read."""
        asked = self.answer_headers.get("openai-poll-after-ms", "")
        return int(asked) / 1000 if asked.isdigit() else own

    def run_of(self, path: str, body: dict[str, Any]) -> Any:
        """Return the run that a command answers, or its stream showed last, if any."""
        if not self.streams:
            return self.ask("POST", path, body)
        self.was_lost = False
        with self.sent("POST", path, {**body, "stream": True}) as response:
            run = self.streamed(response)
        if run is not None and run["status"] not in LIVE:
            return run
        self.texts.clear()  # the stream broke off, and its text is in pieces
        return run and self.ask("GET", self.path(run))

    # Streams.

    def streamed(self, response: Any) -> Any:
        """Return the last run that a stream shows, and keep the text it carries."""
        run = None
        for name, data in self.events(response):
            if data == "[DONE]":
                break
            run = self.seen(name, json.loads(data), run)
        return run

    def seen(self, name: str, value: Any, run: Any) -> Any:
        """Return the run after an event; events that are not known change nothing."""
        if name == "thread.message.delta":
            for part in value["delta"].get("content", ()):
                piece = (part.get("text") or {}).get("value") or ""
                self.texts[value["id"]] = self.texts.get(value["id"], "") + piece
        is_run = isinstance(value, dict) and value.get("object") == "thread.run"
        return value if is_run else run

    def events(self, response: Any) -> Iterator[tuple[str, str]]:
        """Yield the name and data of each event, as the standard of event streams has them."""
        name, data = "", []
        for line in self.lines(response):
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if not line and data:
                yield name, "\n".join(data)
            if not line:
                name, data = "", []
            elif field == "event":
                name = value
            elif field == "data":
                data.append(value)

    def lines(self, response: Any) -> Iterator[str]:
        """Yield lines as they come, whatever ends them; a break of the connection ends them all."""
        decode, rest = codecs.getincrementaldecoder("utf-8-sig")("replace").decode, ""
        for chunk in self.chunks(response):
            rest += decode(chunk)
            half = "\r" if rest.endswith("\r") else ""
            *whole, rest = LINE_END.split(rest.removesuffix(half))
            yield from whole
            rest += half
        yield from LINE_END.split(rest)[:-1]

    def chunks(self, response: Any) -> Iterator[bytes]:
        """Yield bytes as they come."""
        try:
            while chunk := response.read1():
                yield chunk
        except (OSError, http.client.HTTPException):
            self.texts.clear()

    # Lists.

    def read_messages(self, run: Any) -> None:
        """Keep the texts of the messages of a run, from all pages."""
        for message in self.pages(f"/threads/{run['thread_id']}/messages", order="asc"):
            if message.get("run_id") == run["id"] and message["role"] == "assistant":
                parts = (part["text"]["value"] for part in message["content"] if "text" in part)
                self.texts[message["id"]] = "".join(parts)

    def pages(self, path: str, order: str) -> Iterator[Any]:
        """Yield the items of a list, page by page, until none is new."""
        cursor, seen = "", set[str]()
        while True:
            page = self.ask("GET", f"{path}?limit={self.page_size}&order={order}{cursor}")
            fresh = [item for item in page["data"] if item["id"] not in seen]
            seen.update(item["id"] for item in fresh)
            yield from fresh
            if not (page["has_more"] and fresh):
                return
            cursor = f"&after={self.cursor(page)}"

    def cursor(self, page: Any) -> str:
        """Return the id after which the next page begins."""
        return page["data"][-1]["id"]

    # Requests.

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request and return the JSON of its answer."""
        self.was_lost = False
        with self.sent(method, path, body) as response:
            self.answer_headers = response.headers
            return json.loads(response.read())

    def sent(self, method: str, path: str, body: Any = None) -> Any:
        """Return the answer to a request; what passes is waited for, a few times."""
        trouble = "nothing was sent"
        for attempt in range(ATTEMPTS):
            try:
                return urllib.request.urlopen(self.request(method, path, body), timeout=TIMEOUT)
            except urllib.error.HTTPError as error:
                with error:
                    text = error.read().decode("utf-8", "replace")
                trouble = f"{method} {path} was answered {error.code}: {text[:300]}"
                if error.code not in PASSING:
                    raise Refused(trouble) from error
                time.sleep(self.wait(error.headers, attempt))
            except (OSError, http.client.HTTPException) as error:
                self.was_lost, trouble = True, f"{method} {path} had no answer: {error}"
                time.sleep(self.wait({}, attempt))
        raise GivenUp(trouble)

    def request(self, method: str, path: str, body: Any) -> urllib.request.Request:
        """Return a request."""
        data = None if body is None else self.encoded(body)
        address, headers = self.address(path), self.headers(has_body=data is not None)
        return urllib.request.Request(address, data, headers, method=method)

    def encoded(self, body: Any) -> bytes:
        """Return a body as it is sent."""
        return json.dumps(body).encode()

    def address(self, path: str) -> str:
        """Return the URL of a path."""
        return self.url + path

    def headers(self, *, has_body: bool) -> dict[str, str]:
        """Return the headers of a request."""
        typed = {"Content-Type": "application/json"} if has_body else {}
        return {"Authorization": f"Bearer {self.key}", "OpenAI-Beta": "assistants=v2", **typed}

    def wait(self, headers: Any, attempt: int) -> float:
        """Return how long to wait before a request is sent again: as asked, or longer each time."""
        asked = headers.get("Retry-After", "")
        if asked.isdigit():
            return float(asked) + 0.05
        if asked:
            return max((parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds(), 0) + 1
        return min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)


def main() -> None:
    """Do what the command line says, and tell what came of it."""
    parser = argparse.ArgumentParser(description="Ask an assistant, and answer its calls.")
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--stream", action="store_true")
    parser.add_argument("--fault", default="")
    given = parser.parse_args()
    kind = SmallClient
    if given.fault:
        sys.path.insert(0, str(Path(__file__).parents[2]))
        sys.modules["tests.faulty_clients.small_client"] = sys.modules[__name__]
        from tests.faulty_clients.client_faults import FAULTS  # noqa: PLC0415 - only if one is asked for

        kind = FAULTS[given.fault].kind
    try:
        told = kind(given.url, given.key, streams=given.stream).work()
    except GivenUp as error:
        told = {"error": str(error)}
    print(json.dumps(told))  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
