"""What the baseline knows is not red; what it knows no longer is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from run_contracts.engine.baseline import (
    EMPTY,
    Baseline,
    Known,
    causes,
    unknown,
)
from run_contracts.engine.policy import Policy, policy_of
from run_contracts.events import (
    Cause,
    Decided,
    Event,
    Exchanged,
    ExitCode,
    Finished,
    Started,
)
from tests.report.checks_made import SEVERAL, seen, without

TODAY = date(2027, 1, 15)
LATER, EARLIER = date(2027, 1, 15), date(2027, 1, 14)


def _accepted(*faults: str, expires: date = LATER, profile: str = "full") -> Baseline:
    """Return a baseline that knows every red failure of a server with these faults."""
    entries = unknown(seen(*faults), EMPTY)
    made = (replace(one, reason="so be it", expires=expires, profile=profile) for one in entries)
    return Baseline(name="known.toml", entries=tuple(made))


def _after(told: tuple[Event, ...], baseline: Baseline) -> tuple[list[Decided], Finished]:
    found = list(Policy(baseline=baseline, today=TODAY).applied(told))
    footer = found[-1]
    assert isinstance(footer, Finished)
    assert len(without(found, Cause)) == len(without(told, Cause))
    return [one for one in found if isinstance(one, Decided)], footer


def test_without_a_baseline_nothing_changes() -> None:
    """The events are those of the check."""
    assert tuple(Policy().applied(seen(*SEVERAL))) == seen(*SEVERAL)


def test_known_failures_are_told_counted_and_not_red() -> None:
    """Every red failure is known by its own entry: the check holds."""
    verdicts, footer = _after(seen(*SEVERAL), _accepted(*SEVERAL))
    known = [one for one in verdicts if one.known]
    assert {one.requirement for one in known} == {
        one.requirement for one in seen(*SEVERAL) if isinstance(one, Decided) and one.is_red
    }
    assert {(one.result, one.is_red, one.known) for one in known} == {
        ("fail", False, "so be it, until 2027-01-15")
    }
    assert (footer.counts["known"], footer.counts["fail"]) == (len(known), 0)
    assert (footer.exit_code, footer.baseline) == (ExitCode.HOLDS, ())


def test_one_more_cause_makes_a_verdict_red_and_comes_first() -> None:
    """A baseline with all causes of a requirement but one does not cover it."""
    *old, new = causes(seen("RUN-STATUS-017"))["RUN-STATUS-017"]
    entry = Known(
        id="RUN-STATUS-017",
        failures=tuple(f"RUN-STATUS-017 {one}" for one in old),
        reason="so be it",
        expires=LATER,
    )
    verdicts, footer = _after(seen("RUN-STATUS-017"), Baseline(entries=(entry,)))
    (red,) = [one for one in verdicts if one.is_red]
    assert (red.known, footer.exit_code) == ("", ExitCode.BROKEN)
    others = (one for one in seen("RUN-STATUS-017")[:-1] if not isinstance(one, Decided))
    alone = (*others, replace(red, broken=red.broken[:1]), footer)
    assert list(causes(alone)["RUN-STATUS-017"]) == [new]


def test_another_failure_of_a_known_requirement_is_red() -> None:
    """What is known is the cause, not the requirement."""
    told = seen("RUN-STATUS-017")
    entry = Known(id="RUN-STATUS-017", fingerprint="getRun /x", reason="x", expires=LATER)
    verdicts, footer = _after(told, Baseline(entries=(entry,)))
    assert [one.requirement for one in verdicts if one.is_red] == ["RUN-STATUS-017"]
    assert footer.exit_code == ExitCode.BROKEN


def test_an_entry_that_expired_yesterday_accepts_nothing() -> None:
    """The failure is red again, and a line says why."""
    verdicts, footer = _after(seen("RUN-LIST-005"), _accepted("RUN-LIST-005", expires=EARLIER))
    assert [one.requirement for one in verdicts if one.is_red] == ["RUN-LIST-005"]
    (line,) = footer.baseline
    assert line.startswith("RUN-LIST-005: expired on 2027-01-14, mend it or decide again: so be it")
    assert line.endswith("(known.toml)")


def test_an_entry_for_what_is_no_longer_broken_is_red() -> None:
    """All requirements hold, and the entry is to be deleted."""
    verdicts, footer = _after(_whole(seen()), _accepted("RUN-LIST-005"))
    assert not any(one.is_red for one in verdicts)
    (line,) = footer.baseline
    assert line.startswith("RUN-LIST-005: no longer broken, delete the entry: * /has_more: ")
    assert footer.exit_code == ExitCode.BROKEN


def _whole(told: tuple[Event, ...], **changes: object) -> tuple[Event, ...]:
    """Return the events with what their first one or the last one says changed."""
    first, *rest, last = told
    at = {one: value for one, value in changes.items() if hasattr(first, one)}
    end = {one: value for one, value in changes.items() if hasattr(last, one)}
    return (replace(first, left_out=None, **at), *rest, replace(last, **end))  # type: ignore[type-var]


@pytest.mark.parametrize(
    "changes",
    [
        {"only": ("RUN-LIST-005",)},
        {"left_out": "schemathesis is not installed"},
        {"profile": "smoke"},
        {"is_cut": True},
    ],
    ids=str,
)
def test_nothing_is_called_mended_by_a_check_that_was_not_whole(
    changes: dict[str, object],
) -> None:
    """Part of the requirements, of the requests, or of the time: what was not tried may break."""
    first, *rest, last = seen()
    for name, value in changes.items():
        first = replace(first, **{name: value}) if hasattr(first, name) else first
        last = replace(last, **{name: value}) if hasattr(last, name) else last
    told = (first, *rest, last)
    assert isinstance(first, Started)
    assert _after(told, _accepted("RUN-LIST-005"))[1].baseline == ()


def test_an_entry_that_smoke_shows_is_old_for_smoke_too() -> None:
    """The entry says by what profile its failure was seen."""
    told = _whole(seen(), profile="smoke")
    assert _after(told, _accepted("RUN-LIST-005", profile="smoke"))[1].baseline


def test_strict_failures_can_be_known() -> None:
    """A broken SHOULD is red when it is asked for, and known when it is accepted."""
    told = tuple(Policy(strict=True).applied(seen("RUN-ID-001")))
    entries = tuple(replace(one, reason="so be it", expires=LATER) for one in unknown(told, EMPTY))
    assert [one.requirement for one in told if isinstance(one, Decided) and one.is_red]
    policy = replace(policy_of(told), baseline=Baseline(entries=entries), today=TODAY)
    *verdicts, footer = policy.applied(told)
    assert not any(one.is_red for one in verdicts if isinstance(one, Decided))
    assert isinstance(footer, Finished)
    assert (policy.strict, footer.exit_code) == (True, ExitCode.HOLDS)


def test_a_report_with_advice_was_not_strict() -> None:
    """What was advice is not proposed as a known failure."""
    assert not policy_of(seen("RUN-ID-001")).strict
    assert list(unknown(policy_of(seen("RUN-ID-001")).applied(seen("RUN-ID-001")), EMPTY)) == []


def test_a_stopped_check_is_not_green_by_what_is_known() -> None:
    """Its exit code is still 5."""
    told = _whole(seen("RUN-LIST-005"), is_cut=True)
    assert _after(told, _accepted("RUN-LIST-005"))[1].exit_code == ExitCode.STOPPED


def test_applying_twice_is_applying_once() -> None:
    """What is known stays known, and is counted once."""
    policy = Policy(strict=True, baseline=_accepted(*SEVERAL), today=TODAY)
    once = tuple(policy.applied(seen(*SEVERAL)))
    assert tuple(policy.applied(once)) == once


@pytest.mark.parametrize("strict", [False, True])
def test_the_last_policy_counts(strict: bool) -> None:
    """The events are as they were before another was applied: what was known is red again."""
    other = Policy(strict=strict, baseline=_accepted(*SEVERAL), today=TODAY)
    assert tuple(Policy().applied(other.applied(seen(*SEVERAL)))) == seen(*SEVERAL)


def test_what_only_chance_shows_is_not_asked_for_again() -> None:
    """Another seed may not show it: its entry is proposed so, and is never called mended."""
    told = tuple(
        replace(one, exchange=replace(one.exchange, source="walk 3"))
        if isinstance(one, Exchanged)
        else one
        for one in seen("RUN-LIST-005")
    )
    (entry,) = unknown(told, EMPTY)
    assert entry.profile == "generated"
    baseline = Baseline(entries=(replace(entry, reason="so be it", expires=LATER),))
    assert _after(told, baseline)[1].counts["known"] == 1
    assert _after(_whole(seen()), baseline)[1].baseline == ()


def test_a_cause_has_one_entry_for_all_its_failures() -> None:
    """What several operations show in one field is one failure, wherever it is seen next time."""
    (entry,) = _accepted("RUN-STATUS-017").entries
    assert entry.fingerprint == "* /usage: null, found object"
    elsewhere = tuple(
        replace(one, exchange=replace(one.exchange, meant_for="modifyRun"))
        if isinstance(one, Exchanged) and one.exchange.operation_id == "getRun"
        else one
        for one in seen("RUN-STATUS-017")
    )
    verdicts, _ = _after(elsewhere, Baseline(entries=(entry,)))
    assert [one.requirement for one in verdicts if one.known] == ["RUN-STATUS-017"]
    assert not any(one.is_red for one in verdicts)


def test_what_follows_from_a_cause_has_no_entry_of_its_own() -> None:
    """One entry accepts the requirement that says it most plainly, and the others."""
    faults = ("RUN-ERR-002", "RUN-ERR-003")
    (entry,) = _accepted(*faults).entries
    assert (entry.id, entry.requirements) == ("RUN-ERR-002", frozenset(faults))
    verdicts, footer = _after(seen(*faults), Baseline(entries=(entry,)))
    assert {one.requirement for one in verdicts if one.known} == set(faults)
    assert footer.exit_code == ExitCode.HOLDS


def test_an_entry_of_a_cause_is_old_when_all_of_it_is_mended() -> None:
    """As long as something of it is broken it is needed."""
    accepted = _accepted("RUN-ERR-002", "RUN-ERR-003")
    assert _after(_whole(seen("RUN-ERR-002")), accepted)[1].baseline == ()
    (line,) = _after(_whole(seen()), accepted)[1].baseline
    assert line.startswith("RUN-ERR-002: no longer broken, delete the entry: ")
