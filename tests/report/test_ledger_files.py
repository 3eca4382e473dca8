"""Ledger files: kept while they are needed, for their user alone."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from run_contracts.events import Created, Creating, Deleted, Event, LedgerEvent, Started
from run_contracts.report import ledger_files
from run_contracts.report.ledger_files import KeptLedger, LedgerFile, held, kept

CREATING = Creating(number=1, source="limits", home="/threads", at=1.0)
CREATED = Created(number=1, path="/threads/thread_1")
DELETED = Deleted(path="/threads/thread_1")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the ledgers, which nobody made yet."""
    monkeypatch.setenv(ledger_files.STATE, str(tmp_path / "state"))
    return tmp_path / "state"


def _check(
    *recorded: LedgerEvent, name: str = "abcd", seen: list[Path] | None = None
) -> tuple[list[Event], list[str]]:
    """Return the events of a check with a ledger, and what it tells; note the files meanwhile."""
    told: list[str] = []
    ledger = LedgerFile(told.append)
    started = Started(
        target="http://h/v1",
        edition="v2",
        profile="smoke",
        seed=0,
        version="0",
        probes=(),
        left_out=None,
        check=name,
    )

    def events() -> Iterator[Event]:
        yield started
        for event in recorded:
            ledger.write(event)
            if seen is not None:
                seen.extend(kept())

    return list(ledger.followed(events())), told


@pytest.mark.skipif(sys.platform == "win32", reason="modes are other ones there")
def test_it_is_for_its_user_alone(folder: Path) -> None:
    """Folder and file, whatever the umask."""
    before = os.umask(0)
    try:
        _check(CREATING)
    finally:
        os.umask(before)
    (file,) = kept()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ledger_files.is_own(file)


def test_it_says_which_check_it_is_of() -> None:
    """Its first line names the server, the process and the time; then comes what was asked for."""
    _check(CREATING, CREATED)
    ledger = KeptLedger(kept()[0])
    assert ledger.started is not None
    assert (ledger.started.target, ledger.started.pid) == ("http://h/v1", os.getpid())
    assert abs(ledger.started.at - time.time()) < 60
    assert list(ledger.ledger.left) == ["/threads/thread_1"]


def test_each_event_is_there_when_it_is_written() -> None:
    """Before the request is sent, that is."""
    seen: list[Path] = []
    _check(CREATING, CREATED, DELETED, seen=seen)
    assert len(seen) == 3


def test_a_check_that_creates_nothing_leaves_no_trace(folder: Path) -> None:
    """Not even the folder."""
    _check()
    assert not folder.exists()


def test_what_is_left_is_told_with_the_command_that_deletes_it() -> None:
    """With the server if that is on another machine."""
    _, (told,) = _check(CREATING, CREATED)
    assert (
        told
        == f"{kept()[0]} has what is left on the server; type: run-contracts cleanup --url http://h/v1"
    )
    assert _check(CREATING, CREATED, DELETED, name="other")[1] == []


def test_one_that_is_finished_is_removed(folder: Path) -> None:
    """With its lock."""
    _check(CREATING, CREATED, DELETED)
    assert list(folder.iterdir()) == []


def test_where_none_can_be_written_one_line_says_so(tmp_path: Path) -> None:
    """The check goes on."""
    (tmp_path / "state").write_text("a file")
    events, told = _check(CREATING, CREATED, DELETED)
    assert (len(events), len(told)) == (1, 1)
    assert "the ledger cannot be written" in told[0]


def test_however_many_there_are_each_stays(folder: Path) -> None:
    """Each says what is left on a server, which nothing else knows."""
    for number in range(60):
        _check(CREATING, name=f"{number:04}")
    assert len(kept()) == 60


def test_one_that_is_too_old_stays_while_its_check_is_under_way() -> None:
    """Somebody has its lock."""
    _check(CREATING, name="old")
    (old,) = kept()
    os.utime(old, (time.time() - 31 * 24 * 3600,) * 2)
    with FileLock(old.with_suffix(".lock")):
        _check(CREATING, name="new")
        assert old.exists()


def test_one_that_is_too_old_goes() -> None:
    """After thirty days."""
    _check(CREATING, name="old")
    (old,) = kept()
    os.utime(old, (time.time() - 31 * 24 * 3600,) * 2)
    _check(CREATING, name="new")
    assert [old.exists(), len(kept())] == [False, 1]


def test_nobody_cleans_up_after_a_check_that_is_under_way() -> None:
    """Nor twice at a time."""
    _check(CREATING)
    (file,) = kept()
    with held(file) as is_free, held(file) as is_free_again:
        assert (is_free, is_free_again) == (True, False)


def test_what_follows_a_line_that_was_cut_is_read() -> None:
    """A process dies in the middle of a line; the next one begins anew."""
    _check(CREATING, CREATED)
    (file,) = kept()
    file.write_bytes(file.read_bytes() + b'{"event": "crea')
    KeptLedger(file).append(DELETED)
    assert KeptLedger(file).ledger.is_finished
