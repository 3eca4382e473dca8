"""The verdict on sessions of a recording: their exchanges judged together, as in a check."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from run_contracts.checks import CHECKS, Outcome, outcomes
from run_contracts.checks.clients import client_outcomes
from run_contracts.checks.values import kind_of
from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import Level
from run_contracts.recordings.file_parts import Entries
from run_contracts.recordings.hosts import host_of
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.bare_answers import SHOWN_ALONE
from run_contracts.recordings.judging.findings import (
    AnswerFinding,
    ShownBy,
    not_judged,
    not_read,
    own_error,
)
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.lost_bodies import with_their_bodies
from run_contracts.recordings.recorded import Recorded
from run_contracts.recordings.sessions import RecordedSession, sessions
from run_contracts.recordings.spoken import Spoken
from run_contracts.recordings.unread_gaps import with_gaps
from run_contracts.traffic.evidence import ANY_TIME, CHECK_PATIENCE, Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.validation.violation import Violation

REVOCABLE = frozenset(id_ for id_, check in CHECKS.items() if check in CHECKS.revocable)
"""The requirements that what follows may show to hold after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionVerdict:
    """How many exchanges of a session amount to what, and what was found in them.

    It `may_be_shared` if somebody said that it is alone, and the recording does not bear that out.
    """

    answers: Counter[Standing]
    findings: tuple[AnswerFinding, ...]
    spoken: Spoken
    may_be_shared: bool = False


def session_verdicts(part: Entries, asked: AskedFor) -> Iterator[SessionVerdict]:
    """Yield the verdict on each session; an error of ours costs the session in which it is."""
    entries = with_gaps(part.entries)
    read = [one for one in entries if isinstance(one, Recorded)]
    whole = with_their_bodies(one for one in read if one.has_request)
    every = tuple(sessions(whole, part.name, asked.fixed, part.lack_others()))
    hosts = Counter(_host_of(session) for session in every)
    is_read = len(read) == len(entries) and not any(one.gaps for one in read)
    has_all = is_read and all(one.has_request for one in read)
    for session in every:
        is_sole = has_all and hosts[_host_of(session)] == 1
        try:
            evidence = evidence_of(
                session, asked, is_whole=part.is_whole and is_read, is_sole=is_sole
            )
            yield _judged(session, evidence, part, asked)
        except Exception as error:
            if os.environ.get("RUN_CONTRACTS_DEBUG"):
                raise
            yield SessionVerdict(
                answers=Counter({Standing.OUR_ERROR: len(session.exchanges)}),
                findings=(not_judged(part.name, own_error(error)),),
                spoken=session.spoken,
            )


def evidence_of(
    session: RecordedSession, asked: AskedFor, *, is_whole: bool = False, is_sole: bool = False
) -> Evidence:
    """Return what a session shows, read by the contract that is spoken in it.

    That nobody else is at work holds only of one that `is_sole` at its server. How long a run may
    take is known only of a check, which is whole.
    """
    return Evidence(
        contract=asked.contract(asked.settled(session.spoken)),
        exchanges=session.exchanges,
        is_whole=is_whole,
        is_alone=asked.is_alone and is_sole,
        patience=CHECK_PATIENCE if is_whole else ANY_TIME,
    )


def _host_of(session: RecordedSession) -> str:
    return host_of(session.exchanges[0].request.url)


def _judged(
    session: RecordedSession, evidence: Evidence, part: Entries, asked: AskedFor
) -> SessionVerdict:
    decided: dict[int, list[Outcome]] = {}
    for outcome in _outcomes(evidence, asked):
        if part.is_cut and outcome.violation and outcome.requirement in REVOCABLE:
            continue
        decided.setdefault(outcome.exchange.number, []).append(outcome)
    answers: Counter[Standing] = Counter()
    findings: list[AnswerFinding] = []
    for exchange in session.exchanges:
        shown = decided.get(exchange.number, [])
        findings += (
            AnswerFinding(
                one.requirement,
                _source(exchange),
                one.violation,
                _shown_by(evidence.contract, exchange, one.violation),
            )
            for one in shown
            if one.violation is not None
        )
        if not (exchange.is_answered or part.is_whole):
            answers[Standing.NOT_READ] += 1
            findings.append(not_read(_source(exchange), exchange.response.failure))
            continue
        answers[_standing(exchange, shown)] += 1
    return SessionVerdict(
        answers=answers,
        findings=tuple(findings),
        spoken=session.spoken,
        may_be_shared=asked.is_alone and not evidence.is_alone,
    )


def _outcomes(evidence: Evidence, asked: AskedFor) -> Iterator[Outcome]:
    """Yield what a session says of the sides that are judged."""
    if asked.judges != "client":
        yield from outcomes(evidence)
    if asked.judges != "server":
        yield from client_outcomes(evidence)


def _standing(exchange: Exchange, shown: list[Outcome]) -> Standing:
    broken = [one.violation for one in shown if one.violation is not None]
    if any(one.level is Level.MUST for one in broken):
        return Standing.BROKEN
    if not exchange.is_of_contract:
        return Standing.BESIDE
    return Standing.HOLDS if shown else Standing.NOT_JUDGED


def _shown_by(contract: Contract, exchange: Exchange, violation: Violation) -> ShownBy:
    """Return what shows a violation: the answer, if that alone does."""
    kind = None if exchange.is_stream else kind_of(exchange)
    is_alone = kind is not None and violation.requirement in SHOWN_ALONE
    return ShownBy(contract, exchange.answered, kind) if is_alone else ShownBy(contract)


def _source(exchange: Exchange) -> str:
    """Return what an exchange is called: where it stands, and what was asked."""
    return f"{exchange.source}: {exchange.request.method} {_path(exchange.request.url)}"


def _path(url: str) -> str:
    return urlsplit(url).path
