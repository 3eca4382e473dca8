"""Lives that are planned: how the next runs go, each for the first run that it is meant for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import word
from run_contracts.server.lives.life import Life

MOST_KEPT = 1000
"""Runs without a life of their own that are kept, to say what came instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRun:
    """A run as a client asks for it: on which thread, of which assistant, and what it sent.

    `text` is the newest message of its user, in words; empty if there is none.
    """

    thread_id: str
    assistant_id: str
    model: str
    text: str = ""
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        said = f", text {word(self.text)}" if self.text else ""
        return (
            f"a run on thread {self.thread_id} of assistant {self.assistant_id}, "
            f"model {self.model}{said}"
        )


When = Callable[[AskedRun], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeantFor:
    """Which runs a life is meant for: those that have all that is given; of None, any."""

    thread: str | None = None
    assistant: str | None = None
    model: str | None = None
    when: When | None = None

    def fits(self, asked: AskedRun) -> bool:
        """Tell whether a run is one of them."""
        pairs = (
            (self.thread, asked.thread_id),
            (self.assistant, asked.assistant_id),
            (self.model, asked.model),
        )
        has_all = all(wanted in (None, given) for wanted, given in pairs)
        return has_all and (self.when is None or bool(self.when(asked)))

    def __str__(self) -> str:
        named = {"thread": self.thread, "assistant": self.assistant, "model": self.model}
        parts = [f"{name} {value}" for name, value in named.items() if value is not None]
        if self.when is not None:
            parts.append(f"{getattr(self.when, '__name__', self.when)} is true")
        return " and ".join(parts)


ANY_RUN = MeantFor()


def meant_for(
    *, thread: Any = None, assistant: Any = None, model: str | None = None, when: Any = None
) -> MeantFor:
    """Return which runs a life is meant for; threads and assistants are given, or their ids.

    >>> str(meant_for(model="gpt-4o"))
    'model gpt-4o'
    """
    if when is not None and not callable(when):
        raise UsageError(f"when is {when!r}; give a function that takes an AskedRun")
    return MeantFor(
        thread=_id("thread", thread),
        assistant=_id("assistant", assistant),
        model=None if model is None else _id("model", model),
        when=when,
    )


def _id(name: str, given: Any) -> str | None:
    """Return an id, that of an object of a client's if such a one is given."""
    held = given.get("id") if isinstance(given, Mapping) else getattr(given, "id", given)
    if given is not None and not (isinstance(held, str) and held):
        raise UsageError(f"{name} is {given!r}; give its id, or what a client got for it")
    return held


class Lives:
    """The lives of the next runs, in order; a run for which none is left goes as it is asked to.

    Clients take them from other threads than tests add them from.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._next: list[tuple[Life, MeantFor]] = []
        self._others: deque[AskedRun] = deque(maxlen=MOST_KEPT)
        self._failed: list[str] = []
        self._lock = Lock()

    def add(self, planned: Life, meant: MeantFor = ANY_RUN) -> None:
        """Plan how one run more goes."""
        with self._lock:
            self._next.append((planned, meant))

    def first(self, asked: AskedRun) -> Life | None:
        """Return the first life that is meant for a run, which stays to be taken."""
        with self._lock:
            at = self._place(asked)
            return None if at is None else self._next[at][0]

    def take(self, asked: AskedRun) -> Life | None:
        """Return the first life that is meant for a run, which is then another run's no more."""
        with self._lock:
            at = self._place(asked)
            if at is None:
                self._others.append(asked)
                return None
            return self._next.pop(at)[0]

    def _place(self, asked: AskedRun) -> int | None:
        places = (at for at, (_, meant) in enumerate(self._next) if self._fits(meant, asked))
        return next(places, None)

    def _fits(self, meant: MeantFor, asked: AskedRun) -> bool:
        """Tell whether a life is for a run; not if its predicate raises, which is kept."""
        try:
            return meant.fits(asked)
        except Exception as error:
            reason = f"{meant} could not be asked: {type(error).__name__}: {error}"
            if reason not in self._failed:
                self._failed.append(reason)
            return False

    def left(self) -> Iterator[str]:
        """Yield a line for each life that no run has taken, and what came instead.

        Of lives that are taken there is nothing to say.
        """
        with self._lock:
            for planned, meant in self._next:
                key = f" for {meant}" if str(meant) else ""
                yield f"no run took the life {planned}{key}"
            yield from self._failed
            if self._next:
                yield from (f"what came without a life: {asked}" for asked in self._others)

    def clear(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._next.clear()
            self._others.clear()
            self._failed.clear()
