"""What the documents, and recorded traffic, say of steps, messages, errors and requests for runs.

Written from the documents, without any of the project's code, as `tests.making.prose` is of runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.making.prose import FIRST_DAY, LAST_DAY, MOST_INSTRUCTIONS, NAME, REASONERS

STEP_ENDS = {"completed": "completed_at", "failed": "failed_at", "cancelled": "cancelled_at"}
SEARCH = {"v1": "retrieval", "v2": "file_search"}
PARTS = {"v1": {"text", "image_file"}, "v2": {"text", "image_file", "image_url", "refusal"}}
ASKED = {
    "assistant_id",
    "model",
    "instructions",
    "tools",
    "metadata",
    "temperature",
    "stream",
    "max_prompt_tokens",
    "max_completion_tokens",
    "truncation_strategy",
    "tool_choice",
    "response_format",
}
ONLY_V2: dict[str, set[str]] = {
    "v1": set(),
    "v2": {"top_p", "parallel_tool_calls", "reasoning_effort", "tool_resources"},
}
LEAST_LIMIT, MOST_TOOLS, MOST_CONTENT, MOST_FILES = 16, 20, 256_000, 10
MOST_PAIRS, MOST_KEY, MOST_VALUE = 16, 64, 512


def of_step(step: dict[str, Any], edition: str) -> set[str]:
    """Return the topics on which a step, as an answer to a read, contradicts the documents."""
    ids = {"id": "step", "run_id": "run", "thread_id": "thread", "assistant_id": "asst"}
    return {*_ids(step, ids), *_life_of_step(step), *_details(step, edition), *_used(step["usage"])}


def of_message(message: dict[str, Any], edition: str) -> set[str]:
    """Return the topics on which a message, as an answer to a read, contradicts the documents."""
    ids = {"id": "msg", "thread_id": "thread", "assistant_id": "asst", "run_id": "run"}
    return {
        *_ids({name: one for name, one in message.items() if one is not None}, ids),
        *_pairs(message["metadata"], edition),
        *_content(message["content"], edition),
        *_author(message, edition),
    }


def of_error(value: dict[str, Any], _: str) -> set[str]:
    """Return the topics on which the body of a refusal contradicts recorded ones."""
    error = value["error"]
    found = set()
    if value.keys() != {"error"} or error.keys() != {"message", "type", "param", "code"}:
        found.add("envelope")
    if not all(isinstance(error.get(name), str) for name in ("message", "type")):
        found.add("texts")
    if any(not isinstance(error.get(name), str | None) for name in ("param", "code")):
        found.add("texts")
    return found


def of_run_request(asked: dict[str, Any], edition: str) -> set[str]:
    """Return the topics on which a body is no request for a run on a thread."""
    own = {"additional_instructions", "additional_messages"}
    messages = asked.get("additional_messages") or []
    return _of_request(asked, own | ({"reasoning_effort"} & ONLY_V2[edition]), messages, edition)


def of_thread_request(asked: dict[str, Any], edition: str) -> set[str]:
    """Return the topics on which a body is no request for a thread and a run on it."""
    own = {"thread"} | ({"tool_resources"} & ONLY_V2[edition])
    messages = (asked.get("thread") or {}).get("messages") or []
    return _of_request(asked, own, messages, edition)


def _of_request(asked: dict[str, Any], own: set[str], messages: Any, edition: str) -> set[str]:
    is_known = asked.keys() <= ASKED | own | (ONLY_V2[edition] & {"top_p", "parallel_tool_calls"})
    return {
        *([] if is_known else ["a field of nothing"]),
        *_ids(asked, {"assistant_id": "asst"}),
        *_numbers(asked),
        *_forced(asked, edition),
        *_pairs(asked.get("metadata"), edition),
        *(topic for message in messages for topic in _message(message, edition)),
    }


def _ids(value: dict[str, Any], prefixes: dict[str, str]) -> Iterator[str]:
    for name, prefix in prefixes.items():
        if name in value and not re.fullmatch(rf"{prefix}_[0-9A-Za-z]{{24}}", value[name]):
            yield "id"


def _moments(value: dict[str, Any]) -> Iterator[int]:
    for name in ("created_at", "expires_at", *STEP_ENDS.values()):
        if value.get(name) is not None:
            yield value[name]


def _life_of_step(step: dict[str, Any]) -> Iterator[str]:
    if not all(FIRST_DAY <= moment < LAST_DAY for moment in _moments(step)):
        yield "years"
    for status, name in STEP_ENDS.items():
        if (step[name] is not None) != (step["status"] == status):
            yield name
        if step[name] is not None and step[name] < step["created_at"]:
            yield "order"
    if step.get("expires_at") is not None and step["expires_at"] < step["created_at"]:
        yield "order"
    if step.keys() & {"metadata", "expired_at"}:
        yield "fields that no server sends"
    error = step["last_error"]
    if (error is not None) != (step["status"] == "failed"):
        yield "last_error"
    if error and error["code"] not in ("server_error", "rate_limit_exceeded"):
        yield "code"
    if {"completed": step["usage"] is None, "in_progress": step["usage"] is not None}.get(
        step["status"]
    ):
        yield "usage"


def _details(step: dict[str, Any], edition: str) -> Iterator[str]:
    details = step["step_details"]
    if details["type"] != step["type"]:
        yield "type"
    if details["type"] == "message_creation":
        yield from _ids(details["message_creation"], {"message_id": "msg"})
        return
    calls = details["tool_calls"]
    if len({call["id"] for call in calls}) < len(calls):
        yield "a call twice"
    for call in calls:
        yield from _ids(call, {"id": "call"})
        if call.keys() != {"id", "type", call["type"]}:
            yield "call"
        elif call["type"] == "function":
            yield from _function_call(call["function"], step["status"])
        elif call["type"] == "code_interpreter":
            yield from _code(call["code_interpreter"])
        elif call["type"] != SEARCH[edition]:
            yield "tool of another edition"
        else:
            yield from _search(call[call["type"]])


def _function_call(function: dict[str, Any], status: str) -> Iterator[str]:
    if function.keys() != {"name", "arguments", "output"} or not NAME.fullmatch(function["name"]):
        yield "function"
    if status == "completed" and function.get("output") is None:
        yield "no output"


def _code(ran: dict[str, Any]) -> Iterator[str]:
    kinds = {"logs": {"type", "logs"}, "image": {"type", "image"}}
    if any(output.keys() != kinds.get(output["type"]) for output in ran["outputs"]):
        yield "output of code"


def _search(found: dict[str, Any]) -> Iterator[str]:
    scores = [one["score"] for one in found.get("results") or ()]
    scores += [(found.get("ranking_options") or {"score_threshold": 0})["score_threshold"]]
    if not all(0 <= score <= 1 for score in scores):
        yield "score"


def _used(usage: dict[str, Any] | None) -> Iterator[str]:
    if usage is None:
        return
    whole = {"prompt_token_details": "prompt_tokens"}
    whole["completion_tokens_details"] = "completion_tokens"
    if usage["total_tokens"] != usage["prompt_tokens"] + usage["completion_tokens"]:
        yield "sum"
    details = {name: usage[name] for name in whole if usage.get(name) is not None}
    if len(details) == 1:
        yield "half of the details"


def _pairs(metadata: dict[str, Any] | None, edition: str) -> Iterator[str]:
    pairs = (metadata or {}).items()
    if len(pairs) > MOST_PAIRS or any(len(key) > MOST_KEY for key, _ in pairs):
        yield "metadata"
    if edition == "v2" and any(not isinstance(value, str) for _, value in pairs):
        yield "metadata"
    if any(isinstance(value, str) and len(value) > MOST_VALUE for _, value in pairs):
        yield "metadata"


def _content(parts: list[dict[str, Any]], edition: str) -> Iterator[str]:
    for part in parts:
        if part["type"] not in PARTS[edition] or part.keys() != {"type", part["type"]}:
            yield "part"
        elif part["type"] == "text":
            yield from _annotations(part["text"])


def _annotations(text: dict[str, Any]) -> Iterator[str]:
    for mark in text["annotations"]:
        start, end = mark.get("start_index", 0), mark.get("end_index", len(text["value"]))
        if not 0 <= start <= end:
            yield "indices"


def _author(message: dict[str, Any], edition: str) -> Iterator[str]:
    if message["role"] == "user" and (message["run_id"] or message["assistant_id"]):
        yield "author"
    if ("file_ids" in message) != (edition == "v1") or len(
        message.get("file_ids", ())
    ) > MOST_FILES:
        yield "files"
    if message["metadata"] is None:
        yield "metadata null"
    if not FIRST_DAY <= message["created_at"] < LAST_DAY:
        yield "years"
    if message.keys() & {"status", "incomplete_details", "completed_at", "incomplete_at"}:
        yield "fields that no server sends"


def _numbers(asked: dict[str, Any]) -> Iterator[str]:
    for name, most in (("temperature", 2), ("top_p", 1)):
        if asked.get(name) is not None and not 0 <= asked[name] <= most:
            yield name
    for name in ("max_prompt_tokens", "max_completion_tokens"):
        if asked.get(name) is not None and asked[name] < LEAST_LIMIT:
            yield "low limit"
    cut = asked.get("truncation_strategy")
    if cut and (cut["type"] == "last_messages") != (cut.get("last_messages") is not None):
        yield "truncation"
    if "parallel_tool_calls" in asked and not isinstance(asked["parallel_tool_calls"], bool):
        yield "parallel_tool_calls"
    thinks = asked.get("reasoning_effort") is not None and asked.get("model") is not None
    if thinks and not REASONERS.match(asked["model"]):
        yield "reasoning"
    if len(asked.get("instructions") or "") > MOST_INSTRUCTIONS:
        yield "instructions"


def _forced(asked: dict[str, Any], edition: str) -> Iterator[str]:
    tools, choice = asked.get("tools"), asked.get("tool_choice")
    kinds = [tool["type"] for tool in tools or () if tool["type"] != "function"]
    names = [tool["function"]["name"] for tool in tools or () if tool["type"] == "function"]
    if len(tools or ()) > MOST_TOOLS:
        yield "many tools"
    if set(kinds) - {"code_interpreter", SEARCH[edition]}:
        yield "tool of another edition"
    if len(kinds) > len(set(kinds)) or len(names) > len(set(names)):
        yield "a tool twice"
    if not all(NAME.fullmatch(name) for name in names):
        yield "function name"
    if edition == "v2" and asked.get("response_format") == "none":
        yield "response_format"
    if choice == "required" and (edition == "v1" or tools == []):
        yield "forced tool"
    if isinstance(choice, dict):
        forced = choice.get("function", {}).get("name")
        if (choice["type"] == "function") != (forced is not None):
            yield "tool_choice"
        if tools is not None and (forced not in names if forced else choice["type"] not in kinds):
            yield "forced tool"


def _message(message: dict[str, Any], edition: str) -> Iterator[str]:
    own = {"file_ids"} if edition == "v1" else {"attachments"}
    if message.keys() - {"role", "content", "metadata"} - own:
        yield "a field of nothing"
    if message["role"] not in ("user", "assistant"):
        yield "role"
    content = message["content"]
    is_text = isinstance(content, str)
    if edition == "v1" and not (is_text and 1 <= len(content) <= MOST_CONTENT):
        yield "content"
    if not is_text and not content:
        yield "content"
    yield from _pairs(message.get("metadata"), edition)
