"""The night of a check: what its rounds came to, and each thing they found, once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NightFinding:
    """One thing that is broken, by its fingerprint: how often it was seen, in which round first.

    The round is 0 if the check before the night had shown it. `file` is the report that shows it
    alone, empty if there is none. It `is_unseen_since` if it was found before the night was
    interrupted, and was not seen since it went on: then it makes nothing broken.
    """

    requirement: str
    fingerprint: str
    seen: int
    first_round: int
    file: str = ""
    is_unseen_since: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NightEnded:
    """A night is over, or was left: what its rounds did, those before a kill included.

    So many `rounds` by so many workers (`jobs`) judged so many `requests` in `seconds`; `lost` are
    rounds whose process died. `sending` and `judging` are the seconds of processors that all
    workers spent since this process began, with the application if it is in process. `reason` says
    why it ended before its time, empty if it did not. `entries` are in its corpus.
    """

    rounds: int
    requests: int
    seconds: float
    jobs: int
    lost: int
    findings: tuple[NightFinding, ...]
    sending: float = 0.0
    judging: float = 0.0
    entries: int = 0
    corpus: str = ""
    reason: str = ""
