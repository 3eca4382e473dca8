"""Interrupting: a signal leaves what is being sent at once, and nothing else half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

from run_contracts.client.connection import RequestHook
from run_contracts.events import ExitCode

EXIT_CODES = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}
"""What a process says that a signal ended: 128 and its number, as shells have it."""


class Interrupts:
    """Listens for Ctrl-C and SIGTERM while a check is under way; use it as a context manager.

    The first one raises `KeyboardInterrupt` inside `interruptible`, and is only remembered
    elsewhere: lines of reports are written to their end, and what was created is deleted. The
    second one is as it always is. Where signals do not come, outside the main thread, it does
    nothing, and a SIGTERM for which somebody else listens stays theirs.
    """

    def __init__(self) -> None:
        """Nobody listens yet."""
        self.exit_code: ExitCode | None = None
        self._is_interruptible = False
        self._before: dict[signal.Signals, Any] = {}

    @property
    def is_asked(self) -> bool:
        """Whether somebody asked to end the check."""
        return self.exit_code is not None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in EXIT_CODES:
                if number == signal.SIGINT or _is_ours(signal.getsignal(number)):
                    self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        is_again = self.is_asked
        self.exit_code = self.exit_code or EXIT_CODES[signal.Signals(number)]
        if is_again and number != signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        if self._is_interruptible or is_again:
            raise KeyboardInterrupt

    def before(self, hook: RequestHook) -> RequestHook:
        """Return a hook that ends the sending if that was asked, and else calls another.

        What a signal raises may have been lost inside other people's code.
        """

        def obedient(source: str, sent: int) -> None:
            if self.is_asked:
                raise KeyboardInterrupt
            hook(source, sent)

        return obedient

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let a signal end what is done inside; raise at once if it came before."""
        if self.is_asked:
            raise KeyboardInterrupt
        self._is_interruptible = True
        try:
            yield
        finally:
            self._is_interruptible = False


def _is_ours(handler: object) -> bool:
    """Say whether nobody listens for a signal but the system, or a check around this one."""
    return handler is signal.SIG_DFL or isinstance(getattr(handler, "__self__", None), Interrupts)
