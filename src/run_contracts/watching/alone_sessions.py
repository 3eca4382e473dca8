"""Which sessions are alone with their servers, where somebody said that nobody else is at work."""

from __future__ import annotations

from run_contracts.recordings.hosts import host_of
from run_contracts.traffic.exchange import Request
from run_contracts.watching.live_session import LiveSession

MOST_SERVERS = 1_000
"""Servers of which is remembered whether a session is alone with them."""


class AloneSessions:
    """The sessions that are judged as alone: each as long as no other was seen at its server.

    Once a second one has begun, neither is alone any more, though it may end: what it asked for may
    be done later. Where something was lost, it may have been another one's, and nobody is alone.
    """

    def __init__(self, *, is_said: bool) -> None:
        """Begin with no session; without a word that nobody else is at work, none will be alone."""
        self._is_said = is_said
        self._at: dict[str, LiveSession | None] = {}

    def begin(self, session: LiveSession, request: Request) -> None:
        """Take a session that begins with a request, before that can have done anything."""
        server = host_of(request.url)
        if server in self._at:
            self._end(server)
        elif self._is_said and len(self._at) < MOST_SERVERS:
            session.is_alone = True
            self._at[server] = session

    def end(self) -> None:
        """Judge no session as alone from now on."""
        self._is_said = False
        for server in self._at:
            self._end(server)

    def _end(self, server: str) -> None:
        session, self._at[server] = self._at[server], None
        if session is not None:
            session.end_alone()
