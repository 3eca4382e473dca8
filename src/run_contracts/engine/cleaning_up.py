"""Cleanup: what a check created and did not delete, deleted as far as the server lets us."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from urllib.parse import unquote

from run_contracts.client.session import Session
from run_contracts.engine.creations import ABSENT, DELETIONS, Creations
from run_contracts.engine.marked import marked
from run_contracts.errors import TargetError
from run_contracts.events.ledger import Created, Creating
from run_contracts.probes.resources import CHECK_KEY
from run_contracts.traffic.exchange import Exchange

CLEANING = "cleaning up"
CLEANING_SECONDS = 30.0
"""What a cleanup takes at most."""
LONGEST_REQUEST = 10.0
MOST_SILENT = 2
"""Requests in a row without an answer after which no more is sent."""
HIDDEN_MARK = "$"
"""How the name begins that stands in a file for a secret; a path has no other one."""
HIDDEN_ID = "its id repeats a secret, which no file holds; delete it by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What became of something that a check created: gone, or why it stays."""

    path: str
    stays: str = ""


class Cleanup:
    """Deletes what the ledger of a check says is there, and looks for what it may hold.

    It asks for each thing first whether it is ours, unless the answer that gave its id showed it,
    and the cleanup need not be careful. Nothing more is sent when its seconds are over, or when the
    server ceases to answer; `is_unanswered` says that the last request had no answer.
    """

    def __init__(self, session: Session, creations: Creations, *, is_careful: bool = False) -> None:
        """Nothing is sent yet; the session keeps each exchange."""
        session.source = CLEANING
        self._session, self._creations = session, creations
        self._is_careful = is_careful
        self._until = session.now() + CLEANING_SECONDS
        self._silences = 0
        self._missing: dict[str, str] = {}

    @property
    def is_unanswered(self) -> bool:
        """Whether the last request had no answer."""
        return self._silences > 0

    def run(self) -> Iterator[Removal]:
        """Delete what is known, look for what an answer never named, and delete that."""
        yield from self._remove_all()
        self._search()
        yield from self._remove_all()

    def doubts(self) -> tuple[str, ...]:
        """Return a sentence for each thing that may be there, for all that anybody knows."""
        return tuple(map(self._doubt, self._creations.ledger.open))

    def _remove_all(self) -> Iterator[Removal]:
        ledger = self._creations.ledger
        for path, created in ledger.left.items():
            if path in self._missing:
                continue
            self._missing[path] = stays = self._removed(path, created)
            yield Removal(path=path, stays=stays)

    def _removed(self, path: str, created: Created) -> str:
        """Delete something; return why it stays, empty if it does not."""
        if HIDDEN_MARK in path:
            return HIDDEN_ID
        try:
            doubt = created.doubt or self._owner_doubt(path, created)
            if doubt:
                return doubt
            deletion = self._asked("DELETE", path)
            status = deletion.response.status
            said = f"the deletion was answered {status}"
            if path in self._creations.ledger.left and status in (*DELETIONS, *ABSENT):
                said += f", and it was asked for and answered {self._get(path).response.status}"
        except TargetError as error:
            return str(error)
        return said if path in self._creations.ledger.left else ""

    def _owner_doubt(self, path: str, created: Created) -> str:
        """Return why what lies at a path is not deleted; empty if it is ours."""
        if created.is_shown and not self._is_careful:
            return ""
        exchange = self._get(path)
        if exchange.is_turned_away:
            return f"it was asked for and answered {exchange.response.status}"
        shown = exchange.answered if exchange.is_success else None
        if not isinstance(shown, dict):
            return ""
        shown_id = shown.get("id")
        if isinstance(shown_id, str) and shown_id != unquote(path.rpartition("/")[2]):
            return "something else was answered when it was asked for"
        return self._creations.doubt(shown, self._creations.ledger.asked(created), exchange)

    def _search(self) -> None:
        """Look for what carries our mark where an answer never came."""
        creations = self._creations
        for home in dict.fromkeys(one.home for one in creations.ledger.open):
            asked = [one for one in creations.ledger.open if one.home == home]
            try:
                listed = marked(self._get, home, creations.check_id)
            except TargetError as error:
                self._missing[home] = str(error)
                continue
            self._missing[home] = listed.missing
            new = [one for one in listed.paths if one not in self._missing]
            ours = [one for one in asked if CHECK_KEY in one.metadata]
            for path, request in zip_longest(new, ours[: len(new)]):
                creations.found(request, path)
            if self._is_careful and not listed.missing:
                for one in ours[len(new) :]:
                    creations.found(one, "")

    def _doubt(self, asked: Creating) -> str:
        """Return in a sentence what may be there, and why nobody knows."""
        reason = self._missing.get(asked.home)
        if not reason:
            has_mark = CHECK_KEY in asked.metadata
            reason = "it may come yet" if has_mark else "its request could carry no mark"
        then = datetime.fromtimestamp(asked.at, tz=UTC) if asked.at else None
        when = f" at {then:%Y-%m-%d %H:%M:%S} UTC" if then else ""
        return (
            f"one of {asked.home[1:]} may be there, asked for{when} by {asked.source or 'a check'} "
            f"and never answered: {reason}"
        )

    def _get(self, path: str) -> Exchange:
        return self._asked("GET", path)

    def _asked(self, method: str, path: str) -> Exchange:
        """Send a request; raise `TargetError` if it has no answer, or there is no time for it."""
        left = self._until - self._session.now()
        if left <= 0:
            raise TargetError(f"not tried, for the {CLEANING_SECONDS:g} seconds are over")
        if self._silences == MOST_SILENT:
            raise TargetError("not tried, for the server does not answer any more")
        self._silences += 1
        exchange = self._session.beside(method, path, seconds=min(left, LONGEST_REQUEST))
        self._silences = 0
        return exchange
