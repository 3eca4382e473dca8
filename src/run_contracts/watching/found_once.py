"""What is found in live traffic, once by its fingerprint, without secrets, and not without end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from run_contracts.checks import Outcome
from run_contracts.client.checked_target import Target
from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import client_register
from run_contracts.engine import recording
from run_contracts.events import Broken, FirstSeen
from run_contracts.events.fingerprint import fingerprint
from run_contracts.traffic import credentials, hiding
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.hider import Hider
from run_contracts.watching.judge_messages import LiveFinding

SHOWN_OF_EACH = 3
"""Exchanges that are kept of what has one fingerprint."""
PLACES_OF_EACH = 100
"""Places that are named of what has one fingerprint; all are counted."""
MOST_KEPT_EXCHANGES, MOST_PLACES_NAMED = 300, 5_000
"""Exchanges that are kept in all, and places that are named but for the first of a requirement."""
LONGEST_SHOWN = 32 * 1024
"""Bytes of a body that are kept."""
MOST_KEPT_HEADERS = 100
WATCH = "watch"
"""What live traffic is called where a check has a probe."""
SESSION = "session"
LEAST_OF_SESSION = 6
"""Characters from which what is called a session is secret: others say whether there is one."""


class FoundOnce:
    """Makes findings of outcomes: of each fingerprint the first ones."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._seen: Counter[tuple[str, str]] = Counter()
        self._shown: Counter[tuple[str, str]] = Counter()
        self._of_requirement: Counter[str] = Counter()
        self._of_session: dict[int, _OfSession] = {}
        self._kept = self._named = 0

    def finding(self, outcome: Outcome, contract: Contract, session: int) -> LiveFinding | None:
        """Return what is to be said of a violation; None if enough of its kind was."""
        exchange = outcome.exchange
        broken = recording.as_broken(outcome)
        print_ = fingerprint(broken, exchange.operation_id or exchange.request.method)
        key = outcome.requirement, print_
        if self._is_enough(key):
            return None
        is_shown = self._shown[key] < SHOWN_OF_EACH and self._kept < MOST_KEPT_EXCHANGES
        self._count(key, session, is_shown=is_shown)
        hide = secrets_of(exchange)
        seen = recording.hidden(_first_seen(outcome.requirement, broken, contract), hide)
        return LiveFinding(
            session=session,
            seen=seen,
            fingerprint=hide(print_),
            is_new=self._seen[key] == 1,
            exchange=_kept(exchange, hide) if is_shown else None,
        )

    def forget(self, session: int) -> None:
        """Let what was found in a session not count."""
        of_session = self._of_session.pop(session, None) or _OfSession()
        for key, times in of_session.seen.items():
            self._of_requirement[key[0]] -= times
        self._seen -= of_session.seen
        self._shown -= of_session.shown
        self._named -= of_session.seen.total()
        self._kept -= of_session.shown.total()

    def settle(self, session: int) -> None:
        """Let what was found in a session stay, for it has ended."""
        self._of_session.pop(session, None)

    def _is_enough(self, key: tuple[str, str]) -> bool:
        """Say whether no more places are named; what breaks a requirement first always is."""
        is_all = self._named >= MOST_PLACES_NAMED and self._of_requirement[key[0]] > 0
        return is_all or self._seen[key] >= PLACES_OF_EACH

    def _count(self, key: tuple[str, str], session: int, *, is_shown: bool) -> None:
        of_session = self._of_session.setdefault(session, _OfSession())
        for seen in (self._seen, of_session.seen):
            seen[key] += 1
        for shown in (self._shown, of_session.shown) if is_shown else ():
            shown[key] += 1
        self._of_requirement[key[0]] += 1
        self._named += 1
        self._kept += is_shown


class _OfSession:
    """How often each finding was found in one session, and shown with its exchange."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        self.shown: Counter[tuple[str, str]] = Counter()


def secrets_of(exchange: Exchange) -> Hider:
    """Return what hides the secrets that an exchange carries: in headers, and queries of URLs."""
    every = (*exchange.request.headers, *exchange.response.headers)
    texts = (exchange.request.url, *(value for _, value in every))
    named = [pair for text in texts for pair in credentials.in_queries(text)]
    headers = (*(one for one in every if not _is_plain_session(*one)), *named)
    signing = frozenset(name.lower() for name, _ in named)
    return Target(url="", headers=headers, secret_headers=signing).hidden


def _is_plain_session(name: str, value: str) -> bool:
    name = name.lower()
    is_only_that = SESSION in name and not credentials.is_secret_name(name.replace(SESSION, ""))
    return is_only_that and len(value) < LEAST_OF_SESSION


def _kept(exchange: Exchange, hide: Hider) -> Exchange:
    """Return an exchange without secrets, no longer than anybody reads."""
    headers = exchange.response.headers[:MOST_KEPT_HEADERS]
    cut = replace(exchange, response=replace(exchange.response, headers=headers))
    hidden = hiding.hidden(cut, hide, longest=LONGEST_SHOWN)
    # What is read of a body is read again where it is needed, and is not sent along.
    for part in (hidden.request, hidden.response):
        vars(part).pop("payload", None)
    return hidden


def _first_seen(requirement: str, broken: Broken, contract: Contract) -> FirstSeen:
    is_of_server = requirement in contract.register
    rules = contract.register if is_of_server else client_register(contract.edition)
    return recording.first_seen(rules[requirement], broken, probe=WATCH)
