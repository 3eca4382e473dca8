"""The command of a client: run once against a server, bounded in time, its words kept."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import word

URL_PLACE, KEY_PLACE = "{url}", "{key}"
"""What stands for the base URL and the key in a command."""
DEFAULT_JOBS = 4
"""Lives that are played at once."""
DEFAULT_TIME_LIMIT = 30.0
"""Seconds that a life may take, unless its client is stopped before."""
MOST_KEPT_WORDS = 64 * 1024
"""Bytes of what a client prints that are kept, the last."""
READ_AT_ONCE = 8192
WAIT_AT_ONCE = 0.05
"""Seconds between two looks whether its time is over."""
LAST_MOMENTS = 1.0
"""Seconds that what a client has begun may take to end once it was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a client ended: its exit code, None if it was stopped, and its last words."""

    code: int | None
    seconds: float
    stdout: str
    stderr: str

    @property
    def is_stopped(self) -> bool:
        """Whether it did not come to an end in its time."""
        return self.code is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCommand:
    """A program and its arguments, in which two places stand for URL and key."""

    arguments: tuple[str, ...]
    time_limit: float

    def run(self, url: str, key: str, is_over: Callable[[], bool]) -> Ran:
        """Run it to its end, until its time `is_over`; raise `UsageError` if it cannot start.

        Base URL and key are in its environment, too, as the SDKs look for them. It is not run by a
        shell, and gets no input; what it began ends with it.
        """
        named = [part.replace(URL_PLACE, url).replace(KEY_PLACE, key) for part in self.arguments]
        began = time.monotonic()
        try:
            process = subprocess.Popen(  # noqa: S603 - the command is what was asked to be run
                named,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(url, key),
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(f"cannot run {word(named[0])}: {reason}") from None
        with process:
            said = [_Words(process.stdout), _Words(process.stderr)]
            try:
                code = self._waited(process, is_over)
            finally:
                _end(process)
            seconds = time.monotonic() - began
            out, err = (words.text() for words in said)
        return Ran(code=code, seconds=seconds, stdout=out, stderr=err)

    def _waited(self, process: subprocess.Popen[bytes], is_over: Callable[[], bool]) -> int | None:
        """Return the exit code of a program; None if it has none when its time is over."""
        deadline = time.monotonic() + self.time_limit
        while time.monotonic() < deadline and not is_over():
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(WAIT_AT_ONCE)
        return process.poll()


class _Words:
    """What a program writes, read as it comes so that it never waits; the last of it is kept."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._pipe = pipe
        self._kept = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while self._pipe is not None and (chunk := os.read(self._pipe.fileno(), READ_AT_ONCE)):
            self._kept += chunk
            del self._kept[:-MOST_KEPT_WORDS]

    def text(self) -> str:
        """Return it, once it is written."""
        self._reader.join(LAST_MOMENTS)
        return bytes(self._kept).decode("utf-8", "replace")


def _environment(url: str, key: str) -> Mapping[str, str]:
    """Return the environment of a client: this one's, with where its server is.

    No proxy stands between, and no key of this environment's goes anywhere.
    """
    mine = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": key, "AZURE_OPENAI_API_KEY": key}
    mine |= {"AZURE_OPENAI_ENDPOINT": url.removesuffix("/v1"), "NO_PROXY": "*", "no_proxy": "*"}
    return {**os.environ, **mine, "PYTHONUNBUFFERED": "1"}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it began."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait(LAST_MOMENTS)
