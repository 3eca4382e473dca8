"""What programs on the typed SDK share: a client, an assistant, a thread, calm at a refusal."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import openai

from benchmarks.clients.program import KNOWN, Desk


class SdkProgram:
    """A program that speaks by the SDK, before it made an assistant and a thread."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.client = desk, desk.sdk()
        self.threads, self.runs = self.client.beta.threads, self.client.beta.threads.runs
        self.assistant_id, self.thread_id = KNOWN, ""


@contextlib.contextmanager
def refused() -> Iterator[None]:
    """Go on when the server says no, as a program does that tells its user."""
    with contextlib.suppress(openai.APIStatusError):
        yield
