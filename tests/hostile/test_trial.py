"""A trial sees what a check must not do: it is tried on what did it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.engine.runner import check
from tests.hostile import trial
from tests.hostile.behaviour import Answer, Asked, Behaviour, everything
from tests.hostile.behaviours import BEHAVIOURS
from tests.hostile.double import KEY, Double, serving
from tests.hostile.scripts import left_by_scripts
from tests.hostile.trial import Balance, Ended

NOWHERE = Double(BEHAVIOURS["noise"], ("127.0.0.1", 1))


def _deleted(target: str) -> Double:
    asked = Asked(
        number=1, method="DELETE", target=target, headers=[], body=b"", upstream=("127.0.0.1", 1)
    )
    return Double(BEHAVIOURS["noise"], ("127.0.0.1", 1), asked=[asked])


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (f"Bearer {KEY}", "the key stands in out"),
        ("\x1b[2J", "shows a control character '\\x1b'"),
        ("\u202eabc", "shows a control character '\\u202e'"),
        ("Traceback (most recent call last):", "shows a traceback"),
        (
            "writing --html failed by an error of run-contracts: X",
            "tells of writing --html failed by an error of run-contracts",
        ),
        ("all is well\n", None),
    ],
)
def test_what_is_shown_is_searched(tmp_path: Path, said: str, wrong: str | None) -> None:
    """For the key, and for what steers a terminal."""
    (tmp_path / "out").write_text(said, encoding="utf-8")
    assert [*trial._shown(tmp_path)] == ([wrong] if wrong else [])


@pytest.mark.parametrize(
    ("target", "is_wrong"),
    [
        ("/v1/threads/thread_1", False),
        ("/v1/assistants/asst%2F1", False),
        ("/v1/threads/thread_1/runs/run_000", False),
        ("/v1/threads/thread_1/runs/run_1", True),
        ("/v1/threads", True),
        ("/v1/threads/..", True),
        ("/v1", True),
        ("/v1/threads/x?all=true", True),
        ("/v1/files/file_1", True),
    ],
)
def test_a_deletion_of_anything_else_is_wrong(target: str, is_wrong: bool) -> None:
    """A check deletes single threads and assistants."""
    assert bool([*trial._strayed(_deleted(target))]) == is_wrong


def test_a_request_above_the_base_url_is_wrong() -> None:
    """Even one to the same server."""
    wrong = ["asked for '/threads/thread_1', which does not lie below the base URL"]
    assert [*trial._strayed(_deleted("/threads/thread_1"))][:1] == wrong


@pytest.mark.parametrize(
    ("page", "is_right"),
    [
        ("<ul><li>a<li>b</ul><br><p>c", False),
        ("<ul><li>a<li>b</ul><br>", True),
        ("<div><b></div>", False),
        ("<img src=x onerror=alert(1)>", False),
        ("<div>", False),
    ],
)
def test_a_page_that_does_not_hold_together_is_wrong(page: str, is_right: bool) -> None:
    """Nor does one that runs what was named."""
    read = Balance()
    read.feed(page)
    assert (not (read.wrong or read.is_open)) == is_right


def test_a_request_that_strayed_is_wrong() -> None:
    """With the key or without."""
    with serving(BEHAVIOURS["noise"]) as double:
        port = int(double.elsewhere.rpartition(":")[2].removesuffix("/v1"))
        with socket.create_connection(("127.0.0.1", port)) as sent:
            sent.sendall(b"GET /v1 HTTP/1.1\r\n\r\n")
            sent.recv(100)
        assert [*trial._strayed(double)] == ["a URL out of an answer was asked"]
        double.strayed.append(b"GET / HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n")
        assert [*trial._strayed(double)] == ["the key went elsewhere"]


@pytest.mark.parametrize(
    ("ended", "wrong"),
    [
        (Ended(exit_code=4, seconds=1, megabytes=50), "exit code 4"),
        (Ended(exit_code=-9, seconds=60, megabytes=50), "did not end within 60 s"),
        (Ended(exit_code=1, seconds=1, megabytes=401), "took 401 MB"),
    ],
)
def test_an_ending_that_is_none_is_wrong(tmp_path: Path, ended: Ended, wrong: str) -> None:
    """An error of ours, no end at all, and a greedy one."""
    assert next(trial._wrong(ended, tmp_path, NOWHERE, 60)) == wrong


def test_reports_that_are_missing_are_wrong(tmp_path: Path) -> None:
    """Whatever a server does, a check leaves its reports."""
    ended = Ended(exit_code=3, seconds=1, megabytes=50)
    assert [*trial._wrong(ended, tmp_path, NOWHERE, 60)] == ["r.jsonl was not written"]


def test_scripts_that_leave_files_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours leave none; the script of another program is run in their place."""

    def odd(asked: Asked) -> Iterator[bytes]:
        yield Answer(body=json.dumps({"id": "$(touch owned)"}).encode()).wire()

    behaviour = Behaviour(name="odd", kind="ids", sentence="Is.", act=odd, on=everything)
    with serving(behaviour) as double:
        events = [*check(Target(url=double.url, key=KEY, profile="smoke"))]
        assert [*left_by_scripts(events)] == []
        monkeypatch.setattr("tests.hostile.scripts.script", lambda *_: "touch owned")
        assert "made the file 'owned'" in next(left_by_scripts(events))


def test_a_double_that_fails_is_told() -> None:
    """A behaviour that does not do what it says proves nothing."""

    def failing(asked: Asked) -> Iterator[bytes]:
        yield asked.headers[7][1].encode()

    behaviour = Behaviour(name="none", kind="none", sentence="Fails.", act=failing, on=everything)
    with serving(behaviour) as double:
        port = int(double.url.rpartition(":")[2].removesuffix("/v1"))
        with socket.create_connection(("127.0.0.1", port)) as sent:
            sent.sendall(b"GET /v1 HTTP/1.1\r\n\r\n")
            assert sent.recv(100) == b""
        assert double.failures == ["GET /v1: IndexError('list index out of range')"]
