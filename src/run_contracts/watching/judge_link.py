"""The link to the process that judges: what passes is put on a bounded queue, or lost and counted.

Whoever forwards never waits here. A judge that ends by itself is started again a few times.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

import run_contracts
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.watching.judge_messages import Closing, Ended, FromJudge, Gap, ToJudge
from run_contracts.watching.judge_process import read_parcel, write_parcel

MOST_QUEUED = 64 * 1024 * 1024
"""Bytes of exchanges that wait for the judge."""
MOST_STARTS = 4
"""How often a judge is started."""
GATHERED_FOR = 0.02
"""Seconds in which messages are gathered to a parcel: the judge need not hurry, traffic must."""
MOST_IN_PARCEL = 500
MODULE = "run_contracts.watching.judge_process"
Hear = Callable[[FromJudge], None]
"""Hears what the judge says, in a thread of the link."""


class JudgeLink:
    """A judge in a process of its own, which is started with the first exchange.

    What it is too slow for, or not there for, is lost; the judge hears where. `ends` says of each
    judge that ended by itself how it did.
    """

    def __init__(self, asked: AskedFor, hear: Hear, restarted: Callable[[], None]) -> None:
        """Nothing runs yet; `restarted` is called when the numbers of a judge begin anew."""
        self._asked, self._hear, self._restarted = asked, hear, restarted
        self._queue: deque[tuple[ToJudge, int]] = deque()
        self._bytes = 0
        self._wake = threading.Condition()
        self._process: subprocess.Popen[bytes] | None = None
        self._feeder: threading.Thread | None = None
        self._reader: threading.Thread | None = None
        self._starts = self._pid = self._last_serial = 0
        self._has_gap = self._is_closing = self._is_over = False
        self._has_ended, self._is_silent = threading.Event(), threading.Event()
        self.ends: list[str] = []

    @property
    def judge_pid(self) -> int | None:
        """The id of the process that judges; None if none runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def offer(self, message: ToJudge, size: int) -> None:
        """Put a message on the queue, or lose it: nobody waits."""
        if self._pid != os.getpid():
            self._begin()
        serial = getattr(message, "serial", 0)
        with self._wake:
            if self._is_closing or self._is_over or self._bytes + size > MOST_QUEUED:
                self._has_gap = True
                self._last_serial = max(self._last_serial, serial)
                return
            if self._has_gap:
                self._queue.append((Gap(self._last_serial), 0))
                self._has_gap = False
            self._last_serial = max(self._last_serial, serial)
            is_first = not self._queue
            self._queue.append((message, size))
            self._bytes += size
            if is_first:
                self._wake.notify()

    def close(self, seconds: float) -> bool:
        """Let the judge come to its end, so many seconds long; say whether it did."""
        if self._pid != os.getpid() or self._feeder is None:
            return True
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        deadline = time.monotonic() + seconds
        self._feeder.join(seconds)
        if not self._is_over:
            self._is_silent.wait(max(0.0, deadline - time.monotonic()))
        has_ended = self._has_ended.is_set()
        process = self._process
        if self._is_silent.is_set() and not (has_ended or self._feeder.is_alive()) and process:
            self._bury(process)
            has_ended = True
        with self._wake:
            # What the end of a judge breaks off is no reason to start another one.
            is_given_up, self._is_over = self._is_over, True
        self._stop()
        return has_ended or is_given_up

    def _begin(self) -> None:
        """Begin in this process; a copy that another one forked has a judge of its own."""
        self._wake = threading.Condition()
        self._pid = os.getpid()
        self._process = None
        self._queue.clear()
        self._bytes = self._starts = 0
        self._feeder = threading.Thread(target=self._feed, name="judge-feeder", daemon=True)
        self._feeder.start()

    def _feed(self) -> None:
        """Feed the judge until nothing more will come; one that was begun too late ends at once."""
        self._write_parcels()
        if self._is_over:
            self._stop()

    def _write_parcels(self) -> None:
        """Write what is queued to the judge, in parcels."""
        while not self._is_over:
            with self._wake:
                while not self._queue and not self._is_closing:
                    self._wake.wait()
            if not self._is_closing:
                time.sleep(GATHERED_FOR)
            parcel = self._parcel()
            is_last = not parcel
            if is_last and not self._is_closing:
                continue
            try:
                write_parcel(self._pipe(), parcel or [Closing()])
            except OSError:
                self._lose()
                continue
            if is_last and self._is_closing:
                return

    def _parcel(self) -> list[ToJudge]:
        with self._wake:
            taken = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_IN_PARCEL))]
            self._bytes -= sum(size for _, size in taken)
        return [message for message, _ in taken]

    def _pipe(self) -> IO[bytes]:
        """Return the standard input of a judge that runs; start one if none does."""
        if self._process is None and not self._is_over:
            self._start()
        pipe = self._process.stdin if self._process is not None else None
        if pipe is None:
            raise BrokenPipeError
        return pipe

    def _start(self) -> None:
        self._starts += 1
        paths = (str(Path(run_contracts.__file__).parents[1]), os.environ.get("PYTHONPATH"))
        self._process = subprocess.Popen(  # noqa: S603 - this Python, a module of ours
            [sys.executable, "-P", "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("RUN_CONTRACTS_DEBUG") else subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            start_new_session=True,
        )
        self._is_silent = threading.Event()
        self._reader = threading.Thread(
            target=self._read,
            args=(self._process, self._is_silent),
            name="judge-reader",
            daemon=True,
        )
        self._reader.start()
        if self._process.stdin is not None:
            write_parcel(self._process.stdin, self._asked)

    def _read(self, process: subprocess.Popen[bytes], is_silent: threading.Event) -> None:
        """Hear what a judge says, until it ends, however it does."""
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            while True:
                parcel = read_parcel(process.stdout)
                assert isinstance(parcel, list)  # noqa: S101 - as the judge writes it
                for message in parcel:
                    if isinstance(message, Ended):
                        self._has_ended.set()
                        return
                    self._hear(message)
        except (EOFError, OSError):
            pass
        finally:
            process.stdout.close()
            is_silent.set()

    def _lose(self) -> None:
        """Let go of a judge that has ended by itself, and what it was sent; another is started."""
        process, self._process = self._process, None
        if process is not None:
            self._bury(process)
        with self._wake:
            self._queue.appendleft((Gap(self._last_serial), 0))
            if self._starts >= MOST_STARTS:
                self._is_over = True
                self._queue.clear()
                self._bytes = 0
        self._restarted()

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        """Say how a judge ended."""
        try:
            code = process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        if self._reader is not None:
            self._reader.join(5)
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        self.ends.append(how)

    def _stop(self) -> None:
        """End a judge, at once if it has not come to its end: then somebody may wait for it."""
        process = self._process
        if process is None:
            return
        if not self._has_ended.is_set():
            process.kill()
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for thread in (self._feeder, self._reader):
            if thread is not None and thread is not threading.current_thread():
                thread.join(1)
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
