"""A session as it went over the wire, for every recorder to write in its form."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.samples import page, refusal, run

HOST = "http://127.0.0.1:1234"
STARTED = 1_800_000_000.0
RUNS = "/v1/threads/thread_1/runs"
ASKED = {"assistant_id": "asst_1", "model": "gpt-4o", "metadata": {"team": "blue"}}
BROKEN = "RUN-USAGE-001"
"""What `wrong` breaks, and nothing else."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request and its answer, in the words of no recorder."""

    method: str
    path: str
    answer: Any
    sent: Any = None
    status: int = 200
    at: float = STARTED
    sent_headers: dict[str, str] = field(
        default_factory=lambda: {"Authorization": "Bearer k", "OpenAI-Beta": "assistants=v2"}
    )
    media_type: str = "application/json"

    @property
    def url(self) -> str:
        return HOST + self.path

    @property
    def body(self) -> str:
        return self.answer if isinstance(self.answer, str) else json.dumps(self.answer)

    @property
    def sent_body(self) -> str:
        return "" if self.sent is None else json.dumps(self.sent)


def calls(last: Any = None) -> list[Call]:
    """Return a run created, polled until it ends, listed, and one that is not there."""
    ended = last or run("completed")
    return [
        Call(method="POST", path=RUNS, sent=ASKED, answer=run("queued")),
        Call(method="GET", path=f"{RUNS}/run_1", answer=run("in_progress"), at=STARTED + 1),
        Call(method="GET", path=f"{RUNS}/run_1", answer=ended, at=STARTED + 6),
        Call(method="GET", path=f"{RUNS}?limit=20", answer=page(ended), at=STARTED + 7),
        Call(method="GET", path=f"{RUNS}/run_9", answer=refusal(), status=404, at=STARTED + 8),
    ]


def wrong() -> list[Call]:
    """Return the same, but that the tokens of the run that ended do not add up."""
    usage = {"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 6}
    return calls(run("completed", usage=usage))
