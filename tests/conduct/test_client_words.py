"""What a client says: its last line, or its exit code."""

from __future__ import annotations

from typing import Any

import pytest

from run_contracts.conduct.client_command import Ran
from run_contracts.conduct.client_words import ClientSays, said

TRACEBACK = "Traceback (most recent call last):\n  File x\nValueError: oops\n"


@pytest.mark.parametrize(
    ("stdout", "code", "says"),
    [
        ('{"status": "failed"}', 0, {"status": "failed"}),
        (
            'log\n{"status": "completed", "text": "Hi."}\n\n',
            0,
            {"status": "completed", "text": "Hi."},
        ),
        ('{"error": "no"}\n', 3, {"error": "no"}),
        ("polling\nexpired\n", 0, {"status": "expired"}),
        ("hello", 0, {"status": "completed", "is_by_code": True}),
        ('{"other": 1}', 0, {"status": "completed", "is_by_code": True}),
        ('{"status": 7}', 0, {}),
        ("[" * 100_000, 0, {"status": "completed", "is_by_code": True}),
    ],
)
def test_the_last_line_says_it(stdout: str, code: int, says: dict[str, Any]) -> None:
    """In JSON if it is such an object; else the code does."""
    assert said(Ran(code=code, seconds=1.0, stdout=stdout, stderr="")) == ClientSays(**says)


def test_an_error_of_its_own_is_known() -> None:
    """By how such errors look; its last line is what it says."""
    says = said(Ran(code=1, seconds=1.0, stdout="", stderr=TRACEBACK))
    assert says.is_crashed
    assert str(says) == "error: ValueError: oops (exit code 1)"


def test_nothing_said_is_said() -> None:
    """And the code."""
    assert str(said(Ran(code=7, seconds=1.0, stdout="", stderr=""))) == (
        "error: it said nothing (exit code 7)"
    )
