"""Whatever is changed in the answers of a server, a check ends without an error of ours."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from run_contracts.client.checked_target import Target
from run_contracts.contract.requirements import EDITIONS
from run_contracts.engine.runner import check
from run_contracts.events import Event, Finished, as_dict
from run_contracts.probes import planned
from run_contracts.report import github, jsonlines
from run_contracts.report.rendering import REPORT_FORMS, rendered
from run_contracts.report.script import script
from run_contracts.report.summary import Summary
from run_contracts.report.text import QuietReport, TextReport
from run_contracts.types import Edition
from tests.engine.mutated_answers import mutated

SHARES = (0.03, 0.1, 0.3, 0.9)
"""How many of the answers are changed: from nearly none, so that probes come far, to nearly all."""


DRAWS = st.fixed_dictionaries(
    {
        "draw": st.randoms(use_true_random=False),
        "share": st.sampled_from(SHARES),
        "edition": st.sampled_from(EDITIONS),
    }
)
"""What a check of changed answers depends on; each change is a choice of hypothesis."""


def checked(
    draw: random.Random, share: float, edition: Edition, *, profile: str = "smoke"
) -> tuple[list[Event], int]:
    """Return the events of a check of changed answers, and how many were changed."""
    with mutated(draw, share) as (connection, mutator):
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
        for form in REPORT_FORMS:
            rendered(form, seen).encode()
        summary = Summary.of(seen)
        list(github.commands(summary))
        github.step_summary(summary, limit=1_000_000).encode()
        for verdict in summary.verdicts:
            if sequence := summary.sequence_of(verdict):
                script("http://reference.invalid/v1", verdict, sequence)


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
@given(drawn=DRAWS)
def test_no_changed_answer_is_an_error_of_ours(
    drawn: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Neither of a probe, nor of a check, nor of a report; `benchmarks mutated` tries more."""
    events, _ = checked(**drawn)
    footer = events[-1]
    assert isinstance(footer, Finished)
    assert footer.own_errors == ()
    reported(events, tmp_path_factory.mktemp("reports"))


def test_answers_are_changed() -> None:
    """The law above is no law of unchanged ones."""
    _, changes = checked(random.Random(1), SHARES[1], "v2")
    assert changes > 3
