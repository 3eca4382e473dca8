"""A checker: any command that checks a server, where its verdict stands, and how it is read."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from run_contracts.errors import UsageError
from run_contracts.filesystem.opening import read
from run_contracts.filesystem.single_line import word
from run_contracts.rating.junit_failures import junit_failures
from run_contracts.rating.sarif_failures import sarif_failures

FOLDER_PLACE, DOCUMENT_PLACE = "{dir}", "{openapi}"
"""What stands for a fresh folder, and for the OpenAPI document, in a command."""
GREEN_EXIT, RED_EXIT = 0, 1
"""What nearly every checker says of a right server, and of a wrong one."""
LARGEST_REPORT = 32 * 1024**2
"""Bytes of a report of a checker that are read."""
_MOST_WORDS = 1000


class VerdictSource(StrEnum):
    """Where the verdict of a checker stands."""

    EXIT_CODE = "exit code"
    JUNIT = "junit"
    SARIF = "sarif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """A command, in which places stand for the server, and the file that holds its verdict.

    With `by_message` a failure of another message is another failure. A code that is neither that
    of green nor among `red_exits` is no verdict.
    """

    arguments: tuple[str, ...]
    source: VerdictSource = VerdictSource.EXIT_CODE
    file: str = ""
    by_message: bool = False
    red_exits: tuple[int, ...] = (RED_EXIT,)

    @property
    def line(self) -> str:
        """The command as a person types it."""
        return shlex.join(self.arguments)

    def filled(self, places: Mapping[str, str]) -> tuple[str, ...]:
        """Return the words of the command, with what stands at these places."""
        return tuple(_filled(part, places) for part in self.arguments)

    def failures(self, places: Mapping[str, str]) -> frozenset[str]:
        """Return what the report says failed; raise `UsageError` if it is not there or no report.

        Only a plain file is opened: a checker may leave anything in its place.
        """
        file = Path(_filled(self.file, places))
        if not file.is_file():
            raise UsageError("it wrote no report")
        data = read(file, limit=LARGEST_REPORT)
        reading = junit_failures if self.source is VerdictSource.JUNIT else sarif_failures
        try:
            return reading(data, by_message=self.by_message)
        except UsageError as error:
            raise UsageError(f"its report {error}") from None


def checker_of(
    command: str,
    *,
    junit: str = "",
    sarif: str = "",
    by_message: bool = False,
    red_exits: tuple[int, ...] = (),
) -> Checker:
    """Return the checker that a person named; raise `UsageError` for what cannot be.

    >>> checker_of("sh check.sh {url}").line
    "sh check.sh '{url}'"
    """
    if junit and sarif:
        raise UsageError("--junit and --sarif both name the verdict; give one")
    source = VerdictSource.JUNIT if junit else VerdictSource.SARIF
    file = junit or sarif
    if file and FOLDER_PLACE not in file:
        raise UsageError(
            f"--{source} {word(file)} is one file for all servers; name it below {FOLDER_PLACE}, "
            f"e.g. {FOLDER_PLACE}/report, in --command, too"
        )
    if by_message and not file:
        raise UsageError("--by message compares failures of a report; give --junit or --sarif")
    if GREEN_EXIT in red_exits:
        raise UsageError(f"--red-exit {GREEN_EXIT} is the code of a checker that found nothing")
    return Checker(
        arguments=_words(command),
        source=source if file else VerdictSource.EXIT_CODE,
        file=file,
        by_message=by_message,
        red_exits=red_exits or (RED_EXIT,),
    )


def _words(command: str) -> tuple[str, ...]:
    """Return the words of a command as a shell would part them; no shell runs it."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--command {word(command)}: {str(error).lower()}") from None
    if not words or not words[0]:
        raise UsageError("--command names no program; give one, e.g. 'python check.py {url}'")
    if len(words) > _MOST_WORDS:
        raise UsageError(f"--command has more than {_MOST_WORDS} words; put them into a script")
    return tuple(words)


def _filled(text: str, places: Mapping[str, str]) -> str:
    for place, value in places.items():
        text = text.replace(place, value)
    return text
