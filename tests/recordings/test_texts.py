"""How a recording may be saved: in other encodings, compressed, in lines, in arrays, as HTTP."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from run_contracts.errors import UsageError
from run_contracts.recordings.expanding import expanded
from run_contracts.recordings.file_reading import entries
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.recorded import Recorded, Unread
from tests.cli.test_check import DONE, LEGAL_STREAM
from tests.recordings.calls import BROKEN, RUNS, Call, calls, wrong
from tests.recordings.documents_of_calls import har, vcr
from tests.recordings.verdicts_of import verdicts_of
from tests.samples import run

HOLD, BREAK = Standing.HOLDS, Standing.BROKEN
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda data: data,
    "a mark before UTF-8": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "UTF-16, little end first": lambda data: data.decode().encode("utf-16-le"),
    "UTF-16, big end first": lambda data: data.decode().encode("utf-16-be"),
    "UTF-32": lambda data: data.decode().encode("utf-32"),
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "UTF-16 in gzip": lambda data: gzip.compress(data.decode().encode("utf-16")),
    "breaks of Windows": lambda data: data.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("how", PACKED)
def test_a_document_holds_however_it_was_saved(how: str, tmp_path: Path) -> None:
    """Its content says how it is packed, whatever it is called."""
    file = tmp_path / "x"
    for of, answers in ((calls(), {HOLD: 5}), (wrong(), {HOLD: 3, BREAK: 2})):
        file.write_bytes(PACKED[how](json.dumps(har(of), indent=1).encode()))
        assert verdicts_of(file).answers == answers


@pytest.mark.parametrize("how", PACKED)
def test_a_stream_holds_however_it_was_saved(how: str, tmp_path: Path) -> None:
    """Streams are told from JSON by how they begin, with comments and ids in them."""
    stream = b": hello\nretry: 10\n\nid: 1\n" + LEGAL_STREAM + DONE
    (tmp_path / "x.txt").write_bytes(PACKED[how](stream))
    found = verdicts_of(tmp_path / "x.txt")
    assert (found.answers, found.said) == ({HOLD: 1}, [])


def test_what_is_cut_off_within_its_packing_is_one_error(tmp_path: Path) -> None:
    """A damaged file is named, with the reason."""
    (tmp_path / "x.gz").write_bytes(gzip.compress(json.dumps(har(calls())).encode())[:-20])
    with pytest.raises(UsageError, match="is damaged or cut off"):
        entries(tmp_path / "x.gz")


RIGHT, WRONG = run(), run(usage={"prompt_tokens": 2, "completion_tokens": 3, "total_tokens": 6})
SEVERAL = {
    "lines": "\n".join(map(json.dumps, (RIGHT, WRONG))),
    "lines with blank ones": "\n\n" + "\n\n".join(map(json.dumps, (RIGHT, WRONG))),
    "an array": json.dumps([RIGHT, WRONG], indent=1),
    "values one after another": json.dumps(RIGHT, indent=1) + json.dumps(WRONG, indent=1),
    "values with commas": json.dumps(RIGHT, indent=1) + ",\n" + json.dumps(WRONG, indent=1),
}


@pytest.mark.parametrize("how", SEVERAL)
@pytest.mark.parametrize("suffix", ["json", "jsonl", "txt"])
def test_several_answers_are_judged_each(how: str, suffix: str, tmp_path: Path) -> None:
    """Several runs in one file are several answers, whatever separates them."""
    file = tmp_path / f"x.{suffix}"
    file.write_text(SEVERAL[how].replace('"run_1"', '"run_2"', 1))
    found = verdicts_of(file)
    assert (found.answers, found.broken) == ({HOLD: 1, BREAK: 1}, {BROKEN})


def _http(of: list[Call], line_break: str, *, is_chunked: bool = False) -> bytes:
    text = ""
    for call in of:
        body = call.body
        head = [f"HTTP/1.1 {call.status} OK", f"Content-Type: {call.media_type}"]
        if is_chunked:
            head.append("Transfer-Encoding: chunked")
            body = "".join(
                f"{len(part):x}{line_break}{part}{line_break}"
                for part in (body[:50], body[50:], "")
            )
        text += line_break.join(["HTTP/1.1 100 Continue", "", *head, "", body, ""])
    return text.encode()


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_what_curl_prints_is_read(line_break: str, is_chunked: bool, tmp_path: Path) -> None:
    """Answers follow one another, chunked or not; those that only ask to go on are passed over."""
    file = tmp_path / "x.txt"
    file.write_bytes(_http(calls(), line_break, is_chunked=is_chunked))
    read = entries(file)
    assert [one.response.payload.body.value for one in read if isinstance(one, Recorded)] == [
        call.answer for call in calls()
    ]
    assert verdicts_of(file).answers == {HOLD: 5}
    file.write_bytes(_http(wrong(), line_break, is_chunked=is_chunked))
    assert verdicts_of(file).broken == {BROKEN}


METER = (
    "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
    "                                 Dload  Upload   Total   Spent    Left  Speed\n"
    "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"
)
METER_AT_END = "\r100   233  100   185  100    48  51147  13270 --:--:-- --:--:-- --:--:-- 77666\n"


def _verbose(of: list[Call], *, has_meter: bool) -> str:
    """Return what curl says of its requests, one after another, as a shell puts it in a file."""
    text = ""
    for call in of:
        sent = [f"{call.method} {call.path} HTTP/1.1", "Host: 127.0.0.1:1234", ""]
        head = [f"HTTP/1.1 {call.status} OK", f"content-type: {call.media_type}", ""]
        text += METER if has_meter else ""
        text += "*   Trying 127.0.0.1:1234...\n* Connected to 127.0.0.1 port 1234 (#0)\n"
        text += "".join(f"> {line}\r\n" for line in sent) + "} [48 bytes data]\n"
        text += "".join(f"< {line}\r\n" for line in head) + "{ [185 bytes data]\n"
        text += METER_AT_END if has_meter else ""
        text += f"* Connection #0 to host 127.0.0.1 left intact\n{call.body}"
    return text


@pytest.mark.parametrize("has_meter", [False, True])
def test_what_curl_says_of_itself_is_passed_over(has_meter: bool, tmp_path: Path) -> None:
    """Its remarks and its meter are no part of what was asked and answered."""
    file = tmp_path / "x.txt"
    file.write_bytes(_verbose(calls(), has_meter=has_meter).encode())
    read = [one for one in entries(file) if isinstance(one, Recorded)]
    assert [(one.request.method, one.request.url) for one in read] == [
        (call.method, call.url) for call in calls()
    ]
    assert [one.response.payload.body.value for one in read] == [call.answer for call in calls()]
    assert verdicts_of(file).answers == {HOLD: 5}
    file.write_bytes(_verbose(wrong(), has_meter=has_meter).encode())
    assert verdicts_of(file).broken == {BROKEN}


def test_a_list_of_points_is_no_text_of_curl(tmp_path: Path) -> None:
    """What only begins so is not read."""
    (tmp_path / "notes.txt").write_text("* curl it\n> what was said\n")
    (entry,) = entries(tmp_path / "notes.txt")
    assert isinstance(entry, Unread)


def test_requests_before_answers_are_read(tmp_path: Path) -> None:
    """Text of HTTP may hold requests, too; each belongs to the answer after it."""
    call = calls()[0]
    asked = f"POST {RUNS} HTTP/1.1\r\nHost: 127.0.0.1:1234\r\n\r\n{call.sent_body}\r\n\r\n"
    (tmp_path / "x.http").write_bytes(asked.encode() + _http([call], "\r\n"))
    (entry,) = entries(tmp_path / "x.http")
    assert isinstance(entry, Recorded)
    assert (entry.request.method, entry.request.url) == ("POST", call.url)
    assert entry.request.payload.body.value == call.sent


def test_sessions_are_told_by_host_and_key(tmp_path: Path) -> None:
    """Runs of one id on two servers, or of two keys, are not one run."""
    document = har(calls() + calls()[:2])
    for entry in document["log"]["entries"][5:]:
        entry["startedDateTime"] = "2027-01-15T09:00:00Z"
    (tmp_path / "x.har").write_text(json.dumps(document))
    assert verdicts_of(tmp_path / "x.har").answers[BREAK] > 0
    for change in ("host", "key"):
        for entry in document["log"]["entries"][5:]:
            if change == "key":
                entry["request"]["headers"][0]["value"] = "Bearer other"
            else:
                entry["request"]["url"] = entry["request"]["url"].replace("127.0.0.1", "b")
        (tmp_path / "x.har").write_text(json.dumps(document))
        found = verdicts_of(tmp_path / "x.har")
        assert (found.answers, found.said) == ({HOLD: 7}, []), change


def test_entries_are_ordered_by_their_moments(tmp_path: Path) -> None:
    """A recorder that writes what ended first does not make a run go back."""
    document = har(calls())
    document["log"]["entries"].reverse()
    (tmp_path / "x.har").write_text(json.dumps(document))
    assert verdicts_of(tmp_path / "x.har").answers == {HOLD: 5}


def test_what_was_under_way_together_has_no_order(tmp_path: Path) -> None:
    """Two polls that overlap may be answered in any order; one after the other may not."""
    document = har([calls()[2], calls()[1]])
    first, second = document["log"]["entries"]
    first["startedDateTime"], second["startedDateTime"] = (
        "2027-01-15T08:00:06.000Z", "2027-01-15T08:00:06.100Z",
    )  # fmt: skip
    for milliseconds, standing in ((500, HOLD), (5, BREAK)):
        first["time"] = milliseconds
        (tmp_path / "x.har").write_text(json.dumps(document))
        assert verdicts_of(tmp_path / "x.har").answers[standing] == (2 if standing is HOLD else 1)


@pytest.mark.parametrize("name", ["REDACTED", "Sanitized", "{thread_id}", "***", "thread_xxxx"])
def test_ids_that_were_taken_out_break_nothing(name: str, tmp_path: Path) -> None:
    """Who hides ids in paths and requests does not make answers be about something else."""
    document = vcr(calls())
    for entry in document["interactions"]:
        asked = entry["request"]
        asked["uri"] = asked["uri"].replace("thread_1", name)
        asked["body"] = asked["body"] and asked["body"].replace("asst_1", name)
    (tmp_path / "x.json").write_text(json.dumps(document))
    found = verdicts_of(tmp_path / "x.json")
    assert (found.answers, found.said) == ({HOLD: 5}, [])


def test_folders_and_patterns_mean_what_is_in_them(tmp_path: Path) -> None:
    """Files come in order, once each; what is hidden, and programs, are left out."""
    names = ("b.json", "a.yaml", "in/c.har", ".git/d.json", "e.py", "__pycache__/f.json")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    asked = [str(tmp_path), f"{tmp_path}/*.json", f"{tmp_path}/none*.json"]
    found = [(name.removeprefix(f"{tmp_path}/"), is_named) for name, is_named in expanded(asked)]
    assert found == [
        ("a.yaml", False), ("b.json", False), ("in/c.har", False), ("none*.json", True),
    ]  # fmt: skip


NO_RECORDINGS = {
    "text": "hello",
    "JSON of no form": '{"a": 1}',
    "YAML of no form": "version: 1\na: 2\n",
    "an array of numbers": "[1, 2]",
    "a page": "<!DOCTYPE html><title>a</title>",
}


@pytest.mark.parametrize("what", NO_RECORDINGS)
def test_what_is_no_recording_is_not_read(what: str, tmp_path: Path) -> None:
    """It is named with a reason, and never called wrong."""
    (tmp_path / "x").write_text(NO_RECORDINGS[what])
    assert all(isinstance(entry, Unread) for entry in entries(tmp_path / "x"))
    assert verdicts_of(tmp_path / "x").answers.keys() == {Standing.NOT_READ}
