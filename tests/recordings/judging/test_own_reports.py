"""Reports of ours are judged as what they are of: a check that was alone, or less."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from run_contracts.events import Exchanged, Started
from run_contracts.report import jsonlines
from tests.checks.written_traffic import RUN, Traffic
from tests.recordings.verdicts_of import verdicts_of
from tests.samples import run

CHECK = Started(
    target="http://h/v1",
    edition="v2",
    profile="smoke",
    seed=0,
    version="1",
    probes=(),
    left_out=None,
    command="run-contracts check http://h/v1",
)
GIVEN = "run-contracts check http://h/v1 --thread-id thread_1"


def test_a_report_of_which_a_line_is_broken_has_not_all_that_was_done(tmp_path: Path) -> None:
    """What the line held may explain what comes after it."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action")).add(f"GET {RUN}", run("queued"))
    first, *others = (Exchanged(exchange=one) for one in traffic.exchanges)
    lines = [jsonlines.as_line(one) for one in (CHECK, first, first, *others)]
    file = tmp_path / "report.jsonl"
    file.write_bytes(b"".join(lines))
    assert verdicts_of(file).broken == {"RUN-LIFE-007"}
    file.write_bytes(b"".join((*lines[:2], lines[2][:90] + b"\n", *lines[3:])))
    assert verdicts_of(file).broken == set()


@pytest.mark.parametrize(
    ("began", "expected"),
    [
        (CHECK, {"RUN-LIFE-007"}),
        (replace(CHECK, profile="watch"), set()),
        (replace(CHECK, is_read_only=True), set()),
        (replace(CHECK, command=GIVEN), set()),
    ],
    ids=["check", "watch", "read-only", "given-thread"],
)
def test_what_is_not_in_a_report_was_done_by_others_unless_a_check_was_alone(
    began: Started, expected: set[str], tmp_path: Path
) -> None:
    """A watch keeps what shows a finding; in a thread that was there others may be at work."""
    traffic = Traffic().add(f"GET {RUN}", run("requires_action")).add(f"GET {RUN}", run("queued"))
    file = tmp_path / "report.jsonl"
    events = (began, *(Exchanged(exchange=one) for one in traffic.exchanges))
    file.write_bytes(b"".join(map(jsonlines.as_line, events)))
    assert verdicts_of(file).broken == expected
