"""What the tests of the plugin share."""

from __future__ import annotations

import os

import pytest

from tests.testing.plugging import ALONE, Plugged


@pytest.fixture
def plugged(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Plugged:
    """Return what runs pytest in this process, with a key and no option from outside."""
    for name in os.environ:
        if name.startswith("RUN_CONTRACTS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-reference")

    def run(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess(*ALONE, *arguments)

    return run
