"""What degradations hide: the faults that nobody can see where something is missing as a whole."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase

from run_contracts.server.degradations import DEGRADATIONS

NEEDS_CALLS = (
    "RUN-CANCEL-006",
    "RUN-ERR-008-c",
    "RUN-LIFE-00[578]",
    "RUN-OBJ-005",
    "RUN-SHAPE-007",
    "RUN-STATUS-01[12]",
    "RUN-STEP-02[89]",
    "RUN-STEP-030",
    "RUN-STREAM-009",
    "RUN-STREAM-01[57]",
    "RUN-SUBMIT-00[13457]*",
)
"""What is seen of function calls alone, and of the runs that wait for their outputs."""
NEEDS_ENDS = (
    "RUN-CANCEL-007",
    "RUN-LIFE-00[26]",
    "RUN-META-00[1-4]",
    "RUN-MODIFY-00[13]",
    "RUN-OBJ-00[46]",
    "RUN-SHAPE-008*",
    "RUN-SHAPE-01[234]",
    "RUN-SHAPE-017-b",
    "RUN-SHAPE-019",
    "RUN-STATUS-00[3459]",
    "RUN-STATUS-01[034568]",
    "RUN-STEP-010",
    "RUN-STEP-014",
    "RUN-STEP-02[056]",
    "RUN-STEP-021",
    "RUN-STEP-03[1235]",
    "RUN-STREAM-003*",
    "RUN-STREAM-00[578]*",
    "RUN-STREAM-01[013489]",
    "RUN-TIME-00[26]",
)
"""What is seen of runs that worked to their end."""
NEEDS_STEPS = (
    "RUN-STEP-*",
    "RUN-OBJ-001-b",
    "RUN-BODY-001",
    "RUN-ID-004",
    "RUN-ID-015",
    "RUN-LIST-016",
)
NEEDING_STREAMS = (
    "RUN-STREAM-*",
    "RUN-OBJ-001-b",
    "RUN-OBJ-00[45]",
    "RUN-STEP-001",
    "RUN-SHAPE-001",
    "RUN-SHAPE-004",
    "RUN-LIFE-002-c",
)
"""What is seen in streams alone, or in runs that are made by them."""
HIDDEN: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("cancelRun",),
        (
            "RUN-CANCEL-*",
            "RUN-LIFE-001",
            "RUN-LIFE-002",
            "RUN-LIFE-002-c",
            "RUN-LIFE-004",
            "RUN-STATUS-00[78]",
            "RUN-STATUS-006-b",
            "RUN-SHAPE-011",
            "RUN-TIME-002-b",
            "RUN-ERR-008-d",
            "RUN-STREAM-007-c",
            "RUN-STREAM-003-h",
            "RUN-STREAM-020",
        ),
    ),
    (
        ("modifyRun",),
        ("RUN-MODIFY-*", "RUN-BODY-001-b", "RUN-ID-010", "RUN-ERR-011", "RUN-SHAPE-032"),
    ),
    (
        ("submitToolOutputs",),
        (
            "RUN-SUBMIT-*",
            "RUN-STEP-029",
            "RUN-STREAM-01[67]",
            "RUN-ERR-008-c",
            "RUN-LIFE-005",
            "RUN-STATUS-012",
        ),
    ),
    (
        ("listRunSteps",),
        (
            "RUN-STEP-02[3-589]*",
            "RUN-STEP-03*",
            "RUN-LIST-016",
            "RUN-ID-015",
            "RUN-BODY-001",
            "RUN-STEP-017",
            "RUN-OBJ-006",
        ),
    ),
    (("listRunSteps", "no-streams"), NEEDS_STEPS),
    (("listRunSteps", "refuses-streams"), NEEDS_STEPS),
    (
        ("getRunStep",),
        ("RUN-STEP-017", "RUN-STEP-024", "RUN-STEP-031", "RUN-STEP-036", "RUN-BODY-001"),
    ),
    (
        ("listRuns",),
        (
            "RUN-LIST-005*",
            "RUN-LIST-00[6789]*",
            "RUN-LIST-01[12457]*",
            "RUN-SHAPE-002",
            "RUN-ERR-006",
            "RUN-LIFE-002-b",
        ),
    ),
    (("createThreadAndRun",), ("RUN-CREATE-001", "RUN-CREATE-003", "RUN-ID-013", "RUN-STREAM-018")),
    (
        ("createRun",),
        (
            "RUN-ERR-01[02]",
            "RUN-THREAD-00[13]",
            "RUN-CREATE-006",
            "RUN-LIST-008*",
            "RUN-LIST-00[567]*",
            "RUN-LIST-009",
            "RUN-LIST-01[14]*",
        ),
    ),
    (
        ("listMessages",),
        (
            "RUN-BODY-003",
            "RUN-CREATE-004",
            "RUN-LIST-015",
            "RUN-LIST-018",
            "RUN-OBJ-006",
            "RUN-STEP-032",
            "RUN-THREAD-002",
            "RUN-STREAM-014",
        ),
    ),
    (("createAssistant",), ("RUN-OBJ-003", "RUN-ECHO-01[23]", "RUN-CREATE-006", "RUN-ERR-010")),
    (("no-forced-calls",), NEEDS_CALLS),
    (("stays-in-progress",), (*NEEDS_CALLS, *NEEDS_ENDS)),
    (
        ("stays-queued",),
        (
            *NEEDS_CALLS,
            *NEEDS_ENDS,
            "RUN-STEP-*",
            "RUN-OBJ-*",
            "RUN-ID-004",
            "RUN-ID-015",
            "RUN-LIFE-003",
            "RUN-STATUS-001",
            "RUN-STATUS-006",
            "RUN-STATUS-017",
            "RUN-SHAPE-010",
            "RUN-SHAPE-006",
            "RUN-TIME-001",
        ),
    ),
    (("no-streams",), NEEDING_STREAMS),
    (("refuses-streams",), NEEDING_STREAMS),
    (("created-201",), ("RUN-HTTP-001",)),
    (("no-has_more",), ("RUN-LIST-005*",)),
    (("crashing-lookups",), ("RUN-ERR-00[67]*",)),
    (("detail-errors",), ("RUN-ERR-00[12345]*",)),
    (("uuids",), ("RUN-ERR-008-e",)),
    (("numbered",), ("RUN-ERR-008-e",)),
)
"""Degradations, or the operations that they lack, and the faults that all of them together hide.

Faults are patterns of ids; one that ends without a letter is about that fault alone.
"""


def is_hidden(fault: str, degradations: Collection[str]) -> bool:
    """Say whether nobody can see a fault behind these degradations.

    >>> is_hidden("RUN-CANCEL-004", ["no-cancelRun"]), is_hidden("RUN-LIST-001", ["uuids"])
    (True, False)
    """
    effects = set(degradations)
    for name in degradations:
        effects |= DEGRADATIONS[name].spoiled
    return any(
        fnmatchcase(fault, pattern)
        for causes, patterns in HIDDEN
        if effects.issuperset(causes)
        for pattern in patterns
    )
