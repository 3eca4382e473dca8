"""A recorder between a client and a server: what passes is kept as exchanges, as a proxy would."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import httpx2

from run_contracts.client.connection import Connection
from run_contracts.traffic.exchange import NO_ANSWER, Exchange, Request, Response
from run_contracts.types import Edition

DONE = b"data: [DONE]"
"""What ends a stream; many clients read no further, and the recorder reads the rest."""
HOP = frozenset({"content-length", "content-encoding", "transfer-encoding"})
"""Headers that say how a body is sent, which is decoded here."""


class Hurry(Exception):
    """A job of a program has made more requests than it has time for."""


@dataclass(kw_only=True)
class _Passing:
    """A request that is under way, with what was answered so far."""

    request: Request
    began: float
    together: int = 0
    body: bytearray = field(default_factory=bytearray)


class Recorder(httpx2.BaseTransport):
    """Hands requests on and keeps each with its answer, numbered in the order they ended.

    What was under way at the same time is marked so. `source` names the program that sends;
    a job of it may make so many requests as `begin` says.
    """

    def __init__(self, connection: Connection, edition: Edition = "v2") -> None:
        """Nothing is sent yet."""
        if connection.transport is None:
            raise ValueError("a recorder needs a transport to hand requests to")
        self._inner, self._now = connection.transport, connection.now
        self._began_at = time.time()
        self.edition = edition
        self.exchanges: list[Exchange] = []
        self.source = ""
        self._left = 0
        self._open: list[_Passing] = []
        self._groups = 0

    def begin(self, source: str, most: int) -> None:
        """Begin a job of a program, which may make so many requests."""
        self.source, self._left = source, most

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the answer as it comes; what raises is kept as a request without one."""
        if self._left <= 0:
            raise Hurry("a job has made more requests than it has time for")
        self._left -= 1
        passing = self._opened(request)
        try:
            response = self._inner.handle_request(request)
        except httpx2.TransportError as error:
            self._close(passing, self._unanswered(error))
            raise
        headers = tuple(response.headers.multi_items())
        stream = _Chunks(self._chunks(passing, response, headers))
        kept = [(name, value) for name, value in headers if name.lower() not in HOP]
        return httpx2.Response(response.status_code, headers=kept, stream=stream)

    def _opened(self, request: httpx2.Request) -> _Passing:
        """Return a request that begins; with others under way it is marked, and so are they."""
        sent = Request(
            method=request.method,
            url=str(request.url),
            headers=tuple(request.headers.multi_items()),
            body=request.read(),
        )
        passing = _Passing(request=sent, began=self._now())
        if self._open and not any(other.together for other in self._open):
            self._groups += 1
        self._open.append(passing)
        if len(self._open) > 1:
            for other in self._open:
                other.together = self._groups
        return passing

    def _chunks(
        self, passing: _Passing, response: httpx2.Response, headers: tuple[tuple[str, str], ...]
    ) -> Generator[bytes, None, None]:
        """Yield an answer's body piece by piece, and keep the exchange at its end."""
        is_whole, broken_off, pieces = False, "", response.iter_bytes()
        try:
            for chunk in pieces:
                passing.body += chunk
                yield chunk
            is_whole = True
        except GeneratorExit:
            is_whole, broken_off = _rest(passing, pieces)
        except httpx2.RemoteProtocolError as error:
            is_whole, broken_off = True, str(error)
            raise
        finally:
            response.close()
            answer = Response(
                status=response.status_code,
                headers=headers,
                body=bytes(passing.body),
                seconds=self._now() - passing.began,
                is_whole=is_whole,
                broken_off=broken_off,
            )
            self._close(passing, answer)

    @staticmethod
    def _unanswered(error: httpx2.TransportError) -> Response:
        """Return that a request had no answer: in time, or since the server hung up."""
        is_late = isinstance(error, httpx2.TimeoutException)
        is_its_doing = is_late or isinstance(error, httpx2.RemoteProtocolError)
        return Response(
            status=NO_ANSWER,
            is_whole=False,
            failure=str(error) or type(error).__name__,
            is_late=is_late,
            silences=int(is_its_doing),
        )

    def _close(self, passing: _Passing, response: Response) -> None:
        """Keep an exchange that has ended."""
        self._open.remove(passing)
        self.exchanges.append(
            Exchange(
                number=len(self.exchanges) + 1,
                edition=self.edition,
                request=passing.request,
                response=response,
                source=self.source,
                seen_at=self._began_at + self._now(),
                together=passing.together,
            )
        )


def _rest(passing: _Passing, pieces: Iterator[bytes]) -> tuple[bool, str]:
    """Read what follows the end marker of a stream whose reader has seen it and left."""
    if DONE not in passing.body:
        return False, ""
    try:
        for chunk in pieces:
            passing.body += chunk
    except httpx2.RemoteProtocolError as error:
        return True, str(error)
    except httpx2.TransportError:
        return False, ""
    return True, ""


class _Chunks(httpx2.SyncByteStream):
    """A body that comes piece by piece; whoever leaves before it began has had its first piece."""

    def __init__(self, chunks: Generator[bytes, None, None]) -> None:
        self._chunks, self._has_begun = chunks, False

    def __iter__(self) -> Iterator[bytes]:
        self._has_begun = True
        return self._chunks

    def close(self) -> None:
        """Leave the rest."""
        if not self._has_begun:
            next(self._chunks, None)
        self._chunks.close()
