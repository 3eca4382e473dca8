"""Ends of runs as people write them down: tokens, errors, limits, each checked at once."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from run_contracts.contract.files import read_json
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.server.given_values import as_given, whole_text
from run_contracts.server.lookup import check_known

TYPO = 0.8
"""How near a name must be to a known one to be a slip of the pen, where others are allowed."""
MOST_COUNTED = 2**53
"""Every reader of JSON holds whole numbers up to this one."""


def token_counts(usage: Any) -> tuple[int, int]:
    """Return tokens of the prompt and of the completion, from a pair or by their names.

    >>> token_counts({"prompt_tokens": 12, "completion_tokens": 3})
    (12, 3)
    """
    names = ("prompt_tokens", "completion_tokens")
    total = None
    if isinstance(usage, Mapping):
        for name in usage:
            check_known("count of usage", name, (*names, "total_tokens"))
        counts, total = tuple(usage.get(name, 0) for name in names), usage.get("total_tokens")
    elif _is_pair(usage):
        counts = tuple(usage)
    else:
        raise UsageError(f"usage is {as_given(usage)}; give (prompt, completion)")
    for count in counts:
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise UsageError(f"usage counts {as_given(count)} tokens; give numbers of 0 or more")
    if sum(counts) > MOST_COUNTED:
        raise UsageError(f"usage counts {as_given(sum(counts))} tokens; give at most 2**53")
    if total not in (None, sum(counts)):
        raise UsageError(f"usage has a total of {as_given(total)}, but its parts are {sum(counts)}")
    return counts[0], counts[1]


def failure(last_error: Any) -> tuple[str, str]:
    """Return the code and the message of a last error; refuse a code that is nearly a known one.

    Others are seen on the wire, too.

    >>> failure("rate_limit_exceed")
    Traceback (most recent call last):
    run_contracts.errors.UsageError: no code of last_error 'rate_limit_exceed'; did you mean \
'rate_limit_exceeded'?
    """
    code: Any = last_error
    message: Any = "The run was asked to fail so."
    if isinstance(last_error, Mapping):
        for name in last_error:
            check_known("part of last_error", name, ("code", "message"))
        code, message = last_error.get("code"), last_error.get("message", message)
    elif _is_pair(last_error):
        code, message = last_error
    elif not isinstance(last_error, str):
        raise UsageError(f"last_error is {as_given(last_error)}; give a code, or (code, message)")
    whole_text("the code of last_error", code)
    whole_text("the message of last_error", message, may_be_empty=True)
    if code not in error_codes() and get_close_matches(code, error_codes(), n=1, cutoff=TYPO):
        check_known("code of last_error", code, error_codes())
    return code, message


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple | list) and len(value) == 2  # noqa: PLR2004 - a pair


def error_codes() -> tuple[str, ...]:
    """Return the published codes of a last error.

    >>> error_codes()[0]
    'server_error'
    """
    return _enum("last_error", "code")


def incomplete_reasons() -> tuple[str, ...]:
    """Return the published reasons for an early end.

    >>> incomplete_reasons()
    ('max_completion_tokens', 'max_prompt_tokens')
    """
    return _enum("incomplete_details", "reason")


def _enum(kind: str, name: str) -> tuple[str, ...]:
    common = read_json(f"{EDITIONS[-1]}/common.json")["$defs"]
    return tuple(common[kind]["properties"][name]["enum"])
