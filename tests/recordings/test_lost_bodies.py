"""Bodies that a recorder left out, replaced or cut: no rule is broken by them."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from run_contracts.recordings.formats.encodings import inflated
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.lost_bodies import lost, with_its_body
from run_contracts.recordings.recorded import Recorded
from run_contracts.traffic.exchange import Request, Response
from tests.recordings.calls import calls
from tests.recordings.documents_of_calls import har, vcr
from tests.recordings.records_of_calls import structlog
from tests.recordings.verdicts_of import verdicts_of

UNREAD = {Standing.NOT_READ: 5}
REPLACEMENTS = (
    "REDACTED", "[REDACTED]", "<redacted>", "***", "...", "Sanitized", "<binary>", "<binary data>",
    "[object Object]", "<body omitted>", "(truncated)", "xxxx", "response body filtered out",
)  # fmt: skip
CUTS: dict[str, Callable[[str], str]] = {
    "at a byte": lambda text: text[:61],
    "after a comma": lambda text: text[: text.index(",") + 1],
    "in dots": lambda text: text[:60] + "...",
    "in a word": lambda text: text[:60] + "[truncated 700 bytes]",
    "in a count": lambda text: text[:60] + "… (700 more bytes)",
}


def _verdicts(tmp_path: Path, document: Any) -> Any:
    file = tmp_path / "x.json"
    file.write_text(json.dumps(document))
    return verdicts_of(file)


@pytest.mark.parametrize("text", REPLACEMENTS)
def test_a_body_that_was_replaced_is_not_read(text: str, tmp_path: Path) -> None:
    """What stands in place of a body says nothing of the server."""
    found = _verdicts(tmp_path, vcr(calls(), body=lambda _: {"string": text}))
    assert (found.answers, found.broken) == (UNREAD, set())
    assert found.said[0].endswith("not read: its body was replaced by its recorder")


@pytest.mark.parametrize("cut", CUTS)
def test_a_body_that_was_cut_is_not_read(cut: str, tmp_path: Path) -> None:
    """Who kept a part of an answer does not show that no more was sent."""
    found = _verdicts(tmp_path, vcr(calls(), body=lambda text: {"string": CUTS[cut](text)}))
    assert (found.answers, found.broken) == (UNREAD, set())


def test_a_body_that_was_not_kept_is_not_read(tmp_path: Path) -> None:
    """Browsers drop bodies and keep what they were, and so does whoever writes an access log."""
    document = har(calls())
    for number, entry in enumerate(document["log"]["entries"]):
        content = entry["response"]["content"]
        content["text"] = ""
        if number % 2:
            del content["text"]
    found = _verdicts(tmp_path, document)
    assert (found.answers, found.broken) == (UNREAD, set())
    lines = [structlog(call) | {"response_body": None} for call in calls()]
    (tmp_path / "x.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert verdicts_of(tmp_path / "x.jsonl").answers == UNREAD


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip", "compress"])
def test_what_cannot_be_decompressed_is_not_read(encoding: str, tmp_path: Path) -> None:
    """Without a library that can, or damaged, a compressed body is unknown."""
    packed = base64.b64encode(b"\x1b\x03\x00\xf8\x8d\x94n\xde" * 9).decode()
    document = vcr(calls(), body=lambda _: {"base64_string": packed})
    for entry in document["interactions"]:
        entry["response"]["headers"]["Content-Encoding"] = [encoding]
    found = _verdicts(tmp_path, document)
    assert (found.answers, found.broken) == (UNREAD, set())


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip", "deflate", "compress"])
def test_a_plain_body_may_keep_the_header_of_its_encoding(encoding: str, tmp_path: Path) -> None:
    """Most recorders keep what was decompressed, and the header that says it was not."""
    document = vcr(calls())
    for entry in document["interactions"]:
        entry["response"]["headers"]["content-encoding"] = [encoding]
    assert _verdicts(tmp_path, document).answers == {Standing.HOLDS: 5}


@pytest.mark.parametrize("sent", [None, "", "REDACTED", "[filtered]"])
def test_a_request_whose_body_was_not_kept_breaks_nothing(sent: Any, tmp_path: Path) -> None:
    """What was asked for is not known then, and nothing is expected of it."""
    document = vcr(calls())
    for entry in document["interactions"]:
        entry["request"]["body"] = sent
    found = _verdicts(tmp_path, document)
    assert (found.answers, found.said) == ({Standing.HOLDS: 5}, [])


def test_a_report_of_ours_keeps_what_was_answered() -> None:
    """What a check has seen was neither left out nor replaced by anybody."""
    call = calls()[1]
    request = Request(method=call.method, url=call.url)
    empty = Recorded(request=request, response=Response(status=200))
    assert not with_its_body(empty).response.is_answer
    exact = replace(empty, is_checked=True)
    assert with_its_body(exact) is exact


WRONG = (b"oops", b'{"id": "run_1",}', b"<html>Bad</html>", b'{"id": 1}}', b"null", b'"REDACTED"')


@pytest.mark.parametrize("body", WRONG)
def test_what_a_server_may_have_answered_is_judged(body: bytes) -> None:
    """A body that is wrong, and no recorder's doing, stays wrong."""
    assert lost(Response(status=200, body=body)) == ""


@pytest.mark.parametrize("body", [b"", b'{"id": "run_1", ', b"..."])
def test_a_body_of_the_length_that_was_said_is_judged(body: bytes) -> None:
    """The server itself says that there was no more."""
    said = (("Content-Length", str(len(body))),)
    assert lost(Response(status=200, headers=said, body=body)) == ""
    assert lost(Response(status=200, body=body)) != ""


def test_a_body_in_an_encoding_that_cannot_be_undone_is_not_read() -> None:
    """Though it is as long as its answer says: what was answered is not known here."""
    content = b"\x1f\x9d\x90\xff"
    headers = (("content-encoding", "compress"), ("content-length", str(len(content))))
    answer = Response(status=200, headers=headers, body=content)
    assert lost(answer) == "its body is compressed, and cannot be decompressed here"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_servers_send_for_an_encoding_is_read(encoding: str) -> None:
    """Gzip may have several members, and some leave off what stands around deflate."""
    raw = zlib.compressobj(wbits=-15)
    sent = {
        "gzip": gzip.compress(b'{"a": ') + gzip.compress(b"1}"),
        "deflate": raw.compress(b'{"a": 1}') + raw.flush(),
    }
    assert inflated(sent[encoding], (("Content-Encoding", encoding),)) == b'{"a": 1}'
