"""The covering design: what creates of runs carry, so that every member is sent in every way.

A server that mistakes a value is found by nobody who does not send it. So the creates that probes
need anyway carry, for every member that their schema has: a value that is neither its default nor
the assistant's, with text outside ASCII wherever text goes; each falsy value that it may have; and
null where null is legal. Many stand in one request. What is refused is tried again by halves.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.contract.out_of_reach import out_of_reach
from run_contracts.contract.requests import FALSY, form, legal, members
from run_contracts.probes.run_requests import FOREIGN_TEXT, OTHER_FUNCTION, function_tool

Fields = dict[str, Any]

FROM_PROBES = ("assistant_id", "thread")
"""Members that each probe gives itself."""
CARRIERS = ("createRun", "createThreadAndRun")
"""Operations whose requests carry the design."""
MOST_REFUSED: Mapping[str, int] = MappingProxyType({"smoke": 1, "full": 12})
"""How many bodies may be refused before the creates of a check are plain, by its profile."""


def values(model: str) -> Fields:
    """Return for each member a value unlike its default, and unlike the assistant's."""
    message = {"role": "user", "content": f"Say hello: {FOREIGN_TEXT}", "metadata": {"n": "1"}}
    earlier = {"role": "assistant", "content": FOREIGN_TEXT}
    return {
        "model": model,
        "instructions": f"Answer with the single word hello. {FOREIGN_TEXT}",
        "additional_instructions": f"Be brief. {FOREIGN_TEXT}",
        "additional_messages": [earlier, message],
        "metadata": {"purpose": "run-contracts", FOREIGN_TEXT: FOREIGN_TEXT, "empty": ""},
        "temperature": 0.5,
        "top_p": 0.9,
        "response_format": {"type": "text"},
        "truncation_strategy": {"type": "last_messages", "last_messages": 10},
        "max_prompt_tokens": 5000,
        "max_completion_tokens": 300,
        "tools": [function_tool(), function_tool(OTHER_FUNCTION)],
        "tool_choice": "none",
        "parallel_tool_calls": False,
    }


IN_SECOND = (
    "max_prompt_tokens",
    "max_completion_tokens",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
)
"""Members whose values stand in the second body: they may change what becomes of a run."""


LEAST_VALUES: Mapping[str, Any] = MappingProxyType(
    {
        "truncation_strategy": {"type": "auto"},
        "tools": [
            function_tool(),
            {"type": "function", "function": {"name": OTHER_FUNCTION}},
        ],
    }
)
"""Values of the second body with nothing in them but what they must have."""


def bodies(contract: Contract, operation: str, model: str) -> list[Fields]:
    """Return the bodies of the design for an operation that creates runs, the plainest first.

    Every other one holds what is null, or falsy alone, or falsy beside the values of the rest. A
    thread and its run are asked for with all that is falsy at once, for few of them are asked for.
    """
    own = [name for name in members(contract, operation) if name not in FROM_PROBES]
    falsy = {name: _likely(contract, operation, name) for name in own}
    given = {name: value for name, value in values(model).items() if name in own}
    plain = {name: value for name, value in given.items() if name not in IN_SECOND}
    least = {name: found[0] for name, found in falsy.items() if found}
    second = {name: given[name] for name in given if name in IN_SECOND or name not in least}
    second |= {name: value for name, value in least.items() if name not in IN_SECOND}
    second |= {name: value for name, value in LEAST_VALUES.items() if name in own}
    nulls: Fields = dict.fromkeys(name for name in own if legal(contract, operation, name, (None,)))
    rest = {name: value for name, value in least.items() if name in IN_SECOND}
    ordered = [plain, nulls, second, rest]
    if operation != CARRIERS[0]:
        ordered = [plain, least, nulls, {name: given[name] for name in IN_SECOND if name in given}]
    return [body for body in ordered if body]


def _likely(contract: Contract, operation: str, name: str) -> list[Any]:
    """Return the falsy values that a member may have and that mean something."""
    return [
        value
        for value in legal(contract, operation, name, FALSY)
        if not out_of_reach(contract.edition, "requests", form(operation, name, value))
    ]


class CoveringPlan:
    """What the creates of one check still have to carry; each body is given out once.

    A refused one comes back as two halves, until so many were refused as the profile bears.
    """

    def __init__(self, contract: Contract, model: str, *, most_refused: int) -> None:
        """Begin with every body of the design."""
        self._left = {one: bodies(contract, one, model) for one in CARRIERS}
        self._refusals_left = most_refused

    def body(self, operation: str) -> Fields:
        """Return the next body for an operation; empty when all of the design was sent."""
        left = self._left[operation]
        return left.pop(0) if left and self._refusals_left > 0 else {}

    def give_back(self, operation: str, body: Fields) -> None:
        """Take back a body that was not sent for its own sake; it is the next one again."""
        self._left[operation][:0] = [body] if body else []

    def refused(self, operation: str, body: Fields) -> None:
        """Take a refused body back as two halves; a single member is not tried again."""
        self._refusals_left -= 1
        members = list(body.items())
        middle = len(members) // 2
        if middle:
            self._left[operation][:0] = [dict(members[:middle]), dict(members[middle:])]
