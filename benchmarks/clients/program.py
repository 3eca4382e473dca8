"""What the programs share: jobs that are done one after another, whatever becomes of each."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import httpx2
import openai

from benchmarks.clients.recorder import Recorder
from run_contracts.client.connection import Connection
from run_contracts.contract.lifecycle import FAILED, OUTCOME_KEY, lifecycle

URL = "http://reference.invalid/v1"
KNOWN = "asst_fromTheSettings"
"""The assistant that a program goes on with if it cannot make one."""
SECONDS = 0.4
"""Seconds of ours that a client waits for bytes; the server's own time costs none."""
MOST_OF_A_JOB = 40
"""Requests that a job of a program may make."""
PAUSES = (1, 3, 6, 12, 24, 48)
"""Seconds between the looks at a run that is waited for."""
FAILS = {OUTCOME_KEY: FAILED}
"""Metadata by which the reference server, which has no model, is told that it fails."""
RESTS = (*lifecycle("v2").terminal, "requires_action")
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
STOCK = {
    "type": "function",
    "function": {
        "name": "stock",
        "description": "How many pieces are there.",
        "parameters": {"type": "object", "properties": {"piece": {"type": "string"}}},
    },
}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where a program works: its connection, recorded, the key it has, and its time."""

    recorder: Recorder
    connection: Connection
    key: str

    def sdk(self, key: str | None = None) -> openai.OpenAI:
        """Return a client of the SDK; nothing is sent again by itself."""
        return openai.OpenAI(
            base_url=URL,
            api_key=key or self.key,
            max_retries=0,
            http_client=httpx2.Client(transport=self.recorder, timeout=SECONDS),
        )

    def http(self) -> httpx2.Client:
        """Return a bare client."""
        return httpx2.Client(base_url=URL, transport=self.recorder, timeout=SECONDS)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.connection.sleep(seconds)


Job = Callable[[], object]


def worked(desk: Desk, name: str, jobs: Iterable[Job]) -> list[str]:
    """Do the jobs of a program; one that fails is given up, and the next begins.

    Returns what was given up, and why.
    """
    given_up = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for job in jobs:
            desk.recorder.begin(name, MOST_OF_A_JOB)
            try:
                job()
            except Exception as error:
                given_up.append(f"{name} {job.__name__}: {type(error).__name__}: {error}")
    return given_up
