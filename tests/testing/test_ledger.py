"""A check of pytest keeps a ledger, too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.testing.plugging import APP, Plugged

KEEPING = (
    APP
    + """
async def keeping(scope, receive, send):
    if scope["method"] == "DELETE":
        await send({"type": "http.response.start", "status": 403, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    await wrong(scope, receive, send)
"""
)
QUICK = ("--run-profile", "smoke", "--run-only", "RUN-ERR-002", "--run-only", "RUN-ERR-003")


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "2")])
def test_what_stays_on_a_server_is_in_one_ledger(
    pytester: pytest.Pytester,
    plugged: Plugged,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    workers: tuple[str, ...],
) -> None:
    """With workers, too: one of them checks for all."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("RUN_CONTRACTS_STATE", str(tmp_path / "state"))
    pytester.makepyfile(app=KEEPING)
    light = ("-W", "default", "-p", "run_contracts.pytest_plugin")
    pytester.runpytest_inprocess("--run-target", "app:keeping", *QUICK, *light, *workers)
    (ledger,) = (tmp_path / "state").glob("*.jsonl")
    kinds = [json.loads(one)["event"] for one in ledger.read_text("utf-8").splitlines()]
    assert (kinds[0], kinds.count("deleted")) == ("started", 0)
    assert kinds.count("creating") == kinds.count("created") > 0
