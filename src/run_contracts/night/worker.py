"""A worker: a process that carries out rounds as it is ordered, until it is told to end.

It leaves nothing behind on a server: when it is asked to end, by its night or by SIGTERM, or when
the process of the night has died, its rounds end before their next request and delete what is
theirs. Ctrl-C is heard by the night alone.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from multiprocessing import parent_process
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from typing import Any

from run_contracts.client.applications import ApplicationName, connected
from run_contracts.client.connection import NETWORK, Connection
from run_contracts.errors import RunContractsError
from run_contracts.incremental.rare_collections import collect_rarely
from run_contracts.night.lanes import Baton, shared
from run_contracts.night.orders import (
    Answer,
    Cleaned,
    RoundBegun,
    RoundKind,
    RoundOrder,
    RoundResult,
    WorkerFailed,
    WorkerOrders,
)
from run_contracts.night.rounds_left import deleted
from run_contracts.night.search_round import Equipment, SearchRound


class Worker:
    """Carries out rounds, several at once if there are lanes for them."""

    def __init__(self, orders: WorkerOrders, pipe: Pipe) -> None:
        """Begin with what the night knows."""
        self._orders, self._pipe = orders, pipe
        self._ending = threading.Event()
        self._sending, self._exploring = threading.Lock(), threading.Lock()
        self._baton: Baton | None = None

    def run(self) -> None:
        """Carry out orders until there are no more."""
        try:
            with self._connection() as connection:
                signal.signal(signal.SIGTERM, lambda *_: self._ending.set())
                self._clean_up(connection)
                equipment = self._equipment(connection)
                _ = equipment.contract, equipment.started
                collect_rarely()
                self._work(equipment)
        except RunContractsError as error:
            self._send(WorkerFailed(reason=self._orders.target.hidden(str(error))))

    def _equipment(self, connection: Connection) -> Equipment:
        orders = self._orders
        return Equipment(
            target=orders.target,
            connection=connection,
            hook=self._hook,
            shown=set(orders.shown),
            known=set(orders.known),
            walks={entry.name: entry for entry in orders.entries},
            examples=orders.examples,
            sending=self._baton.held if self._baton is not None else nullcontext,
        )

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """Open the way to the target: the network, or an application of its own."""
        named = ApplicationName.read(self._orders.application)
        if named is None:
            yield NETWORK
            return
        self._baton = baton = Baton()
        application, name = named.load(self._orders.folder), self._orders.application
        with (
            connected(application, name, aside=baton.aside) as connection,
            baton.turning(connection.sleep),
        ):
            yield shared(connection, baton)

    def _hook(self, _source: str, _sent: int) -> None:
        """Raise before a request if it is time to end; deletions are sent all the same."""
        if self._ending.is_set():
            raise KeyboardInterrupt

    def _clean_up(self, connection: Connection) -> None:
        """Delete what rounds left that were killed."""
        left = self._orders.left
        if left:
            lines = tuple(deleted(left, self._orders.target, connection))
            self._send(Cleaned(checks=left, lines=lines))

    def _work(self, equipment: Equipment) -> None:
        died = parent_process()
        watched: list[Any] = [self._pipe, *([died.sentinel] if died else [])]
        with ThreadPoolExecutor(self._orders.lanes) as lanes:
            while not self._ending.is_set():
                ready = wait(watched, timeout=0.2)
                if ready and ready != [self._pipe]:
                    self._ending.set()
                self._take_orders(lanes, equipment)
            # What was ordered before it was time to end is answered, too.
            self._take_orders(lanes, equipment)

    def _take_orders(self, lanes: ThreadPoolExecutor, equipment: Equipment) -> None:
        """Have the orders carried out that are there."""
        for order in self._received():
            equipment.learn(order.known, order.entries)
            carried_out = lanes.submit(self._carry_out, order, equipment)
            carried_out.add_done_callback(partial(self._report, order))

    def _received(self) -> Iterator[RoundOrder]:
        """Yield the orders that are there; it is time to end if there are none to come."""
        try:
            while self._pipe.poll():
                order: RoundOrder = self._pipe.recv()
                yield order
        except (EOFError, OSError):
            self._ending.set()

    def _carry_out(self, order: RoundOrder, equipment: Equipment) -> RoundResult:
        if self._ending.is_set():
            return RoundResult(number=order.number, kind=order.kind)
        self._send(RoundBegun(number=order.number))
        # Hypothesis is asked by one thread at a time.
        with self._exploring if order.kind is RoundKind.REQUESTS else nullcontext():
            return SearchRound(order, equipment).result()

    def _report(self, order: RoundOrder, done: Future[RoundResult]) -> None:
        """Send the night what became of an order; an error of ours is told like all others."""
        error = done.exception()
        if error is None:
            self._send(done.result())
            return
        reason = f"round {order.number} failed by an error of run-contracts: {error!r}"
        hidden = self._orders.target.hidden(reason)
        self._send(RoundResult(number=order.number, kind=order.kind, own_errors=(hidden,)))

    def _send(self, answer: Answer) -> None:
        with self._sending, suppress(OSError, ValueError):
            self._pipe.send(answer)


def work(orders: WorkerOrders, pipe: Pipe) -> None:
    """Be a worker: what a process of its own does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Worker(orders, pipe).run()
