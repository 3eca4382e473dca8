"""A life that is played to a client: what happens in it, and what a client must say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from run_contracts.conduct.scripted import ScriptedServer
from run_contracts.server.degradations.degradation import Layer
from run_contracts.server.lives.life import PlannedCall, life
from run_contracts.server.troubles.trouble import Trouble

WHOLE_REPLY = "Fünf Grad in Oslo ☔, sagt der Dienst: nimm einen Schirm mit. 🌂"
"""What the assistant says where nothing cuts it short; letters of one to four bytes."""
COMES_TO_END = "CLIENT-END-001"
SAYS_STATUS = "CLIENT-END-002"
KNOWS_FIELDS = "CLIENT-END-006"
KNOWS_EVENTS = "CLIENT-END-007"
READS_STREAMS = "CLIENT-END-008"
COMES_THROUGH = "CLIENT-END-009"
CREATES_RUN = frozenset({"createRun", "createThreadAndRun"})
"""The operations by which a run begins."""
NEEDS_STREAMS, NEEDS_FUNCTIONS = "streams", "functions"
NOT_DONE: Mapping[str, str] = {
    NEEDS_STREAMS: "the client streams no run",
    NEEDS_FUNCTIONS: "the client offers no function",
}
"""Why lives are not played, by what they need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a client showed that it does: the functions it offers, whether it streams."""

    functions: tuple[str, ...] = ()
    streams: bool = False

    def has(self, need: str) -> bool:
        """Tell whether a life can be played that needs this."""
        return {"": True, NEEDS_STREAMS: self.streams, NEEDS_FUNCTIONS: bool(self.functions)}[need]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedLife:
    """One life: what happens in it, in a sentence, and what a client must say of it.

    Its run comes to `status`. A client that does not end as it should breaks `requirement`. It
    `may_give_up` where a right client may, too, and has `no_run` where none can begin. What it asks
    in a life that is not `is_legal`, for the server breaks the contract, is not judged. `needs` is
    what the client must do for the life to be of any use, empty if nothing.
    """

    id: str
    sentence: str
    status: str
    rests: tuple[str, ...] = ()
    rounds: tuple[tuple[PlannedCall, ...], ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    layer: Layer | None = None
    troubles: tuple[Trouble, ...] = ()
    requirement: str = SAYS_STATUS
    needs: str = ""
    may_give_up: bool = False
    no_run: bool = False
    is_legal: bool = True

    def plan(self, server: ScriptedServer) -> None:
        """Let a server play it."""
        options: dict[str, Any] = dict(self.options)
        rests = self.rests or (self.status,)
        server.lives.add(
            life(
                rests,
                rounds=self.rounds,
                reply=WHOLE_REPLY,
                fits_request=True,
                **options,
            )
        )
        for trouble in self.troubles:
            server.troubles.add(trouble)
