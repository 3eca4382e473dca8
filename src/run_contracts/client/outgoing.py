"""An outgoing request: what is about to be sent, before it is part of an exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2
from propcache.api import cached_property

from run_contracts.client.receiving import Watcher
from run_contracts.contract.operations import Matched, match
from run_contracts.traffic.exchange import Intent, Request
from run_contracts.traffic.payload import Payload
from run_contracts.types import Edition

CREATES_RUNS = frozenset({"createRun", "createThreadAndRun"})


@dataclass(frozen=True, kw_only=True)
class OutgoingRequest:
    """A request to be sent: as the transport takes it, and what its sender knows of it.

    `cannot_be_sent` says why it is not to be sent at all; empty if it is.
    """

    edition: Edition
    wire: httpx2.Request
    content: bytes = b""
    intent: Intent = Intent.NONE
    watcher: Watcher | None = None
    cannot_be_sent: str = ""

    @cached_property
    def _match(self) -> Matched | None:
        return match(self.edition, self.wire.method, str(self.wire.url))

    @property
    def operation_id(self) -> str | None:
        """The id of its operation, None if it is meant for none."""
        return self._match[0].id if self._match else None

    @property
    def ids(self) -> Mapping[str, str]:
        """The ids in its path, by name."""
        return self._match[1] if self._match else {}

    @property
    def asks_for_run(self) -> bool:
        """Whether it asks for a new run."""
        return self.operation_id in CREATES_RUNS

    @cached_property
    def kind(self) -> str:
        """What is answered alike: its operation or else its method, with a stream or without."""
        is_stream = b'"stream": true' in self.content
        return f"{self.operation_id or self.wire.method}{' with a stream' if is_stream else ''}"

    @property
    def place(self) -> str:
        """Its method and URL."""
        return f"{self.wire.method} {self.wire.url}"

    def as_sent(self) -> Request:
        """Return it as what was sent; what is read of its body is read once."""
        request = Request(
            method=self.wire.method,
            url=str(self.wire.url),
            headers=tuple(self.wire.headers.items()),
            body=self.content,
        )
        vars(request)["payload"] = self._payload
        return request

    @cached_property
    def _payload(self) -> Payload:
        return Payload(self.content)
