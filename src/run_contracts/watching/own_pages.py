"""What the proxy answers itself: the page of what is known so far, and its numbers."""

from __future__ import annotations

import asyncio
import json
import re
from ipaddress import ip_address

from starlette.types import Receive, Scope, Send

from run_contracts.watching.live_watch import LiveWatch

PAGE_PATH, NUMBERS_PATH = b"/__run_contracts", b"/__run_contracts.json"
NOT_FOR_YOU = b"run-contracts watch: this page is for clients on this machine\n"
ONLY_READ = b"run-contracts watch: this page is read by GET\n"
FORWARDED = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-real-ip"})
"""Headers by which a proxy says that it speaks for somebody else."""
_LOCAL_HOST = re.compile(rb"(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?")
PLAIN_TYPE = b"text/plain; charset=utf-8"


class OwnPages:
    """Answers for the watch itself, to this machine alone; nothing of it is forwarded.

    A page of another site cannot read it by a name that leads here: the host must be this machine.
    """

    def __init__(self, watch: LiveWatch) -> None:
        """Tell of a watch."""
        self._watch = watch

    def is_asked(self, scope: Scope) -> bool:
        """Say whether a request is for the watch itself."""
        path = scope.get("raw_path") or scope["path"].encode()
        return path in (PAGE_PATH, NUMBERS_PATH)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer it."""
        if not _is_local(scope):
            await _answer(send, 403, PLAIN_TYPE, NOT_FOR_YOU)
        elif scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, PLAIN_TYPE, ONLY_READ)
        elif (scope.get("raw_path") or scope["path"].encode()) == NUMBERS_PATH:
            text = json.dumps(self._watch.numbers(), indent=1, ensure_ascii=True)
            await _answer(send, 200, b"application/json", text.encode() + b"\n")
        else:
            # In a thread: drawing a page takes longer than traffic may wait.
            page = await asyncio.to_thread(self._page)
            await _answer(send, 200, b"text/html; charset=utf-8", page)

    def _page(self) -> bytes:
        from run_contracts.report.rendering import rendered  # noqa: PLC0415 - only when asked

        return rendered("html", self._watch.events()).encode("utf-8", "replace")


def _is_local(scope: Scope) -> bool:
    """Say whether a client is on this machine, and no proxy on it speaks for another one."""
    client = scope.get("client")
    headers = {name.lower(): value for name, value in scope["headers"]}
    if FORWARDED.intersection(headers):
        return False
    host = headers.get(b"host", b"")
    try:
        is_here = client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False
    return is_here and _LOCAL_HOST.fullmatch(host) is not None


async def _answer(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
