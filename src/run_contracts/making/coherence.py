"""What makes an object believable: its parts agree with one another, though no rule asks it.

What was made is looked at part by part, and what nobody fixed is changed: first what a run is made
of, then what it asks for, then what it cost. What two wishes make impossible is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from run_contracts.making.called_functions import FUNCTION, calls_fit, calls_of, offered_names
from run_contracts.making.forced_tools import (
    NO_TOOL,
    different_tools,
    forced_tool,
    is_forced_there,
    named_choice,
)
from run_contracts.making.forms import Identifier, Make, Whole
from run_contracts.making.generators.content import PREFIXES
from run_contracts.making.generators.error_messages import about_model
from run_contracts.making.generators.offered_models import MODELS_BY_EDITION, REASONING_MODELS
from run_contracts.making.token_counts import broken_limit, usage_fits
from run_contracts.making.wishes import CALLS, Free
from run_contracts.types import JSONObject

AGREEING_KINDS = frozenset(
    {"run", "assistant", "message", "create_run_request", "create_thread_and_run_request"}
)
"""Kinds whose parts are to agree."""
KNOWN_MODELS = frozenset(model for models in MODELS_BY_EDITION.values() for model in models)
REASONING_MODEL = "o3-mini"
NEWEST_MESSAGES = Whole(least=1, usual=(1, 20), name="last_messages")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coherence:
    """Makes the parts of an object agree, as far as they are `free`."""

    free: Free
    most_tools: int | None = None
    least_limit: int = 1

    def agree(self, value: JSONObject, make: Make) -> bool:
        """Change what nobody fixed until the parts agree; say whether totals are to be anew."""
        free, most = self.free, self.most_tools
        if value.get("reasoning_effort") is not None:
            _effort_of_model(value, free)
        if value.get("last_error") is not None and "last_error__message" in free:
            error = value["last_error"]
            error["message"] = about_model(error["message"], value["model"])
        if value.get("truncation_strategy") is not None:
            _cut(value["truncation_strategy"], free, make)
        if value.get("tools") is not None:
            different_tools(value, free)
            calls_fit(value, free, make, most)
            forced_tool(value, free, most)
            if value.get("tool_resources") or value.get("file_ids"):
                _files_of_tools(value, free)
        elif isinstance(value.get("tool_choice"), dict):
            named_choice(value["tool_choice"], free)
        if "role" in value:
            _of_its_author(value, free, make)
        if value.get("usage") is None:
            return False
        reasons = value["model"] not in KNOWN_MODELS or value["model"] in REASONING_MODELS
        return usage_fits(value, free, self.least_limit, reasons=reasons)


def _effort_of_model(value: JSONObject, free: Free) -> None:
    """Let only models think that can (reasoning_effort is null for the others)."""
    model = value.get("model")
    if model in REASONING_MODELS:
        return
    if "model" in free and (model not in KNOWN_MODELS or "reasoning_effort" not in free):
        value["model"] = REASONING_MODEL
    elif "reasoning_effort" in free:
        value["reasoning_effort"] = None


def _files_of_tools(value: JSONObject, free: Free) -> None:
    """Let files and stores be there for tools that read them (v1: `file_ids`, for any)."""
    kinds = {tool.get("type") for tool in value["tools"]}
    resources = value.get("tool_resources")
    if resources and "tool_resources" in free:
        value["tool_resources"] = {kind: held for kind, held in resources.items() if kind in kinds}
    if value.get("file_ids") and "file_ids" in free and not kinds - {FUNCTION}:
        value["file_ids"] = []


def _of_its_author(message: JSONObject, free: Free, make: Make) -> None:
    """Let only messages that a run wrote name the run and its assistant."""
    is_written = message["role"] != "user"
    for name, form in WRITTEN_BY.items():
        if name in message and name in free and (message[name] is not None) != is_written:
            message[name] = make(form) if is_written else None
    if is_written and message.get("attachments") and "attachments" in free:
        message["attachments"] = []


WRITTEN_BY = {name: Identifier(prefix=PREFIXES[name]) for name in ("assistant_id", "run_id")}


def _cut(strategy: JSONObject, free: Free, make: Make) -> None:
    """Let the newest messages be counted if, and only if, the thread is cut by them."""
    if "truncation_strategy__last_messages" not in free:
        return
    if strategy["type"] != NEWEST_MESSAGES.name:
        strategy["last_messages"] = None
    elif strategy.get("last_messages") is None:
        strategy["last_messages"] = make(NEWEST_MESSAGES)


def contradictions(run: JSONObject, free: Free) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what in a run contradicts itself: the fields, and why.

    A run that waits calls something, unless it is fixed that it does not.
    """
    calls = calls_of(run)
    called = {call[FUNCTION]["name"] for call in calls}
    offered = set(offered_names(run))
    waits = bool(calls) or (run.get("required_action") is not None and CALLS in free)
    if not called <= offered or (waits and free.is_whole("tools") and not offered):
        yield ("tools", "required_action"), "a run calls only functions that its tools offer"
    choice: Any = run.get("tool_choice")
    if waits and choice == NO_TOOL and "tool_choice" not in free:
        yield ("tool_choice", "required_action"), "it calls functions and may use no tool"
    if not is_forced_there(run):
        yield ("tool_choice", "tools"), "the tool that is forced is not among the tools"
    if len(calls) > 1 and run.get("parallel_tool_calls") is False:
        yield ("parallel_tool_calls", "required_action"), "it makes several calls at once"
    limit = broken_limit(run)
    if limit:
        yield (limit, "usage"), f"its usage is beyond {limit}"
