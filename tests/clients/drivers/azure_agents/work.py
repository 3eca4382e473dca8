"""What operations of Azure's AgentsClient begin with."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from azure.ai.agents import AgentsClient
from azure.ai.agents.aio import AgentsClient as AsyncAgentsClient
from azure.ai.agents.models import (
    AsyncFunctionTool,
    FilePurpose,
    FunctionTool,
    ThreadMessageOptions,
)
from azure.core.credentials import AccessToken, AzureKeyCredential
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from driving import Server, Unlike, planned, same
from sync_or_async import got

BASE, KEY = sys.argv[1:3]
IS_ASYNC = sys.argv[3:] == ["async"]
SERVER = Server(BASE, KEY)
HELLO = "How is the weather?"
CALLS = {"weather": {"city": "Oslo"}}
POLL = {"polling_interval": 0.02}


def weather(city: str) -> str:
    """Tell the weather in a city."""
    return f"sunny in {city}"


async def weather_later(city: str) -> str:
    """Tell the weather in a city."""
    return weather(city)


weather_later.__name__ = "weather"
FUNCTIONS = {weather_later if IS_ASYNC else weather}
TOOL = (AsyncFunctionTool if IS_ASYNC else FunctionTool)(FUNCTIONS)


class NoToken:
    """A credential that is never asked: tokens are sent over https only."""

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """Return a token that no server accepts."""
        return AccessToken("none", 0)


class Work:
    """What an operation begins with: a client, and agents and threads where it wants some."""

    def __init__(self, key: str = KEY) -> None:
        """Open a client, which sends the key as a token is sent."""
        policy = AzureKeyCredentialPolicy(AzureKeyCredential(key), "Authorization", prefix="Bearer")
        self.sdk = (AsyncAgentsClient if IS_ASYNC else AgentsClient)(
            endpoint=BASE, credential=NoToken(), authentication_policy=policy, retry_total=0
        )
        self.threads, self.messages = self.sdk.threads, self.sdk.messages
        self.runs, self.steps = self.sdk.runs, self.sdk.run_steps

    async def agent(self, **fields: Any) -> str:
        """Return the id of a new agent."""
        return (await got(self.sdk.create_agent(model="gpt-4o", **fields))).id

    async def thread(self) -> str:
        """Return the id of a new thread that has a message."""
        begin = [ThreadMessageOptions(role="user", content=HELLO)]
        return (await got(self.threads.create(messages=begin))).id

    async def ids(self, **fields: Any) -> dict[str, str]:
        """Return what a run is created with: an agent and a thread."""
        return {"agent_id": await self.agent(**fields), "thread_id": await self.thread()}

    async def ended(self) -> Any:
        """Return a run that called a function, got its output and completed."""
        self.sdk.enable_auto_function_calls(TOOL)
        ids = await self.ids(tools=TOOL.definitions)
        planned("requires_action", "completed", calls=CALLS)
        run = await got(self.runs.create_and_process(**ids, **POLL))
        same(run.status, "completed")
        return run

    async def text(self, thread_id: str) -> str:
        """Return the newest text of the agent in a thread as the client reads it."""
        read = self.messages.get_last_message_text_by_role(thread_id=thread_id, role="assistant")
        return (await got(read)).text.value


async def raised(kind: type[Exception], value: Any) -> Any:
    """Return the exception of a kind that an asynchronous call raises."""
    try:
        await value
    except kind as error:
        return error
    raise Unlike(f"no {kind.__name__}")


async def asked(method: Any, *given: Any, **named: Any) -> Any:
    """Return what a method gives, called only when this is awaited."""
    return await got(method(*given, **named))


async def uploaded(work: Work) -> str:
    """Return the id of a new file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.txt")
        path.write_text("hello")
        made = work.sdk.files.upload(file_path=str(path), purpose=FilePurpose.AGENTS)
        return (await got(made)).id
