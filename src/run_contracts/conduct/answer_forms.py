"""Answers in forms that are legal and rare: unknown fields, no optional ones, odd JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from run_contracts.contract.loading import load
from run_contracts.contract.object_names import named_kind
from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE
from run_contracts.contract.requirements import EDITIONS

Rewrite = Callable[[Any], Any]
"""What becomes of a JSON value that is answered, as a whole or by an event."""
NEW_FIELDS = {"unknown_since": "2027-01", "unknown_parts": [{"of": None}]}
"""Fields that no edition has."""
NEW_EVENTS = (
    b'event: thread.noticed\ndata: {"object": "thread.notice", "id": "notice_1"}\n\n'
    b'event: vendor.ping\ndata: {"at": 7}\n\n'
)
_FRAME = re.compile(rb".*?\n\n", re.DOTALL)
_DATA = re.compile(rb"^data: (.*)$", re.MULTILINE)


def with_unknown_fields(value: Any) -> Any:
    """Return a value whose objects that say what they are have fields more than are published.

    >>> sorted(with_unknown_fields({"object": "thread", "metadata": {}}))
    ['metadata', 'object', 'unknown_parts', 'unknown_since']
    """
    if isinstance(value, dict):
        inner = {name: with_unknown_fields(part) for name, part in value.items()}
        return {**inner, **NEW_FIELDS} if isinstance(value.get("object"), str) else inner
    return [with_unknown_fields(part) for part in value] if isinstance(value, list) else value


def without_optional_fields(value: Any) -> Any:
    """Return a value whose objects have none of the fields that the contract lets be left out."""
    if isinstance(value, dict):
        kind = named_kind(value)
        needed = _required(kind) if kind in ("run", "run_step", "message", "thread") else None
        kept = value if needed is None else {name: value[name] for name in value if name in needed}
        return {name: without_optional_fields(part) for name, part in kept.items()}
    return [without_optional_fields(part) for part in value] if isinstance(value, list) else value


def shrunk_meanwhile(value: Any) -> Any:
    """Return a last page that says that more follow, which were deleted when they are asked for."""
    is_page = isinstance(value, dict) and value.get("object") == "list"
    return {**value, "has_more": True} if is_page and value.get("data") else value


def always_more(value: Any) -> Any:
    """Return a page that says that more follow, also an empty one; no right server answers so."""
    is_page = isinstance(value, dict) and value.get("object") == "list"
    return {**value, "has_more": True} if is_page else value


@cache
def _required(kind: str) -> frozenset[str]:
    return frozenset(load(EDITIONS[-1]).schema(kind)["required"])


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerForm:
    """How answers are written: what becomes of their values, and of their text.

    `is_odd_json` turns the order of members round, and writes escapes and spaces. Of streams,
    `has_unknown_events` puts events between, `is_terse` leaves out the space after each colon and
    adds an id, `is_bare` leaves out empty annotations.
    """

    rewrite: Rewrite | None = None
    is_odd_json: bool = False
    has_unknown_events: bool = False
    is_terse: bool = False
    is_bare: bool = False

    def text(self, value: Any) -> bytes:
        """Return a JSON value as it is written on one line."""
        written = value if self.rewrite is None else self.rewrite(value)
        if self.is_bare and named_kind(written) == "message_delta":
            written = _without_empty_annotations(written)
        if self.is_odd_json:
            return json.dumps(_turned_round(written), separators=(" ,  ", " :\t")).encode()
        return json.dumps(written, ensure_ascii=False).encode()

    def frames(self, frame: bytes) -> Iterator[bytes]:
        """Yield an event as it is written, with what comes before it."""
        if self.has_unknown_events and b"[DONE]" not in frame:
            yield NEW_EVENTS
        written = _DATA.sub(lambda data: b"data: " + self._data(data[1]), frame)
        if self.is_terse:
            written = b"id:7\nretry:3000\n" + re.sub(rb"(?m)^(event|data): ", rb"\1:", written)
        yield written

    def _data(self, data: bytes) -> bytes:
        return data if data == b"[DONE]" else self.text(json.loads(data))

    def __call__(self, application: ASGIApp) -> ASGIApp:
        """Return the application, whose answers are written so."""

        async def formed(scope: Scope, receive: Receive, send: Send) -> None:
            await application(scope, receive, _Formed(self, send).sent)

        return formed


class _Formed:
    """One answer, written in a form."""

    def __init__(self, form: AnswerForm, send: Send) -> None:
        self._form, self._send = form, send
        self._start: Message = {}
        self._kind, self._body = "", b""

    async def sent(self, message: Message) -> None:
        """Send a message on: an event at once, JSON when it is whole, all else as it is."""
        if message["type"] == "http.response.start":
            named = dict(message.get("headers", ()))
            self._kind = named.get(b"content-type", b"").decode("latin-1").partition(";")[0]
            self._start = message
            if self._kind != JSON_TYPE:
                await self._send(message)
            return
        self._body += message.get("body", b"")
        is_last = not message.get("more_body", False)
        if self._kind == JSON_TYPE:
            if is_last:
                await self._write_json()
            return
        if self._kind == STREAM_TYPE:
            while matched := _FRAME.match(self._body):
                self._body = self._body[matched.end() :]
                for frame in self._form.frames(matched[0]):
                    await self._send({**message, "body": frame, "more_body": True})
        if is_last or self._kind != STREAM_TYPE:
            body, self._body = self._body, b""
            await self._send({**message, "body": body})

    async def _write_json(self) -> None:
        body = self._form.text(json.loads(self._body))
        headers = [pair for pair in self._start["headers"] if pair[0] != b"content-length"]
        headers.append((b"content-length", str(len(body)).encode()))
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _turned_round(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _turned_round(value[name]) for name in reversed(value)}
    return [_turned_round(part) for part in value] if isinstance(value, list) else value


def _without_empty_annotations(value: Any) -> Any:
    """Return a delta without the empty list of annotations that its first piece may have."""
    if isinstance(value, list):
        return [_without_empty_annotations(part) for part in value]
    if not isinstance(value, dict):
        return value
    kept = {name: part for name, part in value.items() if (name, part) != ("annotations", [])}
    return {name: _without_empty_annotations(part) for name, part in kept.items()}
