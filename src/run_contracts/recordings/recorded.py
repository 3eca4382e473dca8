"""What a recording holds: answers, with the requests they answer where those were kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from run_contracts.traffic.exchange import Exchange, Intent, Request, Response
from run_contracts.types import Edition

UNKNOWN_ID = "run-contracts-any-id"
"""Stands in a path for an id that is not known: a parameter of a stub, or what was taken out."""
NOT_KEPT = Request(method="", url="")
"""The request of an answer that was recorded alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One recorded answer, and the request it answers where that was kept.

    `place` is where it stands in its file, e.g. ``entry 3``. `at` is when it was asked for, in
    seconds since the epoch, 0 if nobody kept that. What `is_stub` was written to be answered
    whenever it is asked for: it belongs to no session, and its order says nothing. `edition` is
    known only where the recording says it. `request_file` and `response_file` name the files of
    bodies that lie beside the recording. A report of ours has the intent of each request, too, and
    which were under way together; what it `is_checked` by our own client says who ended it.
    `gaps` counts what stands before it in its file and could not be read.
    """

    response: Response
    request: Request = NOT_KEPT
    place: str = ""
    at: float = 0.0
    is_stub: bool = False
    request_file: str = ""
    response_file: str = ""
    edition: Edition | None = None
    intent: Intent = Intent.NONE
    together: int = 0
    is_checked: bool = False
    gaps: int = 0

    @property
    def has_request(self) -> bool:
        """Whether it is known what was asked for."""
        return bool(self.request.method and self.request.url)

    def exchange(self, number: int, edition: Edition, source: str = "") -> Exchange:
        """Return it as an exchange of a session; what `source` names comes before its place."""
        return Exchange(
            number=number,
            edition=self.edition or edition,
            request=self.request,
            response=self.response,
            source=", ".join(filter(None, (source, self.place))),
            seen_at=self.at + self.response.seconds if self.at else 0.0,
            intent=self.intent,
            together=self.together,
        )


class Unread(NamedTuple):
    """A part of a recording that is not understood: where it stands, and why, in a clause."""

    place: str
    reason: str


Entry = Recorded | Unread
