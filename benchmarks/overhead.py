"""What our sending and judging cost beside a bare client that sends the same requests."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx2

from benchmarks.counted import counted
from run_contracts import load
from run_contracts.checks import outcomes
from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.probes import ProbeContext, planned
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange, Intent

ROUNDS = 7
BOUND = 1.5


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of `Session.send`, and the exchange it led to."""

    operation: str
    intent: Intent
    parts: dict[str, Any]
    exchange: Exchange


class Recording(Session):
    """A session that remembers how it was asked to send.

    What is under way while something else is sent stays out: a loop cannot send it again.
    """

    calls: list[Call]

    def send(self, operation: str, *, intent: Intent = Intent.NONE, **parts: Any) -> Exchange:
        exchange = super().send(operation, intent=intent, **parts)
        call = Call(operation=operation, intent=intent, parts=parts, exchange=exchange)
        self.calls.append(call)
        return exchange


def recorded() -> list[Call]:
    """Return the calls of a smoke check of a right server."""
    with counted() as server, Recording(Target(url=server.url, key=server.key)) as session:
        session.calls = []
        context = ProbeContext(session, load("v2"))
        for probe in planned("smoke"):
            probe.scenario(context)
        return session.calls


Times = tuple[float, float]
"""Wall and cpu seconds."""


def timed(act: Callable[[], object]) -> Times:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - cpu


def bare(calls: list[Call], old: str) -> Times:
    """Send the recorded requests by a client alone, to a fresh server that answers alike."""
    with counted() as server, httpx2.Client(timeout=30.0) as client:
        sent = [
            (one.method, one.url.replace(old, server.url), dict(one.headers), one.body)
            for one in (call.exchange.request for call in calls)
        ]
        for one in sent:
            one[2].pop("host")

        def send() -> None:
            for method, url, headers, body in sent:
                client.request(method, url, headers=headers, content=body)

        return timed(send)


def copied(exchange: Exchange) -> Exchange:
    request, response = replace(exchange.request), replace(exchange.response)
    return replace(exchange, request=request, response=response)


def ours(calls: list[Call]) -> tuple[Times, Times]:
    """Send the same by a session; return what sending took, and what judging took."""
    contract = load("v2")
    with counted() as server, Session(Target(url=server.url, key=server.key)) as session:

        def send() -> None:
            for call in calls:
                session.send(call.operation, intent=call.intent, **call.parts)

        def judge() -> None:
            list(outcomes(Evidence(contract=contract, exchanges=unread, is_whole=True)))

        sending = timed(send)
    # A copy has read nothing yet; the recorded exchanges show whole lives, those of a replay less.
    unread = tuple(map(copied, [call.exchange for call in calls]))
    return sending, timed(judge)


def measure() -> None:
    calls = recorded()
    old = calls[0].exchange.request.url.partition("/threads")[0].partition("/assistants")[0]
    bare(calls, old), ours(calls)
    rows: dict[str, list[Times]] = {"bare httpx2.Client": [], "sending": [], "and judging": []}
    for _ in range(ROUNDS):
        alone = bare(calls, old)
        sending, judging = ours(calls)
        both = sending[0] + judging[0], sending[1] + judging[1]
        for times, row in zip((alone, sending, both), rows.values(), strict=True):
            row.append(times)
    print(f"{len(calls)} requests of a smoke check, ms each, median of {ROUNDS}: wall, cpu, ratios")
    peer = rows["bare httpx2.Client"]
    for name, row in rows.items():
        wall, cpu = (
            statistics.median(column) * 1000 / len(calls) for column in zip(*row, strict=True)
        )
        ratios = [
            statistics.median(mine[at] / theirs[at] for mine, theirs in zip(row, peer, strict=True))
            for at in (0, 1)
        ]
        print(f"  {name:<20}{wall:>8.2f}{cpu:>8.2f}{ratios[0]:>8.2f}x{ratios[1]:>6.2f}x")
