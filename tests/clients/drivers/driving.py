"""What the drivers in Python share: operations one at a time, each bounded, each told as JSON.

Nothing but the standard library, and no import of the project: a driver runs where its client is
installed, and speaks of a server at any URL.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import threading
import urllib.error
import urllib.request
import warnings
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

SECONDS = 12.0
"""Seconds that an operation may take; a client that never comes back costs no more."""
MOST_OF_A_REASON = 200
SENTENCES = itertools.count(1)
Done = Callable[[Any], Awaitable[None]]
"""An operation: it is given what its driver begins each with, e.g. an open client."""
OPERATIONS: dict[str, Done] = {}
"""The operations of a driver, by their names in the table that the clients share."""


class Unlike(Exception):
    """What came is not what the server said, or not what was asked for."""


def operation(name: str) -> Callable[[Done], Done]:
    """Make a coroutine function the operation of a name."""

    def named(done: Done) -> Done:
        OPERATIONS[name] = done
        return done

    return named


def same(actual: object, wanted: object) -> None:
    """Raise `Unlike` unless two values are equal."""
    if actual != wanted:
        raise Unlike(f"{actual!r} instead of {wanted!r}")


def holds(condition: object, sentence: str) -> None:
    """Raise `Unlike` with a sentence unless a condition is true."""
    if not condition:
        raise Unlike(sentence)


class Server:
    """The server as something else than the client sees it: by plain requests."""

    def __init__(self, base: str, key: str) -> None:
        """Read what the server at a base URL has."""
        self.base, self.key = base, key

    def get(self, path: str) -> dict:
        """Return the JSON of a path below the base URL."""
        headers = {"Authorization": f"Bearer {self.key}", "OpenAI-Beta": "assistants=v2"}
        request = urllib.request.Request(f"{self.base}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def lacks(self, path: str) -> None:
        """Raise `Unlike` unless a path is answered 404."""
        try:
            self.get(path)
        except urllib.error.HTTPError as error:
            same(error.code, 404)
            return
        raise Unlike(f"{path} is still there")

    def messages(self, thread_id: str, role: str = "assistant") -> list[str]:
        """Return the texts of a thread that are of one role, oldest first."""
        page = self.get(f"/threads/{thread_id}/messages?order=asc&limit=100")
        said = [message for message in page["data"] if message["role"] == role]
        return [message["content"][0]["text"]["value"] for message in said]


def planned(*statuses: str, calls: dict | None = None) -> str:
    """Ask whoever runs this driver for the life of the next run; return what it will say.

    A line is written that has the plan; the answer is a line, once the server knows of it.
    """
    reply = f"Sentence {next(SENTENCES)} was planned."
    plan = {"statuses": statuses, "calls": calls, "reply": reply}
    print(json.dumps({"plan": plan}), flush=True)
    if not sys.stdin.readline():
        raise Unlike("nobody answered the plan of a run")
    return reply


def drive(begun: Callable[[], AbstractAsyncContextManager[Any]]) -> None:
    """Do the operations one after another, print how each went, and end the process.

    `begun` opens what each is given, and closes it.
    """
    warnings.simplefilter("ignore")

    async def whole(done: Done) -> None:
        async with begun() as work:
            await done(work)

    for name, done in OPERATIONS.items():
        print(json.dumps({"operation": name, **_outcome(partial(whole, done))}), flush=True)
    # A client that never came back holds a thread; nothing waits for it.
    os._exit(0)


def _outcome(done: Callable[[], Awaitable[None]]) -> dict:
    """Return whether an operation works, and the reason if it does not."""
    reasons: list[str] = []
    # An event loop of its own in a thread of its own: also what blocks can be left alone.
    worker = threading.Thread(target=_tried, args=(done, reasons), daemon=True)
    worker.start()
    worker.join(SECONDS)
    if worker.is_alive():
        return {"works": False, "reason": f"did not come back within {SECONDS:g} seconds"}
    return {"works": False, "reason": reasons[0]} if reasons else {"works": True}


def _tried(done: Callable[[], Awaitable[None]], reasons: list[str]) -> None:
    try:
        asyncio.run(done())
    except BaseException as error:  # whatever a client raises is its row
        text = " ".join(str(error).split())
        reasons.append(f"{type(error).__name__}: {text}"[:MOST_OF_A_REASON])
