"""Edge cases of histories by hand: what a poller may see of a run, from its birth on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from run_contracts.contract.lifecycle import (
    CANCELLED,
    CANCELLING,
    COMPLETED,
    EXPIRED,
    FAILED,
    IN_PROGRESS,
    QUEUED,
    REQUIRES_ACTION,
)
from run_contracts.contract.loading import Contract
from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.generators.typical import numbered
from run_contracts.making.typical_content import CALL, asking
from run_contracts.making.typical_objects import EXPIRES_AFTER, born_in, typical_life

POLLS = 100
ASKED_AGAIN = asking({**CALL, "id": numbered(CALL["id"], 2)})
AT_ONCE, NEVER_STARTED = {"started_at": 0}, {"started_at": None}
Seen = tuple[str, Mapping[str, Any]]
"""A status and what else is out of the ordinary in a snapshot, moments in seconds from birth."""
WAITING: Seen = (REQUIRES_ACTION, {})
HISTORIES: Mapping[str, tuple[str, tuple[Seen, ...]]] = {
    "queued-only": ("The run was seen once, when it was created", ((QUEUED, {}),)),
    "first-and-last-only": (
        "The run was seen when it was created and when it had completed",
        ((QUEUED, {}), (COMPLETED, {})),
    ),
    "completed-within-a-second": (
        "The run was created, started and completed within one second",
        ((QUEUED, {}), (IN_PROGRESS, AT_ONCE), (COMPLETED, {**AT_ONCE, "completed_at": 0})),
    ),
    "same-snapshot-many-times": (
        f"The run was read {POLLS} times before it moved",
        ((QUEUED, {}), *((IN_PROGRESS, {}),) * POLLS, (COMPLETED, {})),
    ),
    "read-again-after-its-end": (
        f"The run was read {POLLS} times after it had ended",
        ((QUEUED, {}), (IN_PROGRESS, {}), *((COMPLETED, {}),) * POLLS),
    ),
    "two-tool-rounds": (
        "The run asked for outputs twice, and started anew each time",
        (
            (QUEUED, {}),
            (IN_PROGRESS, {}),
            WAITING,
            (QUEUED, {"started_at": 1}),
            (IN_PROGRESS, {"started_at": 20}),
            (REQUIRES_ACTION, {"started_at": 20, "required_action": ASKED_AGAIN}),
            (QUEUED, {"started_at": 20}),
            (IN_PROGRESS, {"started_at": 40}),
            (COMPLETED, {"started_at": 40, "completed_at": 45}),
        ),
    ),
    "started-anew": (
        "started_at is another after outputs were submitted",
        (
            (QUEUED, {}),
            (IN_PROGRESS, {}),
            WAITING,
            (IN_PROGRESS, {"started_at": 9}),
            (COMPLETED, {"started_at": 9}),
        ),
    ),
    "submitted-between-two-looks": (
        "The run asked twice, and nobody saw it go on in between",
        ((QUEUED, {}), WAITING, (REQUIRES_ACTION, {"required_action": ASKED_AGAIN})),
    ),
    "cancelled-while-queued": (
        "The run was cancelled before it started",
        ((QUEUED, {}), (CANCELLING, NEVER_STARTED), (CANCELLED, NEVER_STARTED)),
    ),
    "cancelled-at-once": (
        "The run was cancelled and never seen cancelling",
        ((QUEUED, {}), (CANCELLED, {**NEVER_STARTED, "cancelled_at": 0})),
    ),
    "cancelled-while-it-waited": (
        "The run was cancelled while it waited for outputs",
        ((QUEUED, {}), WAITING, (CANCELLING, {}), (CANCELLED, {})),
    ),
    "completed-though-cancelling": (
        "The run completed before its cancel took effect",
        ((QUEUED, {}), (IN_PROGRESS, {}), (CANCELLING, {}), (COMPLETED, {})),
    ),
    "failed-though-cancelling": (
        "The run failed before its cancel took effect",
        ((QUEUED, {}), (IN_PROGRESS, {}), (CANCELLING, {}), (FAILED, {})),
    ),
    "failed-while-queued": (
        "The run failed before it started",
        ((QUEUED, {}), (FAILED, NEVER_STARTED)),
    ),
    "expired-while-queued": (
        "The run expired before it started",
        ((QUEUED, {}), (EXPIRED, NEVER_STARTED)),
    ),
    "expired-while-it-waited": (
        "The run expired while it waited for outputs",
        ((QUEUED, {}), (IN_PROGRESS, {}), WAITING, (EXPIRED, {})),
    ),
    "expires-later-while-it-waits": (
        "The run was given ten hours when it asked for outputs, as one vendor's are",
        ((QUEUED, {}), (IN_PROGRESS, {}), (REQUIRES_ACTION, {"expires_at": 36_000})),
    ),
    "completed-as-it-expired": (
        "The run completed in the last second before it would have expired",
        ((QUEUED, {}), (IN_PROGRESS, {}), (COMPLETED, {"completed_at": EXPIRES_AFTER})),
    ),
    "modified-after-its-end": (
        "The metadata changed after the run had ended",
        ((QUEUED, {}), (COMPLETED, {}), (COMPLETED, {"metadata": {"checked": "yes"}})),
    ),
}


def unusual_histories() -> Iterator[CaseDescription]:
    """Yield lives at the ends of what the life cycle allows, and of what pollers see."""
    for name, (what, seen) in HISTORIES.items():
        yield CaseDescription(name=name, what=f"{what}.", built=partial(_history, seen=seen))


def _history(contract: Contract, *, seen: tuple[Seen, ...]) -> Any:
    born, lives = born_in(contract.edition), typical_life(contract, *(one for one, _ in seen))
    return [
        run | {name: _moment(name, value, born) for name, value in fixed.items()}
        for run, (_, fixed) in zip(lives, seen, strict=True)
    ]


def _moment(name: str, value: Any, born: int) -> Any:
    """Return a field as it is in the run: moments count from the epoch, not from its birth."""
    return born + value if name.endswith("_at") and value is not None else value
