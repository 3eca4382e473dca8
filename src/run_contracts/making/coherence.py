"""What makes a legal run believable: its parts agree with one another, though no rule asks it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.making.overrides import SEPARATOR
from run_contracts.types import JSONObject

FUNCTION_TYPE = "function"


def coherent(
    contract: Contract, runs: list[JSONObject], fixed: Iterable[str] = ()
) -> list[JSONObject]:
    """Return snapshots of one run with what the caller did not fix made to agree.

    The tools offer the functions that are called or forced, as far as there is room; a forced
    tool names a function only if it is one; the newest messages are counted only if the thread is
    cut by them. All snapshots get the same.
    """
    kept = {name.partition(SEPARATOR)[0] for name in fixed}
    first = runs[0]
    if "tool_choice" not in kept and isinstance(first.get("tool_choice"), dict):
        _forced(runs, copy.deepcopy(first["tool_choice"]))
    if "truncation_strategy" not in kept and first.get("truncation_strategy") is not None:
        _cut(runs, first["truncation_strategy"]["type"])
    if "tools" not in kept:
        _offered(runs, contract.schema("run")["properties"]["tools"].get("maxItems"))
    return runs


def _forced(runs: list[JSONObject], choice: JSONObject) -> None:
    """Let a choice name a function if, and only if, it forces one."""
    if choice["type"] != FUNCTION_TYPE:
        choice.pop(FUNCTION_TYPE, None)
    elif FUNCTION_TYPE not in choice:
        called = next(_called(runs), None)
        choice = {"type": FUNCTION_TYPE, FUNCTION_TYPE: {"name": called}} if called else AUTO_CHOICE
    for run in runs:
        run["tool_choice"] = copy.deepcopy(choice)


AUTO_CHOICE: Any = "auto"


def _cut(runs: list[JSONObject], kind: str) -> None:
    for run in runs:
        strategy = run["truncation_strategy"]
        count = (strategy.get("last_messages") or 1) if kind == "last_messages" else None
        run["truncation_strategy"] = {**strategy, "last_messages": count}


def _offered(runs: list[JSONObject], most: int | None) -> None:
    """Let the tools, so many at most, offer every function that is called or forced."""
    choice = runs[0].get("tool_choice")
    named = list(_called(runs))
    if isinstance(choice, Mapping):
        named += [choice[FUNCTION_TYPE]["name"]] if FUNCTION_TYPE in choice else []
    if not named:
        return
    tools = runs[0]["tools"]
    offers = {tool.get(FUNCTION_TYPE, {}).get("name") for tool in tools}
    missing = [name for name in dict.fromkeys(named) if name not in offers]
    if missing:
        new = [{"type": FUNCTION_TYPE, FUNCTION_TYPE: {"name": name}} for name in missing]
        for run in runs:
            run["tools"] = copy.deepcopy([*new, *tools][:most])


def _called(runs: Iterable[JSONObject]) -> Iterator[str]:
    for run in runs:
        action = run.get("required_action")
        for call in action["submit_tool_outputs"]["tool_calls"] if action else ():
            yield call[FUNCTION_TYPE]["name"]
