"""Lives as people write them down, each part checked at once: a wrong one names the nearest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from run_contracts.contract.files import read_json
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import word
from run_contracts.making.call_parts import Calls, parts_of_rounds
from run_contracts.making.wishes import checked
from run_contracts.server.lives.life import Life, PlannedCall, PlannedFailure, TokenCounts, life
from run_contracts.server.lookup import check_known
from run_contracts.server.parts.tool_calls import BUILT_IN_TOOLS

Steps = Sequence[str | tuple[str, Mapping[str, Any]]]
"""Built-in tools that a run uses, each by its type, or with what its call holds."""
TYPO = 0.8
"""How near a name must be to a known one to be a slip of the pen, where others are allowed."""


def written_life(  # noqa: PLR0913 - what a life may be
    statuses: Sequence[str],
    *,
    calls: Mapping[str, Any] | Calls | None = None,
    reply: str | None = None,
    usage: tuple[int, int] | Mapping[str, int] | None = None,
    last_error: str | tuple[str, str] | Mapping[str, str] | None = None,
    incomplete_reason: str | None = None,
    cites: Sequence[str] = (),
    steps: Steps = (),
    queue_seconds: float | None = None,
    work_seconds: float | None = None,
) -> Life:
    """Return the life that is written down; raise `UsageError` for what no run can do.

    >>> str(written_life(["requires_action", "completed"], calls={"weather": {"city": "Oslo"}}))
    'requires_action -> completed'
    """
    if reply is not None and not isinstance(reply, str):
        raise UsageError(f"reply is {reply!r}; give a text")
    if incomplete_reason is not None:
        check_known("incomplete_reason", incomplete_reason, incomplete_reasons())
    return life(
        statuses,
        rounds=rounds_of_calls(calls),
        built_in=built_in_calls(steps),
        reply=reply,
        cites=file_ids(cites),
        usage=None if usage is None else TokenCounts(*token_counts(usage)),
        failure=None if last_error is None else PlannedFailure(*failure(last_error)),
        limit=incomplete_reason,
        queue_seconds=seconds("queue_seconds", queue_seconds),
        work_seconds=seconds("work_seconds", work_seconds),
    )


def rounds_of_calls(calls: Any) -> tuple[tuple[PlannedCall, ...], ...]:
    """Return the calls of each round, also of mappings from names to arguments.

    >>> rounds_of_calls({"weather": {"city": "Oslo"}})
    ((PlannedCall(name='weather', arguments='{"city": "Oslo"}', id=None),),)
    >>> [len(calls) for calls in rounds_of_calls([{"a": {}, "b": {}}, ["c"]])]
    [2, 1]
    """
    if calls is None:
        return ()
    if isinstance(calls, Mapping):
        calls = [list(calls.items())]
    elif isinstance(calls, Sequence) and not isinstance(calls, str):
        calls = [list(each.items()) if _is_round(each) else each for each in calls]
    rounds = tuple(
        tuple(PlannedCall(**parts) for parts in parts_of_round)
        for parts_of_round in parts_of_rounds(calls)
    )
    if any(not each for each in rounds):
        raise UsageError("calls has a round without any; a run requires action for at least one")
    ids = [call.id for each in rounds for call in each if call.id is not None]
    if len(ids) > len(set(ids)):
        raise UsageError(f"calls share an id; those given are {', '.join(map(word, ids))}")
    return rounds


def _is_round(value: Any) -> bool:
    """Tell whether a value maps names of functions to arguments; a call has a name of its own."""
    return isinstance(value, Mapping) and not isinstance(value.get("name"), str)


def built_in_calls(steps: Any) -> tuple[Mapping[str, Any], ...]:
    """Return the calls of built-in tools, each with its type, without ids.

    >>> built_in_calls(["file_search"])
    ({'type': 'file_search', 'file_search': {}},)
    """
    if isinstance(steps, str) or not isinstance(steps, Sequence):
        raise UsageError(f"steps is {steps!r}; give a list of built-in tools")
    calls = []
    for step in steps:
        kind, held = (step, {}) if isinstance(step, str) else _pair("steps", step)
        check_known("built-in tool", kind, BUILT_IN_TOOLS)
        if not isinstance(held, Mapping):
            raise UsageError(f"the call of {kind} holds {held!r}; give its fields by name")
        fields = {**BUILT_IN_TOOLS[kind], **held}
        checked(f"steps of {kind}", fields)
        calls.append({"type": kind, kind: fields})
    return tuple(calls)


def _pair(what: str, value: Any) -> tuple[Any, Any]:
    if not isinstance(value, tuple | list) or len(value) != 2:  # noqa: PLR2004 - a pair
        raise UsageError(f"{what} holds {value!r}; give a name, or a name and what it holds")
    return value[0], value[1]


def token_counts(usage: Any) -> tuple[int, int]:
    """Return tokens of the prompt and of the completion, from a pair or by their names.

    >>> token_counts({"prompt_tokens": 12, "completion_tokens": 3})
    (12, 3)
    """
    names = ("prompt_tokens", "completion_tokens")
    if isinstance(usage, Mapping):
        for name in usage:
            check_known("count of usage", name, (*names, "total_tokens"))
        counts = tuple(usage.get(name, 0) for name in names)
        total = usage.get("total_tokens")
    else:
        counts, total = _pair("usage", usage), None
    for count in counts:
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise UsageError(f"usage counts {count!r} tokens; give numbers of 0 or more")
    if total not in (None, sum(counts)):
        raise UsageError(f"usage has a total of {total!r}, but its parts are {sum(counts)}")
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
    elif not isinstance(last_error, str):
        code, message = _pair("last_error", last_error)
    if not (isinstance(code, str) and isinstance(message, str) and code):
        raise UsageError(f"last_error is {last_error!r}; give a code, or a code and a message")
    if code not in error_codes() and get_close_matches(code, error_codes(), n=1, cutoff=TYPO):
        check_known("code of last_error", code, error_codes())
    return code, message


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


def file_ids(cites: Any) -> tuple[str, ...]:
    """Return the ids of the files that a reply cites."""
    is_list = isinstance(cites, Iterable) and not isinstance(cites, str | Mapping)
    ids = tuple(cites) if is_list else (None,)
    if not all(isinstance(id_, str) and id_ for id_ in ids):
        raise UsageError(f"cites is {cites!r}; give a list of ids of files")
    return ids


def seconds(name: str, given: Any) -> float | None:
    """Return a time that a life takes, or None; raise `UsageError` for what is none."""
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if given is None:
        return None
    if is_number and math.isfinite(given) and given >= 0:
        return float(given)
    raise UsageError(f"{name} {given!r} is not a number of 0 or more")
