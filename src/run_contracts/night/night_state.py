"""The state of a night: what was done and found so far, changed by its log's entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LONGEST_FINDING_KEY = 400
"""Characters of the key of a finding: the id of a requirement, and a fingerprint."""
MOST_KEYS_KEPT = 2000
LARGEST_NUMBER, LARGEST_NUMBER_READ = 2**53, 2**40
"""Numbers that are taken in at most, and from a file, so that there is room to count on."""
DEEPEST_ENTRY = 4
NIGHT_COUNTS = ("rounds", "requests", "runs", "lost", "ended", "requests_lost")
"""The fields of a state that count something, as a file names them, too."""


@dataclass(slots=True, kw_only=True)
class FindingCount:
    """How often a finding was seen, and in which round first."""

    first_round: int
    seen: int = 0


@dataclass(slots=True, kw_only=True)
class NightState:
    """What a night has done: seconds `spent`, rounds begun, requests that were judged, runs.

    `findings` are by their keys, `open` the ids of the checks of rounds that have begun and not
    ended, by their numbers; of `rounds` so many `ended`, and `lost` are those whose process died
    after they had begun, of whose requests nobody knows more than what they might spend.
    """

    spent: float = 0.0
    rounds: int = 0
    requests: int = 0
    runs: int = 0
    lost: int = 0
    ended: int = 0
    requests_lost: int = 0
    is_over: bool = False
    findings: dict[str, FindingCount] = field(default_factory=dict)
    open: dict[int, str] = field(default_factory=dict)

    def apply(self, entry: Mapping[str, Any]) -> None:
        """Take in what happened next; raise `ValueError` for what is no entry of a log."""
        what = entry.get("what")
        self.spent = max(self.spent, _number(entry.get("spent", 0.0)))
        match what:
            case "night":
                self.is_over = False
            case "began":
                number = _count(entry.get("round"))
                self.rounds = max(self.rounds, number)
                self.open[number] = _text(entry.get("check"), 64)
            case "ended":
                self._end(entry)
            case "lost":
                self.lost += 1
                self.runs += _count(entry.get("runs", 0))
                self.requests_lost += _count(entry.get("requests", 0))
            case "unbegun":
                self.open.pop(_count(entry.get("round")), None)
            case "cleaned":
                self.open = {n: one for n, one in self.open.items() if one != entry.get("check")}
            case "spent":
                pass
            case "over":
                self.is_over = True
            case "state":
                self._restore(entry)
            case _:
                raise ValueError("nothing that a night does")

    def _end(self, entry: Mapping[str, Any]) -> None:
        number = _count(entry.get("round"))
        self.open.pop(number, None)
        self.ended += 1
        self.requests += _count(entry.get("requests"))
        self.runs += _count(entry.get("runs"))
        for key, times in _mapping(entry.get("found")).items():
            self.see(key, _count(times), number)

    def see(self, key: str, times: int, number: int) -> None:
        """Count a finding that a round saw so often."""
        if key not in self.findings and len(self.findings) >= MOST_KEYS_KEPT:
            return
        count = self.findings.setdefault(
            _text(key, LONGEST_FINDING_KEY), FindingCount(first_round=number)
        )
        count.seen += times
        count.first_round = min(count.first_round, number)

    def _restore(self, entry: Mapping[str, Any]) -> None:
        for name in NIGHT_COUNTS:
            setattr(self, name, _count(entry.get(name)))
        self.open = {_count(int(n)): _text(c, 64) for n, c in _mapping(entry.get("open")).items()}
        self.findings = {
            _text(key, LONGEST_FINDING_KEY): FindingCount(
                first_round=_count(_mapping(one).get("first")), seen=_count(one.get("seen"))
            )
            for key, one in _mapping(entry.get("findings")).items()
        }

    def bound(self, longest: float) -> None:
        """Bound what was read, for a file may have said it often."""
        self.spent, most = min(self.spent, longest), LARGEST_NUMBER_READ // 2
        for name in NIGHT_COUNTS:
            setattr(self, name, min(getattr(self, name), most))
        for count in self.findings.values():
            count.seen = min(count.seen, most)

    def as_entry(self) -> dict[str, Any]:
        """Return the entry that says all of it at once."""
        findings = {
            key: {"first": one.first_round, "seen": one.seen} for key, one in self.findings.items()
        }
        return {
            "what": "state",
            "spent": round(self.spent, 3),
            **{name: getattr(self, name) for name in NIGHT_COUNTS},
            "findings": findings,
            "open": {str(number): check for number, check in self.open.items()},
        }


def check_bounds(value: Any, depth: int = 0) -> None:
    """Raise `ValueError` if something read is deep, or has a number that no night comes to."""
    if depth > DEEPEST_ENTRY:
        raise ValueError("it is too deep")
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            check_bounds(one, depth + 1)
    elif isinstance(value, int | float) and not abs(value) <= LARGEST_NUMBER_READ:
        raise ValueError("a number is too large")


def _number(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value < LARGEST_NUMBER:
        raise ValueError("a number is none")
    return float(value)


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < LARGEST_NUMBER:
        raise ValueError("a count is none")
    return value


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise ValueError("a text is none, or too long")
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("an object is none")  # noqa: TRY004 - it is a value of a file
    return value
