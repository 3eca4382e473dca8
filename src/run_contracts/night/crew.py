"""The crew of a night: its worker processes, what each was ordered, and who died."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Any

from run_contracts.night.corpus_entry import CorpusEntry
from run_contracts.night.orders import (
    Answer,
    RoundBegun,
    RoundOrder,
    RoundResult,
    WorkerOrders,
)
from run_contracts.night.worker import work


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """A worker is not there any more: how it ended, and its rounds.

    Those that it had begun are `lost` with it; of those that are `unbegun` nothing was sent.
    """

    how: str
    lost: tuple[RoundOrder, ...]
    unbegun: tuple[RoundOrder, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Member:
    """One worker: its process, and what it was ordered and has not answered.

    `begun` has the numbers of the rounds that it began. `entries` and `known` are what others
    found and it was not told yet.
    """

    process: SpawnProcess
    pipe: Pipe
    ordered: dict[int, RoundOrder] = field(default_factory=dict)
    begun: set[int] = field(default_factory=set)
    entries: list[CorpusEntry] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    is_gone: bool = False


class Crew:
    """Workers that carry out rounds: as many as there are jobs, each with some lanes."""

    def __init__(self, jobs: int, lanes: int, orders: Callable[[], WorkerOrders]) -> None:
        """Nobody works yet; `orders` says what a worker is told that starts now."""
        self._jobs, self._lanes, self._orders = jobs, lanes, orders
        self._members: list[Member] = []
        self._context = get_context("spawn")

    def fill(self) -> None:
        """Start workers until all are there."""
        while len(self._members) < self._jobs:
            ours, theirs = self._context.Pipe()
            process = self._context.Process(target=work, args=(self._orders(), theirs), daemon=True)
            process.start()
            theirs.close()
            self._members.append(Member(process=process, pipe=ours))

    def free(self) -> Iterator[Member]:
        """Yield each worker as often as it has a lane for another round."""
        for member in list(self._members):
            while not member.is_gone and len(member.ordered) < self._lanes:
                before = len(member.ordered)
                yield member
                if len(member.ordered) == before:
                    return

    @property
    def ordered(self) -> list[RoundOrder]:
        """The rounds under way."""
        return [order for member in self._members for order in member.ordered.values()]

    @property
    def begun(self) -> list[RoundOrder]:
        """The rounds under way of which something may have been sent."""
        return [
            order
            for member in self._members
            for order in member.ordered.values()
            if order.number in member.begun
        ]

    def order(self, member: Member, order: RoundOrder) -> None:
        """Order a round."""
        member.ordered[order.number] = order
        try:
            member.pipe.send(order)
        except OSError:
            return  # it died, which is told soon
        member.entries, member.known = [], set()

    def tell(self, result: RoundResult, entries: tuple[CorpusEntry, ...]) -> None:
        """Let the others know what one of them found."""
        for member in self._members:
            if result.number not in member.ordered:
                member.entries += entries
                member.known |= {one.key for one in result.new}

    def answers(self, seconds: float) -> Iterator[Answer | Died]:
        """Yield what workers answer within some seconds, and which of them died."""
        waited: dict[Any, Member] = {}
        for member in self._members:
            waited[member.pipe] = waited[member.process.sentinel] = member
        ready = wait(list(waited), timeout=seconds) if waited else []
        for member in dict.fromkeys(waited[one] for one in ready):
            yield from self._of(member)

    def _of(self, member: Member) -> Iterator[Answer | Died]:
        is_dead = not member.process.is_alive()
        while not member.is_gone and (is_dead or member.pipe.poll()):
            try:
                answer: Answer = member.pipe.recv()
            except Exception:  # its end, or half of an answer of a process that was killed
                yield self._dismissed(member)
                return
            if isinstance(answer, RoundBegun):
                member.begun.add(answer.number)
                continue
            yield answer
            if isinstance(answer, RoundResult):
                member.ordered.pop(answer.number, None)
                member.begun.discard(answer.number)

    def _dismissed(self, member: Member) -> Died:
        member.is_gone = True
        member.pipe.close()
        member.process.join(1)
        member.process.kill()
        member.process.join()
        self._members.remove(member)
        code = member.process.exitcode or 0
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        rounds, begun = member.ordered.values(), member.begun
        return Died(
            how=how,
            lost=tuple(one for one in rounds if one.number in begun),
            unbegun=tuple(one for one in rounds if one.number not in begun),
        )

    def stop(self) -> None:
        """Ask all to end their rounds."""
        for member in self._members:
            member.process.terminate()

    @property
    def is_empty(self) -> bool:
        """Whether nobody is there any more."""
        return not self._members

    def kill(self) -> None:
        """End all at once; what they leave is in their ledgers."""
        for member in list(self._members):
            member.process.kill()
            member.process.join()
            member.pipe.close()
        self._members = []
