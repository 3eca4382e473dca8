"""Lives that fit the requests of their runs: no forbidden calls, JSON where it is asked for."""

from __future__ import annotations

import json
from typing import Any

from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.server.lives.life import Life
from run_contracts.server.parts.records import RunRecord, Wire
from run_contracts.server.parts.tool_calls import arguments, has_functions

NO_CALLS, SOME_CALL = "none", "required"


def fit(run: RunRecord, life: Life) -> None:
    """Let a planned run do what its request lets it, and what that asks for."""
    choice = run.settings["tool_choice"]
    if choice == NO_CALLS:
        rests = [rest for rest in run.later_rests if rest != REQUIRES_ACTION]
        run.later_rests.clear()
        run.later_rests.extend(rests)
        run.built_in = []
    elif _must_call(choice, run.settings) and REQUIRES_ACTION not in run.later_rests:
        run.later_rests.appendleft(REQUIRES_ACTION)
    wanted = _json_of(run.settings["response_format"], life.reply or "")
    if wanted is not None:
        run.reply = wanted.split(" ")


def _must_call(choice: Any, settings: Wire) -> bool:
    is_named = isinstance(choice, dict) and choice.get("type") == "function"
    return has_functions(settings) and (choice == SOME_CALL or is_named)


def _json_of(response_format: Any, reply: str) -> str | None:
    """Return a reply in the JSON that was asked for; None if none was.

    >>> _json_of({"type": "json_object"}, "Rain.")
    '{"answer": "Rain."}'
    """
    kind = response_format.get("type") if isinstance(response_format, dict) else None
    if kind == "json_object":
        return json.dumps({"answer": reply}, ensure_ascii=False)
    if kind == "json_schema":
        return arguments((response_format.get("json_schema") or {}).get("schema"))
    return None
