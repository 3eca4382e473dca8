"""The process that judges live traffic: what passes comes in, what is found goes out.

``python -m run_contracts.watching.judge_process``; it ends when its standard input does.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import sys
import threading
import time
from collections.abc import Iterable
from typing import IO

from run_contracts.incremental.rare_collections import collect_rarely
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.watching.judge_messages import Closing, Ended, FromJudge, ToJudge
from run_contracts.watching.live_sessions import LiveSessions

PARCEL_LENGTH = struct.Struct(">Q")
JUDGED_EVERY = 0.5
"""Seconds between two verdicts while traffic passes."""
COUNTED_EVERY = 1.0
"""Seconds between two sets of numbers."""
NICENESS = 10
"""By how much the judge stands back behind who forwards."""
MOST_WAITING = 64
"""Parcels that wait; while there are more, the pipe fills, and who forwards drops."""


def write_parcel(file: IO[bytes], value: object) -> None:
    """Write a value that the other process reads with `read_parcel`."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    file.write(PARCEL_LENGTH.pack(len(data)))
    file.write(data)
    file.flush()


def read_parcel(file: IO[bytes]) -> object:
    """Return what the other process has written; raise `EOFError` where it has ended."""
    head = file.read(PARCEL_LENGTH.size)
    if len(head) < PARCEL_LENGTH.size:
        raise EOFError
    size = PARCEL_LENGTH.unpack(head)[0]
    data = file.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)  # noqa: S301 - our own process wrote it


class _Judging:
    """Hears parcels until the last, judges when there is time, and says what is found."""

    def __init__(self, asked: AskedFor, out: IO[bytes]) -> None:
        self._sessions = LiveSessions(asked)
        self._out = out
        self._judged_at = self._counted_at = 0.0
        self._is_new = False

    def go(self, parcels: queue.Queue[list[ToJudge] | None]) -> None:
        """Hear what comes; None ends it."""
        while True:
            try:
                parcel = parcels.get(timeout=JUDGED_EVERY)
            except queue.Empty:
                self._judge()
                continue
            for message in parcel or [Closing()]:
                if isinstance(message, Closing):
                    self._say([*self._sessions.close(), self._sessions.numbers, Ended()])
                    return
                self._sessions.hear(message)
                self._is_new = True
            if time.monotonic() - self._judged_at >= JUDGED_EVERY:
                self._judge()

    def _judge(self) -> None:
        self._say(self._sessions.found())
        self._judged_at = time.monotonic()
        if self._is_new and self._judged_at - self._counted_at >= COUNTED_EVERY:
            self._say([self._sessions.numbers])
            self._counted_at, self._is_new = self._judged_at, False

    def _say(self, messages: Iterable[FromJudge]) -> None:
        said = list(messages)
        if said:
            write_parcel(self._out, said)


def _read(source: IO[bytes], parcels: queue.Queue[list[ToJudge] | None]) -> None:
    """Read parcels as they come; the end of the pipe is the end of all."""
    try:
        while True:
            parcel = read_parcel(source)
            assert isinstance(parcel, list)  # noqa: S101 - as the other process writes it
            parcels.put(parcel)
    except (EOFError, OSError):
        parcels.put(None)


def main() -> None:
    """Judge what the process that started this one forwards."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    collect_rarely()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    asked = read_parcel(sys.stdin.buffer)
    assert isinstance(asked, AskedFor)  # noqa: S101 - as the other process writes it
    parcels: queue.Queue[list[ToJudge] | None] = queue.Queue(MOST_WAITING)
    reading = threading.Thread(target=_read, args=(sys.stdin.buffer, parcels), daemon=True)
    reading.start()
    try:
        _Judging(asked, out).go(parcels)
    except BrokenPipeError:
        os._exit(0)  # nobody hears any more


if __name__ == "__main__":
    main()
