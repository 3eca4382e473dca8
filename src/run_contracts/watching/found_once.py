"""What is found in live traffic, once by its fingerprint, without secrets, and not without end."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from run_contracts.checks import Outcome
from run_contracts.client.target import Target
from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import client_register
from run_contracts.engine import recording
from run_contracts.events import Broken, FirstSeen
from run_contracts.events.fingerprint import fingerprint
from run_contracts.traffic import hiding
from run_contracts.traffic.credentials import is_secret_name
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.hider import Hider
from run_contracts.watching.messages import LiveFinding

SHOWN_OF_EACH = 3
"""Exchanges that are kept of what has one fingerprint."""
MOST_FINDINGS = 300
"""Findings that are kept in all; all are counted."""
LONGEST_SHOWN = 32 * 1024
"""Bytes of a body that are kept."""
WATCH = "watch"
"""What live traffic is called where a check has a probe."""
LEAST_SECRET = 6
"""Characters of a value in a query from which it is taken for a secret."""


class FoundOnce:
    """Makes findings of outcomes: of each fingerprint the first ones."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._seen: Counter[tuple[str, str]] = Counter()
        self._kept = 0

    def finding(self, outcome: Outcome, contract: Contract, session: int) -> LiveFinding | None:
        """Return what is to be said of a violation; None if enough of its kind was."""
        exchange = outcome.exchange
        broken = recording.as_broken(outcome)
        print_ = fingerprint(broken, exchange.operation_id or exchange.request.method)
        key = outcome.requirement, print_
        self._seen[key] += 1
        if self._seen[key] > SHOWN_OF_EACH or self._kept >= MOST_FINDINGS:
            return None
        self._kept += 1
        hide = secrets_of(exchange)
        seen = recording.hidden(_first_seen(outcome.requirement, broken, contract), hide)
        return LiveFinding(
            session=session,
            seen=seen,
            fingerprint=hide(print_),
            is_new=self._seen[key] == 1,
            exchange=hiding.hidden(_bounded(exchange), hide, longest=LONGEST_SHOWN),
        )

    def forget(self) -> None:
        """Begin anew: what was found does not count."""
        self._seen.clear()
        self._kept = 0


def secrets_of(exchange: Exchange) -> Hider:
    """Return what hides the secrets that an exchange carries: in its headers and its query."""
    query = urlsplit(exchange.request.url).query
    named = [
        (name, value)
        for name, value in parse_qsl(query)
        if is_secret_name(name) and len(value) >= LEAST_SECRET
    ]
    headers = (*exchange.request.headers, *exchange.response.headers, *named)
    return Target(url="", headers=headers).hidden


def _bounded(exchange: Exchange) -> Exchange:
    """Return an exchange whose texts from outside are not longer than anybody reads."""
    headers = exchange.response.headers[:100]
    return replace(exchange, response=replace(exchange.response, headers=headers))


def _first_seen(requirement: str, broken: Broken, contract: Contract) -> FirstSeen:
    is_of_server = requirement in contract.register
    rules = contract.register if is_of_server else client_register(contract.edition)
    rule = rules[requirement]
    return FirstSeen(
        requirement=rule.id,
        level=rule.level.value,
        sentence=rule.sentence,
        probe=WATCH,
        broken=broken,
    )
