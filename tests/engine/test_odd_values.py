"""Servers that answer one field oddly everywhere: the check ends without an error of ours."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.engine.runner import check
from run_contracts.events import Finished
from run_contracts.probes import PROBES
from tests.engine.mutated_answers import Mutator, mutated
from tests.engine.test_mutated_answers import reported

FEW = tuple(one for one in PROBES if one.name in ("thread", "cancelling", "lists"))
ODD: dict[str, tuple[str, Any]] = {
    "a status that is a list": ("status", ["completed"]),
    "a status that is an object": ("status", {"id": 1}),
    "a status with half of a letter": ("status", "\ud800"),
    "an id of 300 KB": ("id", "x" * 300_000),
    "an id with controls": ("id", "a\x00b\x1b[2J\n::error::"),
    "an id that leads upwards": ("thread_id", "../../.."),
    "an id with half of a letter": ("id", "\ud800"),
    "an id that is a number": ("id", 7),
    "a moment of 400 digits": ("created_at", 10**400),
    "a moment that floats cannot tell": ("expires_at", 1e300),
    "a list that is a word": ("data", "x"),
    "an object of a list": ("object", ["thread.run"]),
}


class _Odd(Mutator):
    """Gives one field another value in most answers, so that probes come some way."""

    odd: tuple[str, Any] = ("", None)

    def changed(self, status: int, headers: Any, body: bytes) -> tuple[int, Any, bytes]:
        """Return an answer with the odd value, at any depth."""
        if self.draw.random() >= self.share:
            return status, headers, body
        try:
            value = json.loads(body)
        except ValueError:
            return status, headers, body
        return status, headers, json.dumps(self._with(value)).encode()

    def _with(self, value: Any) -> Any:
        name, odd = self.odd
        if isinstance(value, dict):
            return {key: odd if key == name else self._with(one) for key, one in value.items()}
        return [self._with(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_value_everywhere_is_no_error_of_ours(odd: tuple[str, Any], tmp_path: Path) -> None:
    """It is a finding, or nothing, in every report."""
    kind = type("Odd", (_Odd,), {"odd": odd})
    with mutated(random.Random(1), 0.6, mutator=kind) as (connection, _):
        target = Target(url="http://reference.invalid/v1", key="sk-reference", patience=5.0)
        events = list(check(target, probes=FEW, connection=connection))
    footer = events[-1]
    assert isinstance(footer, Finished)
    assert footer.own_errors == ()
    reported(events, tmp_path)
