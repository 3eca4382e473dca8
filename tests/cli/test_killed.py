"""What a killed check leaves on a server is cleaned up by its ledger; nothing of others is."""

from __future__ import annotations

import json
import signal
import stat
import sys
from pathlib import Path

import pytest

from run_contracts.client.checked_target import SMOKE_REQUESTS
from tests.cli.door import Done, run
from tests.cli.killing import KEY, KillingServer, aftermath, serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in another way")


@pytest.mark.slow
@pytest.mark.parametrize("at", range(4, SMOKE_REQUESTS, 8))
def test_nothing_is_left_wherever_a_check_is_killed(tmp_path: Path, at: int) -> None:
    """Killed at a request, before or after the server handled it; what others keep is there."""
    after = aftermath(tmp_path, at=at, is_handled=at % 16 == 4)
    assert after.killed_at, "the check ended before"
    assert (after.stays, after.is_foreign_whole, after.done.returncode) == ((), True, 0)
    assert list(tmp_path.iterdir()) == []


def test_a_thread_that_cannot_be_found_is_told(tmp_path: Path) -> None:
    """A server that lists no threads: the id never came, so one line says that there may be one."""
    after = aftermath(tmp_path, at=3, is_handled=True, lists_threads=False)
    assert (after.killed_at, len(after.stays)) == ("POST /v1/threads", 1)
    (doubt,) = [one for one in after.done.stdout.splitlines() if "may be there" in one]
    assert doubt.startswith("one of threads may be there, asked for at ")
    assert doubt.endswith("and never answered: it does not list threads (405)")
    assert after.done.returncode == 1
    assert after.is_foreign_whole


@pytest.mark.parametrize("at", [3, 5])
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_what_was_being_created_at_a_signal_is_deleted_at_once(
    tmp_path: Path, at: int, by: signal.Signals
) -> None:
    """Its id never came; it is found by its mark, and the check itself deletes it."""
    after = aftermath(tmp_path, at=at, is_handled=True, by=by)
    assert after.killed_at in ("POST /v1/threads", "POST /v1/assistants")
    assert (after.found, after.is_foreign_whole) == (0, True)
    assert "somebody interrupted the check" in after.printed
    assert after.done.stdout.startswith("no check of yours left anything behind")


STARTED = {
    "event": "started",
    "edition": "v2",
    "profile": "smoke",
    "seed": 0,
    "version": "0",
    "probes": [],
    "left_out": None,
    "format": 1,
    "check": "abcd0123",
}


def _ledger(folder: Path, target: str, name: str = "a", *, thread: str = "thread_1") -> Path:
    """Write the ledger of a check that created a thread and was killed."""
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"{name}.jsonl"
    creating = {"number": 1, "source": "limits", "home": "/threads", "at": 1.0, "metadata": []}
    created = {"number": 1, "path": f"/threads/{thread}", "doubt": "", "is_shown": True}
    lines = [
        STARTED | {"target": target},
        {"event": "creating"} | creating,
        {"event": "created"} | created,
    ]
    file.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    file.chmod(0o600)
    return file


def _cleanup(folder: Path, *arguments: str) -> Done:
    return run("cleanup", *arguments, RUN_CONTRACTS_STATE=str(folder), OPENAI_API_KEY=KEY)


def test_no_ledger_is_nothing_to_do(tmp_path: Path) -> None:
    """No folder is made for it."""
    done = _cleanup(tmp_path / "none")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "no check of yours left anything behind, as far as its ledgers say\n"
    assert not (tmp_path / "none").exists()


def test_credentials_go_to_no_other_machine_unless_it_is_named(tmp_path: Path) -> None:
    """The command to type is told, and the ledger stays."""
    file = _ledger(tmp_path / "state", "http://runs.invalid/v1")
    done = _cleanup(tmp_path / "state")
    assert done.returncode == 1
    assert "type: run-contracts cleanup --url http://runs.invalid/v1" in done.stderr
    assert file.exists()


def test_a_ledger_that_others_may_write_names_no_server(tmp_path: Path) -> None:
    """Not even one on this machine."""
    file = _ledger(tmp_path / "state", "http://127.0.0.1:9/v1")
    file.chmod(0o666)
    done = _cleanup(tmp_path / "state")
    assert (done.returncode, "credentials go to none that you do not name" in done.stderr) == (
        1,
        True,
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o666


def test_a_server_that_is_named_is_the_only_one_that_is_cleaned_up(tmp_path: Path) -> None:
    """What is known of others stays; a server that no ledger knows is a mistake."""
    folder = tmp_path / "state"
    others = _ledger(folder, "http://runs.invalid/v1")
    with serving(KillingServer(0, is_handled=False)) as server:
        done = _cleanup(folder, "--url", server.url)
        assert (done.returncode, "there are some of http://runs.invalid/v1" in done.stderr) == (
            2,
            True,
        )
        mine = _ledger(folder, server.url, "b")
        done = _cleanup(folder, server.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert (others.exists(), mine.exists()) == (True, False)


def test_a_broken_ledger_costs_no_other(tmp_path: Path) -> None:
    """One line says which; what the others name is deleted."""
    folder = tmp_path / "state"
    with serving(KillingServer(0, is_handled=False)) as server:
        thread = next(iter(server.threads))
        broken = _ledger(folder, server.url, "z")
        broken.write_text('{"event": "started"}\n{}\n', encoding="utf-8")
        whole = _ledger(folder, server.url, "a", thread=thread)
        done = _cleanup(folder)
        assert f"/threads/{thread}" not in server.there()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(broken) in done.stderr
    assert (broken.exists(), whole.exists()) == (True, False)


def test_a_dry_run_sends_nothing(tmp_path: Path) -> None:
    """It needs no server; the ledger stays."""
    file = _ledger(tmp_path / "state", "http://runs.invalid/v1")
    done = _cleanup(tmp_path / "state", "--dry-run")
    assert "DELETE http://runs.invalid/v1/threads/thread_1\n1 to delete\n" in done.stdout
    assert done.returncode == 0
    assert file.exists()


def test_what_stays_can_be_forgotten(tmp_path: Path) -> None:
    """Else it is told each time."""
    folder = tmp_path / "state"
    file = _ledger(folder, "http://127.0.0.1:9/v1")
    assert (_cleanup(folder).returncode, file.exists()) == (3, True)
    assert _cleanup(folder, "--forget").returncode == 3
    assert not file.exists()
