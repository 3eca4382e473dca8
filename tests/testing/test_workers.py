"""The suite among pytest's own means: workers, the last failed, random order, older ids."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.testing.plugging import APP, Plugged

ITEMS = ("RUN-ERR-002", "RUN-ERR-003", "RUN-ERR-009", "RUN-ERR-010", "RUN-HTTP-003")
QUICK = ("--run-profile", "smoke", *(word for one in ITEMS for word in ("--run-only", one)))
COUNTED = (
    APP
    + """
from pathlib import Path

async def counted(scope, receive, send):
    if scope["path"] == "/v1/threads":
        with Path("threads").open("a") as file:
            file.write("x")
    await wrong(scope, receive, send)
"""
)


LIGHT = ("-W", "default", "-p", "xdist", "-p", "run_contracts.pytest_plugin")
"""Other plugins are left out of processes of their own: it takes them a second to load."""


@pytest.fixture(autouse=True)
def _project(pytester: pytest.Pytester, plugged: Plugged, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile(app=COUNTED)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def _threads(folder: Path) -> int:
    """Return how many threads were made since it was last asked."""
    made = len((folder / "threads").read_text())
    (folder / "threads").unlink()
    return made


@pytest.mark.parametrize("distribution", ["load", "loadscope", "each"])
def test_workers_share_one_check(pytester: pytest.Pytester, distribution: str) -> None:
    """Whoever comes first makes it and writes the reports; all come to the same verdicts."""
    options = ("--run-target", "app:counted", *QUICK, *LIGHT)
    pytester.runpytest_inprocess(*options, "--run-report", "alone.jsonl")
    alone = _threads(pytester.path)
    result = pytester.runpytest_inprocess(
        *options, *("--tx", "2*popen", "--dist", distribution, "--run-report", "shared.jsonl")
    )
    times = 2 if distribution == "each" else 1
    result.assert_outcomes(passed=4 * times, failed=times)
    assert _threads(pytester.path) == alone
    assert _verdicts(pytester.path / "shared.jsonl") == _verdicts(pytester.path / "alone.jsonl")
    result.stdout.fnmatch_lines(["  error    1 broken (RUN-ERR-002), 3 hold", "  1 hold in http"])


def _verdicts(file: Path) -> dict[str, str]:
    events = map(json.loads, file.read_text().splitlines())
    return {e["requirement"]: e["result"] for e in events if e["event"] == "decided"}


def test_ids_and_failures_are_the_same_among_workers(pytester: pytest.Pytester) -> None:
    """An id given back to pytest reaches them; what cannot be checked is red once."""
    options = ("-n", "2", *LIGHT)
    pytester.makepyfile("def test_mine(): pass")
    result = pytester.runpytest_inprocess(
        *options, "--run-target", "http://127.0.0.1:9/v1", *(f"run_contracts::{i}" for i in ITEMS)
    )
    result.assert_outcomes(failed=1, skipped=len(ITEMS) - 1)


def test_the_last_failed_run_again_beside_those_of_the_project(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """--lf passes over files without failures, but not over the suite."""
    pytester.makepyfile(test_mine="def test_a(): assert 0\ndef test_b(): pass")
    options = ("--run-target", "app:wrong", *QUICK, *LIGHT)
    pytester.runpytest_inprocess(*options).assert_outcomes(failed=2, passed=len(ITEMS))
    again = pytester.runpytest_inprocess(*options, "--lf")
    again.assert_outcomes(failed=2, deselected=len(ITEMS) - 1)


def test_the_order_of_items_does_not_matter(pytester: pytest.Pytester) -> None:
    """pytest-randomly shuffles them."""
    result = pytester.runpytest_inprocess(
        *("--run-target", "app:wrong", *QUICK, *LIGHT),
        *("-p", "pytest_randomly", "--randomly-seed", "3"),
    )
    result.assert_outcomes(failed=1, passed=len(ITEMS) - 1)


def test_pytest_stops_at_the_first_failure_if_told_to(plugged: Plugged) -> None:
    """-x is pytest's."""
    result = plugged(*LIGHT, "--run-target", "app:wrong", *QUICK, "-x")
    result.assert_outcomes(failed=1)
