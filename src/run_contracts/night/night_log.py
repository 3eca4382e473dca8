"""The log of a night: a line for each round that begins or ends, handed to the system at once.

Who is killed goes on from it. Its last line may be cut; a line that is none costs itself alone.
When it has become long, all of it is said in one line, in a new file that takes its place.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from run_contracts.errors import UnreadableBody, UsageError
from run_contracts.filesystem.opening import exists
from run_contracts.filesystem.opening import read as read_file
from run_contracts.filesystem.single_line import name_of, word
from run_contracts.night.corpus import write_whole
from run_contracts.night.durations import LONGEST_DURATION
from run_contracts.night.night_state import NightState, check_bounds
from run_contracts.validation.json_text import decode_json

LOG_NAME = "night.jsonl"
LOG_FORMAT = 1
LARGEST_LOG = 64 * 1024**2
LONG_LOG = 1024**2
"""Bytes above which all that it says is said in one line."""


class NightLog:
    """The state of the night of a corpus, and the file that has it.

    `subject` says what is searched: a night of one target does not go on with another. `complaints`
    has a line for what could not be read or written, and it `is_resumed` if it did not end before.
    """

    def __init__(self, folder: Path, subject: str, *, seconds: float = LONGEST_DURATION) -> None:
        """Read that of a night that takes so many seconds.

        Raises `UsageError` if it is of another target, or no such file.
        """
        self._path, self._subject = folder / LOG_NAME, subject
        self.state = NightState()
        self.complaints: list[str] = []
        self._file: int | None = None
        if exists(self._path):
            self._read(read_file(self._path, limit=LARGEST_LOG))
        self.is_resumed = 0 < self.state.spent < seconds and not self.state.is_over
        if not self.is_resumed:
            # Rounds of all nights of a corpus are counted on, so that none has the same seed.
            found = {} if self.state.is_over else self.state.findings
            self.state = NightState(rounds=self.state.rounds, open=self.state.open, findings=found)

    def _read(self, data: bytes) -> None:
        wrong = 0
        for number, text in enumerate(data.split(b"\n")[:-1], start=1):
            try:
                body = decode_json(text)
                if not body.is_json or not isinstance(body.value, dict):
                    raise ValueError("no JSON object")  # noqa: TRY301 - counted below
                self._check_subject(body.value)
                check_bounds(body.value)
                self.state.apply(body.value)
            except (ValueError, UnreadableBody):
                wrong = wrong or number
        if wrong:
            self.complaints.append(
                f"{name_of(self._path)}: line {wrong} is none of a night, and is passed over"
            )

        self.state.bound(LONGEST_DURATION)

    def _check_subject(self, entry: dict[str, Any]) -> None:
        if entry.get("what") != "night":
            return
        if entry.get("format") != LOG_FORMAT or entry.get("subject") != self._subject:
            raise UsageError(
                f"{name_of(self._path)}: is of {word(entry.get('subject'))}, and this night is of "
                f"{word(self._subject)}; name another folder by --corpus"
            )

    def begin(self) -> None:
        """Begin the file anew with what is known; a last line that was cut is gone then."""
        first = {"what": "night", "format": LOG_FORMAT, "subject": self._subject}
        self._rewrite([first, self.state.as_entry()])

    def _rewrite(self, entries: list[dict[str, Any]]) -> None:
        self.close()
        try:
            write_whole(self._path, b"".join(map(_line, entries)))
            self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        except OSError as error:
            raise UsageError(f"{name_of(self._path)}: cannot be written: {error}") from None

    def add(self, **entry: Any) -> None:
        """Take in what happens, and append it."""
        self.state.apply(entry)
        if self._file is None:
            return
        try:
            os.write(self._file, _line(entry))
            if os.fstat(self._file).st_size > LONG_LOG:
                self.begin()
        except OSError as error:
            self.complaints.append(f"{name_of(self._path)}: cannot be written any more: {error}")
            self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry).encode("ascii") + b"\n"
