"""Made objects as models of the `openai` SDK, built the way the SDK builds its answers."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from run_contracts.errors import UsageError

HOMES: Mapping[str, tuple[str, str]] = {
    "thread.run": ("openai.types.beta.threads", "Run"),
    "thread.run.step": ("openai.types.beta.threads.runs", "RunStep"),
    "thread.message": ("openai.types.beta.threads", "Message"),
    "thread": ("openai.types.beta", "Thread"),
    "assistant": ("openai.types.beta", "Assistant"),
}
"""The model of each object, by what it calls itself; the same in versions 2 and 3 of the SDK."""


def model_of(value: Any) -> Any:
    """Return the SDK's model of an object, or its page of a list; raise `UsageError` if none."""
    name = value.get("object") if isinstance(value, dict) else None
    if name == "list":
        page = _found("openai.pagination", "SyncCursorPage")
        return page.construct(**{**value, "data": [model_of(one) for one in value["data"]]})
    if not isinstance(name, str) or name not in HOMES:
        raise UsageError(f"the SDK has no model for {name!r}; there are {', '.join(HOMES)}, list")
    return _found(*HOMES[name]).construct(**value)


def _found(module: str, name: str) -> Any:
    try:
        return getattr(import_module(module), name)
    except ImportError:
        raise UsageError("the openai package is not installed; pip install openai") from None
