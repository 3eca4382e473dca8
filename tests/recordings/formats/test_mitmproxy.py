"""Dumps of mitmproxy, written by its own library."""

from __future__ import annotations

from pathlib import Path

import pytest

from run_contracts.errors import UsageError
from run_contracts.recordings.file_reading import entries
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.recorded import Recorded, Unread
from tests.recordings.calls import BROKEN, Call, calls, wrong
from tests.recordings.verdicts_of import verdicts_of


def _dump(file: Path, of: list[Call]) -> Path:
    http = pytest.importorskip("mitmproxy.http")
    from mitmproxy.io import FlowWriter  # noqa: PLC0415 - an extra
    from mitmproxy.test.tflow import tflow  # noqa: PLC0415

    with file.open("wb") as writing:
        for call in of:
            asked = http.Request.make(call.method, call.url, call.sent_body, call.sent_headers)
            answered = http.Response.make(call.status, call.body, {"Content-Type": call.media_type})
            asked.timestamp_start, answered.timestamp_end = call.at, call.at + 0.5
            FlowWriter(writing).add(tflow(req=asked, resp=answered))
    return file


def test_every_flow_is_read(tmp_path: Path) -> None:
    """Requests, answers and moments come in order."""
    read = entries(_dump(tmp_path / "flows", calls()))
    for entry, call in zip(read, calls(), strict=True):
        assert isinstance(entry, Recorded)
        assert (entry.request.method, entry.request.url) == (call.method, call.url)
        assert entry.request.payload.body.value == call.sent
        assert entry.response.payload.body.value == call.answer
        assert (entry.at, entry.response.seconds) == (call.at, 0.5)


def test_a_wrong_flow_breaks_its_rule(tmp_path: Path) -> None:
    """What is right holds, and what is wrong breaks one rule."""
    assert verdicts_of(_dump(tmp_path / "flows", calls())).answers == {Standing.HOLDS: 5}
    assert verdicts_of(_dump(tmp_path / "flows", wrong())).broken == {BROKEN}


def test_a_dump_that_was_cut_is_read_up_to_there(tmp_path: Path) -> None:
    """The flows before the damage are judged."""
    file = _dump(tmp_path / "flows", calls())
    file.write_bytes(file.read_bytes()[:-100])
    read = entries(file)
    assert [type(one) for one in read] == [Recorded] * 4 + [Unread]


def test_without_the_library_a_dump_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "mitmproxy.io", None)
    monkeypatch.setitem(__import__("sys").modules, "mitmproxy.exceptions", None)
    (tmp_path / "flows").write_bytes(b"1998:9:websocket;0:~8:response;")
    with pytest.raises(UsageError, match=r"pip install 'run-contracts\[mitmproxy\]'"):
        entries(tmp_path / "flows")
