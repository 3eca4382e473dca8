"""JUnit XML, as CI reads it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree

from run_contracts.events import Cause, Decided, Event, Finished, OperationSeen, Surveyed
from run_contracts.report import junit
from tests.report.checks_made import SEVERAL, checks, seen, without

FORM = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def _blocked() -> tuple[Event, ...]:
    """Return a check in which a rule could not be exercised."""
    held = next(one for one in seen() if isinstance(one, Decided) and one.result == "pass")
    blocked = replace(held, result="blocked", reason="it was answered 500")
    return tuple(blocked if one is held else one for one in seen())


def _read(events: tuple[Event, ...]) -> etree._Element:
    return etree.fromstring(junit.document(events))


@pytest.mark.parametrize("faults", [(), SEVERAL])
def test_a_real_check_is_valid_junit(faults: tuple[str, ...]) -> None:
    """The form that Jenkins and others read, with counts that are right."""
    events = seen(*faults)
    document = _read(events)
    FORM.assertValid(document)
    (suite,) = document
    found = Counter(child.tag for case in suite for child in case if child.tag != "properties")
    tags = ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")
    assert all(int(suite.get(name)) == found[tag] for name, tag in tags)
    assert int(suite.get("tests")) == sum(isinstance(one, Decided) for one in events)


def test_failures_errors_and_skips_are_told_apart() -> None:
    """A broken MUST is a failure, our own error an error; advice and the rest are skipped."""
    tags = {"broken": "failure", "error": "error", "pass": None}
    for events in (seen(*SEVERAL), _blocked()):
        cases = {case.get("name"): case for case in _read(events).iter("testcase")}
        for one in events:
            if isinstance(one, Decided):
                children = [child.tag for child in cases[one.requirement][1:]]
                tag = tags.get(one.outcome, "skipped")
                assert children == ([tag] if tag else []), one


def test_every_case_says_what_rule_it_is() -> None:
    """Its id, level and source are properties."""
    verdicts = [one for one in seen() if isinstance(one, Decided)]
    for case, verdict in zip(_read(seen()).iter("testcase"), verdicts, strict=True):
        properties = {one.get("name"): one.get("value") for one in case.iter("property")}
        assert properties["id"] == verdict.requirement
        assert properties["level"] == verdict.level
        assert properties["source"] == verdict.source


def test_what_follows_from_another_is_short() -> None:
    """Both fail, one of them in full."""
    broken = [one for one in seen(*SEVERAL) if isinstance(one, Decided) and one.outcome == "broken"]
    lead, follower = broken[1].requirement, broken[0].requirement
    cause = Cause(
        rank=1,
        title="everything is wrong",
        requirements=(lead, follower),
        request="GET /",
        exchange=1,
        seen=1,
        is_red=True,
    )
    *events, end = without(seen(*SEVERAL), Cause)
    document = _read((*events, cause, end))
    FORM.assertValid(document)
    cases = {case.get("name"): case[-1] for case in document.iter("testcase")}
    assert cases[follower].get("message") == f"follows from {lead}: see there"
    assert cases[follower].text is None
    assert "expected  " in str(cases[lead].text)
    said = [one.get("value") for one in document.iter("property") if one.get("name") == "cause"]
    assert said[0] == f"fix first: {lead} {broken[1].sentence}"


def test_what_was_not_verified_fails_a_case_of_its_own() -> None:
    """And the operations, and what the check comes to, are properties of the suite."""
    one = OperationSeen(operation="getRun", what="GET /r", state="missing", reason="answered 404")
    *events, end = without(seen(), Surveyed)
    assert isinstance(end, Finished)
    end = replace(end, exit_code=3, unverified=("no run was listed",))
    document = _read((*events, Surveyed(operations=(one,)), end))
    FORM.assertValid(document)
    (failure,) = document.iter("failure")
    assert failure.get("message") == "no run was listed"
    said = {one.get("name"): one.get("value") for one in document[0][0]}
    assert said["verdict"] == "not verified"
    assert said["operation getRun"] == "missing: answered 404"


@settings(max_examples=40, deadline=None)
@given(events=checks(surrogates=True))
def test_any_text_of_a_server_is_valid_junit(events: tuple[Event, ...]) -> None:
    """Characters that XML 1.0 cannot hold are replaced; each rule is decided once in a check."""
    once = {one.requirement: one for one in events if isinstance(one, Decided)}
    FORM.assertValid(_read((events[0], *once.values(), events[-1])))
