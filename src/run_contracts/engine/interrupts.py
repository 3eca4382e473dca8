"""Interrupting: Ctrl-C leaves what is being sent at once, and nothing else half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

from run_contracts.client.connection import RequestHook


class Interrupts:
    """Listens for Ctrl-C while a check is under way; use it as a context manager.

    The first one raises `KeyboardInterrupt` inside `interruptible`, and is only remembered
    elsewhere: lines of reports are written to their end, and what was created is deleted. The
    second one is as Ctrl-C always is. Where signals do not come, outside the main thread, it does
    nothing.
    """

    def __init__(self) -> None:
        """Nobody listens yet."""
        self.is_asked = self._is_interruptible = False
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _hear(self, _signal: int, _frame: FrameType | None) -> None:
        is_again, self.is_asked = self.is_asked, True
        if self._is_interruptible or is_again:
            raise KeyboardInterrupt

    def before(self, hook: RequestHook) -> RequestHook:
        """Return a hook that ends the sending if that was asked, and else calls another.

        What Ctrl-C raises may have been lost inside other people's code.
        """

        def obedient(source: str, sent: int) -> None:
            if self.is_asked:
                raise KeyboardInterrupt
            hook(source, sent)

        return obedient

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let Ctrl-C end what is done inside; raise at once if it came before."""
        if self.is_asked:
            raise KeyboardInterrupt
        self._is_interruptible = True
        try:
            yield
        finally:
            self._is_interruptible = False
