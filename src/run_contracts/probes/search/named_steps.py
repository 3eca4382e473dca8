"""Named steps: what a walk takes, by names that people read and that stay when it is written down.

A create with a body of its own is named by that body. A file may name it, so nothing in it decides
who pays how much: the assistant, the model and the thread are the check's, and so are the limits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from run_contracts.probes.covering import CARRIERS, FROM_PROBES
from run_contracts.probes.resources import TOKEN_LIMITS
from run_contracts.probes.search.steps_of_walks import creates, uses
from run_contracts.probes.search.walking import Walk, WalkStep
from run_contracts.types import JSONObject

OWN_MEMBERS = frozenset({*FROM_PROBES, "model"})
"""Members of a body that are never taken from elsewhere."""


@dataclass(frozen=True, slots=True)
class MadeCreate:
    """A step that asks for a run with a made body, which may be wrong; `text` is its JSON."""

    operation: str
    text: str

    @classmethod
    def of(cls, operation: str, body: JSONObject) -> MadeCreate | None:
        """Return the step for what is taken of a body.

        None if no such operation creates runs, or no JSON text can hold the body.

        >>> MadeCreate.of("createRun", {"model": "dear", "top_p": 1, "max_prompt_tokens": 10**6})
        MadeCreate(operation='createRun', text='{"top_p": 1}')
        """
        taken = {name: value for name, value in body.items() if _is_taken(name, value)}
        try:
            text = json.dumps(taken, sort_keys=True, allow_nan=False)
        except ValueError:
            return None
        return cls(operation, text) if operation in CARRIERS else None

    @property
    def body(self) -> dict[str, Any]:
        """What is sent beside what every create has."""
        taken: dict[str, Any] = json.loads(self.text)
        return taken

    def __call__(self, walk: Walk) -> None:
        """Ask for a run; whether that is refused is the server's to say."""
        walk.create(self.operation, self.body, is_plain=False)


def _is_taken(name: str, value: Any) -> bool:
    """Say whether a member of a made body is sent: no limit above ours, and nothing of others."""
    if name in OWN_MEMBERS:
        return False
    most = TOKEN_LIMITS.get(name)
    return most is None or (type(value) is int and value <= most)


def name_of_step(step: WalkStep) -> str:
    """Return the name of a step.

    >>> name_of_step(partial(Walk.read, pause=0.5))
    'read pause=0.5'
    """
    if not isinstance(step, partial):
        return _plain_name(step)
    given = (f"{name}={_value(value)}" for name, value in sorted(step.keywords.items()))
    return " ".join([_plain_name(step.func), *given])


def _plain_name(function: Any) -> str:
    return str(function.__name__).lstrip("_")


def _value(value: Any) -> str:
    return name_of_step(value) if callable(value) else json.dumps(value, sort_keys=True)


@cache
def steps_by_name() -> Mapping[str, WalkStep]:
    """Return every step that walks are dealt, by its name."""
    return {name_of_step(step): step for step in (*creates(), *uses())}


@cache
def names_of_creates() -> tuple[str, ...]:
    """Return the names of the steps that ask for a run."""
    return tuple(dict.fromkeys(map(name_of_step, creates())))
