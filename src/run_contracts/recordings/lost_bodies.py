"""Answers whose bodies a recorder left out, replaced or cut: they say nothing of a server."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from run_contracts.contract.operations import match
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UnreadableBody
from run_contracts.recordings.recorded import Recorded
from run_contracts.traffic.exchange import NO_ANSWER, Response
from run_contracts.validation.json_text import decode_json

LEFT_AWAY_BODY = "its body was not kept"
REPLACED = "its body was replaced by its recorder"
CUT_BY_RECORDER = "its body was cut by its recorder"
COMPRESSED = "its body is compressed, and cannot be decompressed here"
LONGEST_REPLACEMENT = 100
_REPLACEMENT = re.compile(
    rb"(?i)^(?:[^\w{}]+|x{3,}|\W*(?:[\w ]* )?(?:redacted|sanitized|scrubbed|filtered|hidden|removed"
    rb"|omitted|truncated|masked|placeholder|dummy|binary|object object)\b[^{}]*)$"
)
"""What stands in place of a body: punctuation alone, or the word for what was done to it."""
_CUT_MARK = re.compile(
    rb"(?i)(?:\.{3}|\xe2\x80\xa6|\W(?:truncated|more|omitted)\b[^{}\"]{0,60})\W*$"
)
"""How a text ends that was cut: in dots, or in a word for it."""
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
LAST_BYTES = 200
"""Bytes at the end of a body in which it shows that a recorder cut it."""


def with_its_body(recorded: Recorded) -> Recorded:
    """Return an exchange as it is if its body is what was answered, else as one without an answer.

    What was asked for may have been done all the same. Only what the contract speaks of counts.
    """
    request = recorded.request
    if recorded.is_checked or not any(
        match(edition, request.method, request.url) for edition in EDITIONS
    ):
        return recorded
    if request.body and not request.payload.body.is_json and _lost_text(request.body.strip()):
        recorded = replace(recorded, request=replace(request, body=b""))
    reason = lost(recorded.response)
    if not reason:
        return recorded
    lost_answer = Response(
        status=NO_ANSWER, seconds=recorded.response.seconds, failure=reason, is_whole=False
    )
    return replace(recorded, response=lost_answer)


def with_their_bodies(recorded: Iterable[Recorded]) -> list[Recorded]:
    """Return exchanges, those without the body that was answered as ones without an answer."""
    return [with_its_body(one) for one in recorded]


def lost(response: Response) -> str:
    """Return why a body is not what was answered, in a clause; empty if it is, as far as it shows.

    A body that has the length that the answer said is what was answered, whatever it is.

    >>> lost(Response(status=200, body=b"[REDACTED]")), lost(Response(status=200, body=b"{}"))
    ('its body was replaced by its recorder', '')
    """
    body = response.body.strip()
    if _is_compressed(response):
        return COMPRESSED
    if response.header("content-length") == str(len(response.body)):
        return ""
    if not body:
        return LEFT_AWAY_BODY
    if response.is_stream:
        return "" if response.payload.frames else _lost_text(body)
    try:
        violations = decode_json(body).violations
    except UnreadableBody:
        return ""
    return _lost_text(body) if violations else ""


def _lost_text(body: bytes) -> str:
    """Return why a body that is no JSON is not what was sent; empty if it may be."""
    if len(body) <= LONGEST_REPLACEMENT and _REPLACEMENT.match(body):
        return REPLACED
    is_begun = body.startswith((b"{", b"["))
    is_cut = is_begun and (_is_open(body) or _CUT_MARK.search(body[-LAST_BYTES:]))
    return CUT_BY_RECORDER if is_cut else ""


def _is_open(body: bytes) -> bool:
    """Say whether a text of JSON ends before what it began."""
    parts = _ESCAPED.sub(b"", body).split(b'"')
    bare = b"".join(parts[::2])
    begun, ended = (sum(map(bare.count, marks)) for marks in ((b"{", b"["), (b"}", b"]")))
    return begun > ended or len(parts) % 2 == 0


def _is_compressed(response: Response) -> bool:
    """Say whether a body is not even text, of an answer that was compressed."""
    try:
        response.body.decode("utf-8")
    except UnicodeDecodeError:
        return response.header("content-encoding") is not None
    return False
