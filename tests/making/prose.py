"""What the prose of the published documents, and recorded traffic, say of a run beside its schema.

Written from the documents, without any of the project's code: a second reader of the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

FIRST_DAY, LAST_DAY = 1_699_228_800, 1_787_702_400
"""The hosted service, in seconds since the epoch: 2023-11-06 to 2026-08-26."""
NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
ENDS = ("completed_at", "failed_at", "cancelled_at")
REASONERS = re.compile(r"o\d|gpt-5")
LEAST_LIMIT, MOST_TOOLS, MOST_INSTRUCTIONS = 256, 128, 256_000


def contradictions(run: dict[str, Any]) -> set[str]:
    """Return the topics on which a run contradicts the prose, or itself."""
    return {
        *_times(run),
        *_tools(run),
        *_calls(run),
        *_numbers(run),
        *_tokens(run),
        *_texts(run),
    }


def _times(run: dict[str, Any]) -> Iterator[str]:
    created, started = run["created_at"], run["started_at"]
    moments = [run[name] for name in ("created_at", "started_at", "expires_at", *ENDS)]
    if any(one is not None and not FIRST_DAY <= one < LAST_DAY for one in moments):
        yield "years"
    if run["expires_at"] is not None and not created < run["expires_at"]:
        yield "expiry"
    ends = [run[name] for name in ENDS if run[name] is not None]
    if (started is not None and started < created) or any(e < (started or created) for e in ends):
        yield "order"
    if run["expires_at"] is not None and started is not None and started > run["expires_at"]:
        yield "started after expiry"


def _tools(run: dict[str, Any]) -> Iterator[str]:
    tools, choice = run["tools"], run.get("tool_choice")
    kinds = [tool["type"] for tool in tools if tool["type"] != "function"]
    names = [tool["function"]["name"] for tool in tools if tool["type"] == "function"]
    if len(tools) > MOST_TOOLS:
        yield "many tools"
    if len(kinds) > len(set(kinds)) or len(names) > len(set(names)):
        yield "a tool twice"
    if not all(NAME.fullmatch(name) for name in names):
        yield "function name"
    if choice == "required" and not tools:
        yield "forced tool"
    if isinstance(choice, dict):
        forced = choice.get("function", {}).get("name")
        if (choice["type"] == "function") != (forced is not None):
            yield "tool_choice"
        if forced not in names if forced else choice["type"] not in kinds:
            yield "forced tool"


def _calls(run: dict[str, Any]) -> Iterator[str]:
    action = run.get("required_action")
    calls = action["submit_tool_outputs"]["tool_calls"] if action else []
    offered = {tool["function"]["name"] for tool in run["tools"] if tool["type"] == "function"}
    if not {call["function"]["name"] for call in calls} <= offered:
        yield "calls not offered"
    if len({call["id"] for call in calls}) < len(calls):
        yield "a call twice"
    if len(calls) > 1 and run.get("parallel_tool_calls") is False:
        yield "parallel calls"
    if action and (not calls or run.get("tool_choice") == "none"):
        yield "no calls"


def _numbers(run: dict[str, Any]) -> Iterator[str]:
    for name, most in (("temperature", 2), ("top_p", 1)):
        if run.get(name) is not None and not 0 <= run[name] <= most:
            yield name
    for name in ("max_prompt_tokens", "max_completion_tokens"):
        if run.get(name) is not None and run[name] < LEAST_LIMIT:
            yield "low limit"
    cut = run.get("truncation_strategy")
    if cut and (cut["type"] == "last_messages") != (cut.get("last_messages") is not None):
        yield "truncation"
    if run.get("reasoning_effort") is not None and not REASONERS.match(run["model"]):
        yield "reasoning"


def _tokens(run: dict[str, Any]) -> Iterator[str]:
    usage, details = run.get("usage"), run.get("incomplete_details")
    pairs = (
        ("max_prompt_tokens", "prompt_tokens", "prompt_token_details", "cached_tokens"),
        (
            "max_completion_tokens",
            "completion_tokens",
            "completion_tokens_details",
            "reasoning_tokens",
        ),
    )
    for limit, counted, inside, part in pairs:
        if usage and run.get(limit) is not None and usage[counted] > run[limit]:
            yield "over the limit"
        if usage and ((usage.get(inside) or {}).get(part) or 0) > usage[counted]:
            yield "details"
        if details and details.get("reason") == limit and run.get(limit) is None:
            yield "no such limit"
    details_of = [usage.get(inside) for _, _, inside, _ in pairs] if usage else []
    if len({one is None for one in details_of}) > 1:
        yield "half of the details"
    if usage and usage["total_tokens"] != usage["prompt_tokens"] + usage["completion_tokens"]:
        yield "sum"
    if details == {}:
        yield "no reason"


def _texts(run: dict[str, Any]) -> Iterator[str]:
    metadata = run["metadata"]
    if metadata is None:
        yield "metadata null"
    elif len(metadata) > 16 or any(len(k) > 64 or len(v) > 512 for k, v in metadata.items()):
        yield "metadata"
    if len(run["instructions"] or "") > MOST_INSTRUCTIONS:
        yield "instructions"
    wanted = run.get("response_format")
    if isinstance(wanted, dict) and not NAME.fullmatch(
        wanted.get("json_schema", {}).get("name", "a")
    ):
        yield "schema name"
    for name, prefix in (("id", "run_"), ("thread_id", "thread_"), ("assistant_id", "asst_")):
        if not re.fullmatch(rf"{prefix}[0-9A-Za-z]{{24}}", run[name]):
            yield "id"
