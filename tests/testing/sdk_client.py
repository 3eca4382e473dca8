"""A user's code: it runs a conversation by the SDK and answers what it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import openai

from run_contracts.testing import RunServer

TOOL: Any = {"type": "function", "function": {"name": "weather", "parameters": {}}}


class Client:
    """An assistant, a thread and its runs, on a server of a test's or by an HTTP client of it."""

    def __init__(self, server: RunServer, http_client: Any = None, max_retries: int = 0) -> None:
        url = "https://api.openai.com/v1" if http_client else server.url
        self.sdk = openai.OpenAI(
            base_url=url, api_key=server.api_key, http_client=http_client, max_retries=max_retries
        )
        self.runs = self.sdk.beta.threads.runs

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.sdk.close()

    def ids(self, model: str = "gpt-4o", says: str = "Hello.", **fields: Any) -> dict[str, str]:
        assistant = self.sdk.beta.assistants.create(model=model, **fields)
        thread = self.sdk.beta.threads.create(messages=[{"role": "user", "content": says}])
        return {"assistant_id": assistant.id, "thread_id": thread.id}

    def run(self, ids: dict[str, str] | None = None, **fields: Any) -> Any:
        return self.runs.create_and_poll(**(ids or self.ids()), poll_interval_ms=5, **fields)

    def answer(self, run: Any, output: str = "rain") -> Any:
        calls = run.required_action.submit_tool_outputs.tool_calls
        outputs: Any = [{"tool_call_id": call.id, "output": output} for call in calls]
        return self.runs.submit_tool_outputs_and_poll(
            thread_id=run.thread_id, run_id=run.id, tool_outputs=outputs, poll_interval_ms=5
        )

    def said(self, run: Any) -> Any:
        """Return the text of the newest message of a run's thread, with its annotations."""
        return next(iter(self.sdk.beta.threads.messages.list(run.thread_id))).content[0].text

    def steps(self, run: Any) -> Sequence[Any]:
        """Return the steps of a run, the oldest first."""
        return list(self.runs.steps.list(run.id, thread_id=run.thread_id, order="asc"))


def called(run: Any) -> list[tuple[str, str]]:
    """Return the functions that a run calls, with their arguments."""
    calls = run.required_action.submit_tool_outputs.tool_calls
    return [(call.function.name, call.function.arguments) for call in calls]
