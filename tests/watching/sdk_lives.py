"""What a program does with the real SDK: runs that are polled, streamed and listed."""

from __future__ import annotations

from typing import Any

import openai

KEY = "sk-reference"


def lives(url: str, number: int = 2, **options: Any) -> None:
    """Make threads and runs, one polled and one streamed in each, and list them."""
    with openai.OpenAI(base_url=url, api_key=KEY, max_retries=0, **options) as client:
        threads = client.beta.threads
        assistant = client.beta.assistants.create(model="gpt-4o", instructions="be short")
        for _ in range(number):
            ids: Any = {"assistant_id": assistant.id, "thread_id": threads.create().id}
            threads.messages.create(ids["thread_id"], role="user", content="Hello.")
            threads.runs.create_and_poll(**ids, poll_interval_ms=10)
            with threads.runs.stream(**ids) as stream:
                stream.until_done()
            threads.runs.list(ids["thread_id"])


async def async_lives(url: str, number: int = 2, **options: Any) -> None:
    """Do the like with the async client; threads are made with their runs, in one stream."""
    async with openai.AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0, **options) as client:
        assistant = await client.beta.assistants.create(model="gpt-4o", instructions="be short")
        for _ in range(number):
            async with client.beta.threads.create_and_run_stream(
                assistant_id=assistant.id
            ) as stream:
                await stream.until_done()
