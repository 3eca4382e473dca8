"""Decisions: what is broken, the verdict on each requirement, and what one repair would end."""

from __future__ import annotations

from dataclasses import dataclass

from run_contracts.events.results import ADVICE, BROKEN, KNOWN, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One violation inside a verdict, with the number of the exchange that shows it.

    `code` is the stable word for how the rule is broken and `found_type` the JSON type of what was
    found; both are empty in reports that were written before there were codes.
    """

    exchange: int
    request: str
    pointer: str
    found: str
    expected: str
    code: str = ""
    found_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The verdict on one requirement, from the judge to the page.

    `is_red` and `known` are what the policy of the check makes of it: `known` says why it is a
    known failure, which is not red, and is empty for all others. Of very many violations `broken`
    has the first ones, and `more` is how many were seen beside them. `sequence` holds the numbers
    of the exchanges that, sent again in order, show what is broken. `allowed_by` names dialects in
    which the first of what is broken is right. `command` shows it again where that is not the
    check with one requirement alone.
    """

    requirement: str
    area: str
    level: str
    sentence: str
    why: str
    source: str
    result: str
    is_red: bool
    held: int
    broken: tuple[Broken, ...]
    reason: str
    more: int = 0
    sequence: tuple[int, ...] = ()
    known: str = ""
    allowed_by: tuple[str, ...] = ()
    command: str = ""

    @property
    def outcome(self) -> str:
        """What it comes to: its result, or how much it matters that it is broken."""
        if self.known:
            return KNOWN
        if self.result == Result.FAIL:
            return BROKEN if self.is_red else ADVICE
        return self.result


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSeen:
    """A requirement was seen broken for the first time, as soon as its probe had ended.

    The verdict on it follows at the end of the check, with all that was seen. `command` shows it
    again already now, empty if only the end will tell.
    """

    requirement: str
    level: str
    sentence: str
    probe: str
    broken: Broken
    is_red: bool = False
    known: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One group of broken requirements that one repair would end; the first to mend comes first.

    `requirements` begins with the one that says most plainly what is wrong, `title` is that in a
    sentence; `request` and `exchange` say where it is seen, `seen` how many exchanges show it.
    """

    rank: int
    title: str
    requirements: tuple[str, ...]
    request: str
    exchange: int
    seen: int
    is_red: bool

    @property
    def lead(self) -> str:
        """The requirement that says most plainly what is wrong."""
        return self.requirements[0]
