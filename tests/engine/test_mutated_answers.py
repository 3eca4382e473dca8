"""Whatever is changed in the answers of a server, a check ends without an error of ours."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from run_contracts.client.target import Target
from run_contracts.engine.runner import check
from run_contracts.events import Event, Finished, as_dict
from run_contracts.probes import planned
from run_contracts.report import badge, github, html, jsonlines, junit
from run_contracts.report.script import script
from run_contracts.report.summary import Summary
from run_contracts.report.text import QuietReport, TextReport
from tests.engine.mutated_answers import mutated

SHARES = (0.03, 0.1, 0.3, 0.9)
"""How many of the answers are changed: from nearly none, so that probes come far, to nearly all."""


def checked(seed: int, edition: str, *, profile: str = "full") -> tuple[list[Event], int]:
    """Return the events of a check of changed answers, and how many were changed."""
    with mutated(seed, SHARES[seed % len(SHARES)]) as (connection, mutator):
        target = Target(
            url="http://reference.invalid/v1",
            key="sk-reference",
            edition=edition,
            patience=5.0,
            timeout=2.0,
        )
        events = list(check(target, probes=planned(profile), connection=connection))
    return events, len(mutator.changes)


def reported(events: list[Event], folder: Path) -> None:
    """Write every report of a check, and read it again."""
    for report in (TextReport(with_scripts=True), QuietReport()):
        for event in events:
            for line in report.lines(event):
                assert "\n" not in line
                line.encode()
    json.dumps([as_dict(event) for event in events])
    file = io.StringIO()
    for event in events:
        jsonlines.write(event, file)
    path = folder / "check.jsonl"
    path.write_text(file.getvalue(), encoding="utf-8")
    for seen in (events, jsonlines.read(path)):
        html.page(seen).encode()
        junit.document(seen)
        summary = Summary.of(seen)
        badge.picture(summary).encode()
        list(github.commands(summary))
        github.step_summary(summary, limit=1_000_000).encode()
        for verdict in summary.verdicts:
            if sequence := summary.sequence_of(verdict):
                script("http://reference.invalid/v1", verdict, sequence)


@pytest.mark.parametrize("seed", range(6))
def test_no_changed_answer_is_an_error_of_ours(seed: int, tmp_path: Path) -> None:
    """Neither of a probe, nor of a check, nor of a report; `benchmarks mutated` tries more."""
    events, changes = checked(seed, ("v2", "v1")[seed // 4 % 2], profile="smoke")
    assert changes > 0
    footer = events[-1]
    assert isinstance(footer, Finished)
    assert footer.own_errors == ()
    reported(events, tmp_path)
