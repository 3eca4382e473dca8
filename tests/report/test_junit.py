"""JUnit XML, as CI reads it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree

from run_contracts.events import Decided, Event
from run_contracts.report import junit
from tests.report.checks_made import SEVERAL, checks, seen

FORM = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))
BLOCKING = "RUN-CREATE-001"
"""A fault that keeps probes from their runs, so that some rules cannot be exercised."""


def _read(events: tuple[Event, ...]) -> etree._Element:
    return etree.fromstring(junit.document(events))


@pytest.mark.parametrize("faults", [(), SEVERAL, (BLOCKING,)])
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
    """A broken MUST is a failure, what was blocked an error, advice and the rest are skipped."""
    tags = {"broken": "failure", "blocked": "error", "error": "error", "pass": None}
    for events in (seen(*SEVERAL), seen(BLOCKING)):
        cases = {case.get("name"): case for case in _read(events).iter("testcase")}
        for one in events:
            if isinstance(one, Decided):
                children = [child.tag for child in cases[one.requirement][1:]]
                tag = tags.get(one.outcome, "skipped")
                assert children == ([tag] if tag else []), one


def test_something_is_blocked_in_the_example() -> None:
    """The test above would say nothing about errors otherwise."""
    outcomes = {one.outcome for one in seen(BLOCKING) if isinstance(one, Decided)}
    assert {"blocked", "pass"} <= outcomes


def test_every_case_says_what_rule_it_is() -> None:
    """Its id, level and source are properties."""
    verdicts = [one for one in seen() if isinstance(one, Decided)]
    for case, verdict in zip(_read(seen()).iter("testcase"), verdicts, strict=True):
        properties = {one.get("name"): one.get("value") for one in case.iter("property")}
        assert properties["id"] == verdict.requirement
        assert properties["level"] == verdict.level
        assert properties["source"] == verdict.source


@settings(max_examples=40, deadline=None)
@given(events=checks(surrogates=True))
def test_any_text_of_a_server_is_valid_junit(events: tuple[Event, ...]) -> None:
    """Characters that XML 1.0 cannot hold are replaced; each rule is decided once in a check."""
    once = {one.requirement: one for one in events if isinstance(one, Decided)}
    FORM.assertValid(_read((events[0], *once.values(), events[-1])))
