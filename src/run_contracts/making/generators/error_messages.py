"""What errors say, as the hosted service worded it: in English, whatever the locale.

A message fits the code, the type and the parameter that stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAMED_MODEL = "gpt-4-turbo"
"""The model that messages name, which both editions have; see `about_model`."""
_QUOTA = (
    "You exceeded your current quota, please check your plan and billing details. For more "
    "information on this error, read the docs: "
    "https://platform.openai.com/docs/guides/error-codes/api-errors."
)
_SORRY = "The server had an error while processing your request. Sorry about that!"
_LIMITS = (
    f"Rate limit reached for {NAMED_MODEL} on tokens per min (TPM): Limit 30000, Used 28411, "
    "Requested 3102. Please try again in 3.026s. Visit "
    "https://platform.openai.com/account/rate-limits to learn more.",
    f"Rate limit reached for {NAMED_MODEL} on requests per min (RPM): Limit 500, Used 500, "
    "Requested 1. Please try again in 120ms. Visit "
    "https://platform.openai.com/account/rate-limits to learn more.",
    f"Rate limit reached for {NAMED_MODEL}. Please try again in 7s.",
)
MESSAGES_BY_CODE: Mapping[str, tuple[str, ...]] = {
    "server_error": (
        _SORRY,
        "Sorry, something went wrong.",
        "The server had an error processing your request. Sorry about that! You can retry your "
        "request, or contact us through our help center at help.openai.com if the error persists.",
    ),
    "rate_limit_exceeded": (_QUOTA, *_LIMITS),
    "invalid_prompt": (
        "Invalid prompt: your prompt was flagged as potentially violating our usage policy. "
        "Please try again with a different prompt.",
        "Invalid prompt: we've limited access to this content for safety reasons.",
    ),
}
"""Why a run or a step failed, by the code of its last error."""
LAST_ERRORS = tuple(
    {"code": code, "message": message}
    for code, messages in MESSAGES_BY_CODE.items()
    for message in messages
)


def _refused(message: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    return {
        "type": "invalid_request_error",
        "message": message,
        "param": param,
        "code": code,
    }


API_ERRORS = (
    _refused(
        "Missing required parameter: 'assistant_id'.", "assistant_id", "missing_required_parameter"
    ),
    _refused("Unknown parameter: 'instruction'.", "instruction", "unknown_parameter"),
    _refused(
        "Invalid type for 'metadata.ticket': expected a string, but got an integer instead.",
        "metadata.ticket",
        "invalid_type",
    ),
    _refused(
        "Invalid value: 'always'. Supported values are: 'none', 'auto', and 'required'.",
        "tool_choice",
        "invalid_value",
    ),
    _refused(
        "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, "
        "but got an object with 17 properties instead.",
        "metadata",
        "object_above_max_properties",
    ),
    _refused("Cannot cancel run with status 'completed'."),
    _refused('Runs in status "in_progress" do not accept tool outputs.'),
    _refused("No assistant found with id 'asst_abc123'."),
    {"type": "server_error", "message": _SORRY, "param": None, "code": None},
    {
        "type": "insufficient_quota",
        "message": _QUOTA,
        "param": None,
        "code": "insufficient_quota",
    },
    {
        "type": "tokens",
        "message": _LIMITS[0],
        "param": None,
        "code": "rate_limit_exceeded",
    },
)
"""What requests are answered that went wrong."""


def about_model(message: str, model: str) -> str:
    """Return a message that names this model, if it names one at all.

    >>> about_model("Rate limit reached for gpt-4-turbo. Please try again in 7s.", "o3-mini")
    'Rate limit reached for o3-mini. Please try again in 7s.'
    """
    return message.replace(f" for {NAMED_MODEL}", f" for {model}")
