"""The clients: what is installed for each, the program that uses it, and what it cannot do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from tests.clients.operations import OPERATIONS

DRIVERS = Path(__file__).parent / "drivers"
NAMED = re.compile(r"""\boperation\(\s*"([^"]+)\"""")
"""How a driver names an operation, in Python and in JavaScript."""
BOTH = ("sync", "async")
NEWEST = "3.57.0"
"""The SDK that frameworks are tried with, unless they ask for an older one."""


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client that somebody's program is written with.

    `packages` are what is installed, with exact versions, the client itself first; clients that
    have the same share an environment. `modes` are what the driver is called with in turn, and an
    operation works if it does in each. What its driver does and this client does not have is in
    `lacks`; what it has and does wrongly in `defects`.
    """

    name: str
    packages: tuple[str, ...]
    driver: str
    installer: Literal["pip", "npm"] = "pip"
    called: str = ""
    modes: tuple[str, ...] = ("",)
    lacks: frozenset[str] = frozenset()
    defects: Mapping[str, str] = field(default_factory=dict)
    is_quick: bool = False

    @property
    def title(self) -> str:
        """What the table calls it: the packages that its name stands for, with their versions."""
        named = ", ".join(re.sub(r"==|(?<=.)@", " ", package) for package in self.packages)
        return f"{self.called} ({named})" if self.called else named

    @property
    def environment(self) -> str:
        """The name of the folder that it is installed in."""
        return re.sub(r"[^\w.-]+", "-", f"{self.installer}-{self.packages[0]}")

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """The operations that its driver does and that it has, in the order of the table."""
        named = set(NAMED.findall((DRIVERS / self.driver).read_text(encoding="utf-8")))
        return tuple(name for name in OPERATIONS if name in named - self.lacks)


def _sdk(version: str, *more: str, modes: tuple[str, ...] = BOTH, **fields: object) -> Client:
    """Return the SDK in Python of a version."""
    return Client(
        packages=(f"openai=={version}", *more),
        driver="openai_python.py",
        modes=modes,
        **fields,  # type: ignore[arg-type]
    )


def _npm(version: str, **fields: object) -> Client:
    """Return the SDK in JavaScript of a version."""
    return Client(
        name=f"openai-npm-{version.partition('.')[0]}",
        packages=(f"openai@{version}",),
        called="npm",
        driver="openai_npm.mjs",
        installer="npm",
        **fields,  # type: ignore[arg-type]
    )


def _langchain(**fields: object) -> Client:
    """Return LangChain, by one of its ways."""
    return Client(
        packages=("langchain-classic==1.0.8", "langchain-community==0.4.2", f"openai=={NEWEST}"),
        driver="langchain_assistant.py",
        **fields,  # type: ignore[arg-type]
    )


def _semantic_kernel(**fields: object) -> Client:
    """Return Semantic Kernel, with one of its agents."""
    return Client(
        packages=("semantic-kernel==1.45.0", f"openai=={NEWEST}"),
        driver="semantic_kernel_agent.py",
        **fields,  # type: ignore[arg-type]
    )


ALL = (
    _sdk(
        "1.26.0",
        "httpx==0.27.2",
        name="openai-python-1.26",
        lacks=frozenset({"runs.steps.list, include"}),
        defects={"runs.create_and_poll, incomplete": "never comes back"},
    ),
    _sdk("1.109.1", name="openai-python-1", is_quick=True),
    _sdk("2.54.0", name="openai-python-2", is_quick=True),
    _sdk(NEWEST, name="openai-python-3", is_quick=True),
    _sdk(
        NEWEST,
        name="azure-python-3",
        called="AzureOpenAI",
        modes=("azure-sync", "azure-async"),
        is_quick=True,
    ),
    _npm("5.23.2"),
    _npm("6.49.0"),
    _npm("7.59.0", is_quick=True),
    _langchain(name="langchain-classic", called="invoke", modes=("classic",)),
    _langchain(
        name="langchain-classic-async",
        called="ainvoke",
        modes=("classic-async",),
        defects=dict.fromkeys(
            (
                "messages.create",
                "messages.create, with a file",
                "messages.list",
                "runs.create_and_poll",
                "runs.submit_tool_outputs",
                "runs.submit_tool_outputs_and_poll",
                "threads.create_and_run_poll",
            ),
            "takes the page of messages for the messages",
        ),
    ),
    _langchain(name="langchain-v2", called="OpenAIAssistantV2Runnable", modes=("v2", "v2-async")),
    Client(
        name="llama-index",
        packages=("llama-index-agent-openai==0.4.12", "openai==1.109.1"),
        driver="llama_index_agent.py",
        modes=BOTH,
        defects={"runs.create_and_poll, incomplete": "answers as if the run had completed"},
    ),
    _semantic_kernel(name="semantic-kernel", modes=("openai",)),
    _semantic_kernel(name="semantic-kernel-azure", called="AzureAssistantAgent", modes=("azure",)),
    Client(
        name="autogen",
        packages=("autogen-ext[openai]==0.7.5", "autogen-agentchat==0.7.5", f"openai=={NEWEST}"),
        driver="autogen_agent.py",
        defects={"runs.create_and_poll, incomplete": "never comes back"},
    ),
)
CLIENTS = {client.name: client for client in ALL}
