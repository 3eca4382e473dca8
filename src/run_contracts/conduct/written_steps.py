"""Steps of built-in tools as people write them down, checked by the contract at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from run_contracts.contract.files import read_json
from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import EDITIONS, Level
from run_contracts.errors import UsageError
from run_contracts.making.typical_objects import typical_object
from run_contracts.making.wishes import checked
from run_contracts.server.given_values import as_given
from run_contracts.server.lookup import check_known
from run_contracts.server.parts.tool_calls import BUILT_IN_TOOLS, offered_tools
from run_contracts.types import Edition
from run_contracts.validation.found import shown
from run_contracts.validation.judging import judge

Steps = Sequence[str | tuple[str, Mapping[str, Any]]]
"""Built-in tools that a run uses, each by its type, or with what its call holds."""
ANY_ID = "call_3fKq8ZtV0sXw1BnY7mLc2RpD"
"""The id of a call that is judged before it has one."""


def built_in_calls(steps: Any) -> tuple[Mapping[str, Any], ...]:
    """Return the calls of built-in tools, each with its type, without ids.

    >>> built_in_calls(["file_search"])
    ({'type': 'file_search', 'file_search': {}},)
    """
    if isinstance(steps, str) or not isinstance(steps, Sequence):
        raise UsageError(f"steps is {as_given(steps)}; give a list of built-in tools")
    return tuple(map(_built_in_call, steps))


def _built_in_call(step: Any) -> Mapping[str, Any]:
    """Return the call of one step; raise `UsageError` for what the contract refuses."""
    is_pair = isinstance(step, tuple | list) and len(step) == 2  # noqa: PLR2004 - a pair
    if not (is_pair or isinstance(step, str)):
        raise UsageError(f"steps holds {as_given(step)}; give a name, or a name and what it holds")
    kind, held = (step, {}) if isinstance(step, str) else step
    check_known("built-in tool", kind, BUILT_IN_TOOLS)
    if not isinstance(held, Mapping):
        raise UsageError(f"the call of {kind} holds {as_given(held)}; give its fields by name")
    for name in held:
        _check_field(kind, name)
    fields = checked(f"steps of {kind}", {**BUILT_IN_TOOLS[kind], **held})
    call = {"type": kind, kind: fields}
    for wrong in _broken(call):
        raise UsageError(f"the call of {kind} is {wrong}")
    return call


def _check_field(kind: str, name: Any) -> None:
    known = fields_of_call(kind)
    if not known:
        raise UsageError(f"the call of {kind} holds {as_given(name)}; it has no fields")
    check_known(f"field of {kind}", name, known)


@cache
def fields_of_call(kind: str) -> tuple[str, ...]:
    """Return the names of what a call of a built-in tool holds.

    >>> fields_of_call("code_interpreter"), fields_of_call("retrieval")
    (('input', 'outputs'), ())
    """
    calls = read_json(f"{_edition(kind)}/run_step.json")["$defs"]
    held = calls[f"{kind}_call"]["properties"][kind]
    return tuple(held.get("properties", ()))


def _broken(call: Mapping[str, Any]) -> Iterator[str]:
    """Yield what of a call breaks a requirement that must be kept, and where."""
    contract = load(_edition(call["type"]))
    details = {"type": "tool_calls", "tool_calls": [{"id": ANY_ID, **call}]}
    step = typical_object(contract, "run_step", COMPLETED)
    judged = judge({**step, "type": "tool_calls", "step_details": details}, "run_step", contract)
    for violation in judged.violations:
        if violation.level is Level.MUST:
            where = violation.pointer.removeprefix("/step_details/tool_calls/0")
            yield f"wrong at {where}: expected {violation.expected}, found {shown(violation.found)}"


def _edition(kind: str) -> Edition:
    """Return the newest edition that has a tool."""
    return next(edition for edition in reversed(EDITIONS) if kind in offered_tools(edition))
