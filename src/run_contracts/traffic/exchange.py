"""An exchange: one request and its answer, as bytes, and what can be read off them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from propcache.api import cached_property

from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.operations import (
    JSON_TYPE,
    Matched,
    Operation,
    match,
    operations,
    unquoted,
)
from run_contracts.traffic.http_messages import (
    BAD_REQUEST,
    NO_ANSWER,
    OK,
    RETRY_AFTER,
    SERVER_ERROR,
    TURNED_AWAY,
    Headers,
    Request,
    Response,
)
from run_contracts.traffic.payload import Payload, Placed, is_kind
from run_contracts.traffic.streamed_events import StreamedEvent, streamed_event
from run_contracts.traffic.unnamed import unnamed
from run_contracts.types import Edition, JSONObject
from run_contracts.validation.json_text import Body

__all__ = [
    "BAD_REQUEST",
    "NO_ANSWER",
    "OK",
    "RETRY_AFTER",
    "SEARCHES",
    "SERVER_ERROR",
    "Exchange",
    "Headers",
    "Intent",
    "Request",
    "Response",
    "is_kind",
]


class Intent(StrEnum):
    """What the sender of a request knew about it, beyond what the request itself shows."""

    NONE = ""
    ORDINARY = "nothing speaks against it"
    ABSENT = "an id in its path names nothing"
    WRONG_KEY = "its key is wrong"
    NO_ASSISTANT = "the assistant in its body does not exist"
    NO_EDITION = "it does not name an edition"
    LOW_LIMIT = "nothing speaks against it but a token limit below the published least"


SEARCHES = ("walk", "schemathesis")
"""How the sources of generated requests begin."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Exchange:
    """One request and its response.

    `number` orders the exchanges of one check; its answer had come at `seen_at`, in seconds since
    the epoch; `source` names the probe, phase or file; `intent` is what its sender knew. Exchanges
    that share a number above 0 in `together` were under way at once: their order says nothing.
    `meant_for` names its operation where the URL need not, for a secret that was in it is hidden.
    """

    number: int
    edition: Edition
    request: Request
    response: Response
    source: str = ""
    seen_at: float = 0.0
    intent: Intent = Intent.NONE
    together: int = 0
    meant_for: str | None = None

    @cached_property
    def _match(self) -> Matched | None:
        return match(self.edition, self.request.method, self.request.url)

    @cached_property
    def operation(self) -> Operation | None:
        """The operation of the contract that the request was meant for, if any."""
        if self.meant_for is not None:
            return operations(self.edition).get(self.meant_for)
        return self._match[0] if self._match else None

    @cached_property
    def operation_id(self) -> str | None:
        """The id of its operation, e.g. ``getRun``; None if it was meant for none."""
        return self.meant_for or (self._match[0].id if self._match else None)

    @property
    def sent_at(self) -> float:
        """When its request was sent, in seconds since the epoch; 0 if nobody knows."""
        return self.seen_at - self.response.seconds if self.seen_at else 0.0

    @property
    def is_generated(self) -> bool:
        """Whether a search made its request, no probe."""
        return self.source.startswith(SEARCHES)

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """The ids in the path, by name: thread_id, run_id, step_id."""
        return self._match[1] if self._match else {}

    @property
    def is_of_contract(self) -> bool:
        """Whether the contract speaks of it: a known operation, or a recorded answer alone."""
        return self.operation_id is not None or not self.request.url

    @cached_property
    def asked(self) -> Any:
        """The JSON value of the request's body; None if there is none or it is not JSON."""
        return self.request.payload.body.value

    @cached_property
    def is_stream(self) -> bool:
        """Whether the answer says it is a stream of events."""
        return self.response.is_stream

    @property
    def is_json(self) -> bool:
        """Whether the answer says it is JSON, or says nothing and has a body."""
        return self.response.media_type in (JSON_TYPE, "") and bool(self.response.body)

    @cached_property
    def answer(self) -> Payload:
        """What was answered, read once."""
        return self.response.payload

    @cached_property
    def body(self) -> Body:
        """The answer's body as JSON, with what is wrong with its form."""
        return self.answer.body

    @property
    def unreadable(self) -> str | None:
        """Why the body is too large or too deep to judge; None if it is not."""
        return self.answer.unreadable

    @cached_property
    def answered(self) -> Any:
        """The JSON value of the answer; None for streams and for what is not JSON."""
        return None if self.is_stream else self.answer.body.value

    def shown(self, kind: str) -> tuple[Placed, ...]:
        """Return the objects of a kind that a success shows, if it is what it says it is."""
        is_as_said = self.body.is_json is not self.is_stream
        return self.objects(kind) if self.is_success and is_as_said else ()

    def answered_as(self, kind: str) -> JSONObject | None:
        """Return the object of a kind that a success is as a whole; None if it is none."""
        whole = (one for one in self.shown(kind) if not (self.is_stream or one.is_item))
        return next((one.value for one in whole), None)

    def objects(self, kind: str) -> tuple[Placed, ...]:
        """Return the objects of a kind in the answer: by their name, or else by what was asked."""
        named = self.answer.objects[kind]
        if named or self.operation is None or not self.is_success:
            return named
        if not self.operation.response.startswith(kind):
            return ()
        return tuple(unnamed(self.answered, kind, self.operation.response))

    @cached_property
    def events(self) -> tuple[StreamedEvent, ...]:
        """The events of an answer that says it is a stream; none if it does not."""
        types, answer = lifecycle(self.edition).events, self.answer
        frames = answer.frames if self.is_stream else ()
        return tuple(streamed_event(frame, answer.body_of(frame), types) for frame in frames)

    @cached_property
    def listed(self) -> tuple[JSONObject, ...] | None:
        """The items of a list that was answered, objects all of them; None of any other answer."""
        value = self.answered if self.is_success else None
        items = value.get("data") if isinstance(value, dict) else None
        if isinstance(items, list) and all(isinstance(item, dict) for item in items):
            return tuple(items)
        return None

    @cached_property
    def sent_texts(self) -> frozenset[str]:
        """Every text of the request that may be an id: in its path, its query, its body."""
        url = urlsplit(self.request.url)
        segments = map(unquoted, url.path.split("/"))
        values = (value for _, value in parse_qsl(url.query))
        return self.request.payload.texts.union(segments, values)

    @property
    def is_ordinary(self) -> bool:
        """Whether a right server accepts it, as far as its sender knows."""
        return self.intent is Intent.ORDINARY

    @property
    def is_answered(self) -> bool:
        """Whether an answer came at all."""
        return self.response.is_answer

    @property
    def is_turned_away(self) -> bool:
        """Whether the answer speaks of the caller (key, rights, rate), not of what was asked."""
        return self.response.status in TURNED_AWAY or self.is_put_off

    @property
    def is_put_off(self) -> bool:
        """Whether the server asks to come again later: it says nothing of what was asked."""
        return self.response.is_put_off

    @cached_property
    def is_success(self) -> bool:
        """Whether the status is between 200 and 299."""
        return OK <= self.response.status < 300  # noqa: PLR2004 - the class of success

    @cached_property
    def is_refusal(self) -> bool:
        """Whether the status is between 400 and 499."""
        return BAD_REQUEST <= self.response.status < SERVER_ERROR

    def is_beside(self, other: Exchange) -> bool:
        """Say whether another exchange was under way at the same time as this one."""
        return self is not other and 0 < self.together == other.together

    def __str__(self) -> str:
        return f"#{self.number} {self.request.method} {self.request.url}"
