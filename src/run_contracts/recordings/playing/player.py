"""The application that plays a recording: any path, any key."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect
from starlette.requests import Request as Incoming
from starlette.responses import Response as Outgoing
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from run_contracts.errors import UsageError
from run_contracts.recordings.playing.play import Play
from run_contracts.recordings.playing.playable import PlayedRecording
from run_contracts.recordings.playing.plays import Plays
from run_contracts.recordings.playing.unrecorded import error_body, refusal
from run_contracts.recordings.sessions import KEY_HEADERS
from run_contracts.server.options import LARGEST_BODY
from run_contracts.traffic.exchange import Request, Response

UNHURRIED = 0.02
"""Seconds before each frame of a stream of which nobody kept how long it took."""
LONGEST_PLAYED = 600.0
"""Seconds over which a stream is played, at most."""
TOO_LARGE = 413
NOT_PLAYED = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te"),
        *("trailer", "transfer-encoding", "upgrade", "content-length", "content-encoding"),
        *("set-cookie", "alt-svc", "content-md5", "content-digest", "digest", "repr-digest"),
    }
)
"""Headers of one connection, of a body as it went over it, and what leads clients elsewhere."""
WITHOUT_BODY = frozenset({204, 205, 304})
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]|[^\x00-\xff]")
_FRAMES = re.compile(rb".*?(?:\r\n\r\n|\n\n|\r\r)|.+\Z", re.DOTALL)
RawHeaders = list[tuple[bytes, bytes]]


class Player:
    """An ASGI application that answers as was recorded, and refuses what was not.

    `speed` is how many recorded seconds pass in a real one.
    """

    def __init__(self, recording: PlayedRecording, *, seed: int = 0, speed: float = 1.0) -> None:
        """Have played nothing; raise `UsageError` for a speed that cannot be."""
        if not (math.isfinite(speed) and speed > 0):
            raise UsageError(f"speed {speed} is not a number above 0")
        self.recording = recording
        self._plays = Plays(recording, seed)
        self._speed = speed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            try:
                answered = await self._answered(Incoming(scope, receive))
                await answered(scope, receive, send)
            except ClientDisconnect:
                return

    async def _answered(self, incoming: Incoming) -> Outgoing:
        body = bytearray()
        async for chunk in incoming.stream():
            if len(body) <= LARGEST_BODY:
                body += chunk
        if len(body) > LARGEST_BODY:
            return _refused(TOO_LARGE, error_body("the body is too large to be compared"))
        request = Request(method=incoming.method, url=_url(incoming), body=bytes(body))
        key = "\n".join(incoming.headers.get(name, "") for name in KEY_HEADERS)
        play, played = self._plays.answer(request, key)
        if played is None:
            return _refused(*refusal(play, play.as_recorded(request)))
        return self._replayed(played.response, play)

    def _replayed(self, response: Response, play: Play) -> Outgoing:
        """Return a recorded answer with the ids of a play."""
        headers = list(_headers(response, play))
        body = b"" if response.status in WITHOUT_BODY else play.as_played(response.body)
        if response.is_stream and body:
            frames = [match[0] for match in _FRAMES.finditer(body)]
            paced = self._paced(frames, response.seconds)
            streamed = StreamingResponse(paced, status_code=response.status)
            streamed.raw_headers = headers
            return streamed
        answered = Outgoing(body, status_code=response.status)
        length = [one for one in answered.raw_headers if one[0] == b"content-length"]
        answered.raw_headers = [*headers, *length]
        return answered

    async def _paced(self, frames: list[bytes], seconds: float) -> AsyncIterator[bytes]:
        """Yield frames over so many recorded seconds."""
        whole = min(seconds, LONGEST_PLAYED) if seconds > 0 else UNHURRIED * len(frames)
        pause = min(whole / self._speed, LONGEST_PLAYED) / len(frames)
        for frame in frames:
            await asyncio.sleep(pause)
            yield frame


def _url(incoming: Incoming) -> str:
    """Return path and query as they were sent."""
    path: bytes = incoming.scope.get("raw_path") or incoming.scope["path"].encode()
    query: bytes = incoming.scope["query_string"]
    asked = path.partition(b"?")[0] + (b"?" + query if query else b"")
    return f"http://played/{asked.decode('latin-1').removeprefix('/')}"


def _headers(response: Response, play: Play) -> Iterator[tuple[bytes, bytes]]:
    """Yield the recorded headers that are played: those that can be sent, and lead nowhere else."""
    for name, value in response.headers:
        lower = name.lower()
        if lower in NOT_PLAYED or not _HEADER_NAME.fullmatch(name) or _CONTROL.search(value):
            continue
        here = _without_host(value) if lower in ("location", "content-location") else value
        yield lower.encode(), play.as_played(here.strip().encode("latin-1"))


def _without_host(url: str) -> str:
    try:
        return urlsplit(url)._replace(scheme="", netloc="").geturl()
    except ValueError:
        return "/"


def _refused(status: int, body: bytes) -> Outgoing:
    """Return a refusal that no client tries again."""
    headers = {"x-should-retry": "false"}
    return Outgoing(body, status_code=status, headers=headers, media_type="application/json")
