"""Made objects as models of the `openai` SDK, built the way the SDK builds its answers."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, get_args

from run_contracts.errors import UsageError
from run_contracts.traffic.streamed_events import DONE
from run_contracts.validation.plain_json import is_model

HOMES: Mapping[str, tuple[str, str]] = {
    "thread.run": ("openai.types.beta.threads", "Run"),
    "thread.run.step": ("openai.types.beta.threads.runs", "RunStep"),
    "thread.message": ("openai.types.beta.threads", "Message"),
    "thread": ("openai.types.beta", "Thread"),
    "assistant": ("openai.types.beta", "Assistant"),
}
"""The model of each object, by what it calls itself; the same in versions 2 and 3 of the SDK."""


def model_of(value: Any) -> Any:
    """Return the SDK's model of an object, a page or an event, a list of them; or a model as it is.

    Of the events of a stream the end marker is left out, for the SDK keeps it to itself. Raises
    `UsageError` for what has no model.
    """
    if is_model(value):
        return value
    if isinstance(value, list | tuple):
        return [model_of(one) for one in value if not _is_end(one)]
    name = value.get("object") if isinstance(value, dict) else None
    if name == "list":
        items = value.get("data")
        data = {"data": model_of(items)} if isinstance(items, list) else {}
        return _found("openai.pagination", "SyncCursorPage").construct(**{**value, **data})
    if name is None and isinstance(value, dict) and "event" in value:
        return _event_model(value["event"]).construct(**value)
    if not isinstance(name, str) or name not in HOMES:
        known = ", ".join(HOMES)
        raise UsageError(f"the SDK has no model for {name!r}; there are {known}, list, and events")
    return _found(*HOMES[name]).construct(**value)


def _is_end(value: Any) -> bool:
    return isinstance(value, dict) and value.get("event") == DONE


def _event_model(event: Any) -> Any:
    """Return the model of events of this name; raise `UsageError` if there is none."""
    union = get_args(_found("openai.types.beta", "AssistantStreamEvent"))[0]
    for model in get_args(union):
        if event in get_args(model.model_fields["event"].annotation):
            return model
    raise UsageError(f"the SDK has no model for an event {event!r}")


def _found(module: str, name: str) -> Any:
    try:
        return getattr(import_module(module), name)
    except ImportError:
        raise UsageError("the openai package is not installed; pip install openai") from None
