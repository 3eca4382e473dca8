"""What is read of the reports of checkers, which may hold anything."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from run_contracts.errors import UsageError
from run_contracts.rating.junit_failures import junit_failures
from run_contracts.rating.sarif_failures import sarif_failures

SUITE = b"""<?xml version="1.0"?><testsuites><testsuite name="s">
<testcase classname="a" name="holds"/>
<testcase classname="a" name="fails"><failure message="m1">the text</failure></testcase>
<testcase name="crashes"><error message="m2"/></testcase>
<testcase classname="a" name="skipped"><skipped message="m"/></testcase>
</testsuite></testsuites>"""
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + ']><testsuite><testcase name="&j;"><failure/></testcase></testsuite>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuite>&a;</testsuite>'


def test_junit_names_what_failed() -> None:
    """Failures and errors, by class and name; with their messages if asked."""
    assert junit_failures(SUITE) == {"a fails", "crashes"}
    assert junit_failures(SUITE, by_message=True) == {"a fails m1", "crashes m2"}


def test_a_failure_of_a_test_without_a_name_is_one() -> None:
    """What is red must not be green for want of a name."""
    assert junit_failures(b"<testsuite><testcase><error/></testcase></testsuite>") == {"(no name)"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no XML"),
        ("no xml", "is no XML"),
        (SUITE.decode()[:-20], "is no XML"),
        ("<html/>", "is no JUnit report: it begins with <html>"),
        ("<testsuite/>", "holds no test"),
        (BOMB, "declares a document type"),
        (OUTSIDE, "declares a document type"),
        ("<testsuite>" + "<a>" * 2_000_000, "too deep inside"),
        ('<?xml version="1.0" encoding="x-none"?><testsuite/>', "encoding"),
    ],
    ids=["empty", "text", "cut", "html", "nothing", "bomb", "outside", "deep", "encoding"],
)
def test_what_is_no_junit_report_is_refused(text: str, reason: str) -> None:
    """Quickly, whatever it would expand to."""
    began = time.monotonic()
    with pytest.raises(UsageError, match=reason):
        junit_failures(text.encode())
    assert time.monotonic() - began < 5


def test_many_failures_and_long_names_are_bounded() -> None:
    """A name is cut in its middle; too many names are no report."""
    case = '<testcase name="%s"><failure/></testcase>'
    (name,) = junit_failures(f"<testsuite>{case % ('x' * 100_000)}</testsuite>".encode())
    assert len(name) <= 400
    many = "".join(case % number for number in range(20_001))
    with pytest.raises(UsageError, match="more than 20,000 failures"):
        junit_failures(f"<testsuite>{many}</testsuite>".encode())


def sarif(*results: Any, rules: Any = ()) -> bytes:
    """Return a report with these results."""
    run = {"tool": {"driver": {"name": "t", "rules": list(rules)}}, "results": list(results)}
    return json.dumps({"version": "2.1.0", "runs": [run]}).encode()


def test_sarif_names_the_rules_that_are_broken() -> None:
    """Wherever the id of the rule stands; with the message if asked."""
    rules = [{"id": "by-index"}]
    report = sarif(
        {"ruleId": "plain", "level": "error", "message": {"text": "m"}},
        {"rule": {"id": "referred"}},
        {"ruleIndex": 0},
        rules=rules,
    )
    assert sarif_failures(report) == {"plain", "referred", "by-index"}
    assert "plain m" in sarif_failures(report, by_message=True)


@pytest.mark.parametrize(
    "result",
    [
        {"ruleId": "r", "level": "note"},
        {"ruleId": "r", "kind": "pass"},
        {"ruleId": "r", "suppressions": [{"kind": "external"}]},
        {"ruleId": "quiet"},
    ],
    ids=["note", "pass", "suppressed", "default"],
)
def test_sarif_that_is_no_failure_is_none(result: dict[str, Any]) -> None:
    """A note, what passed, what is suppressed, a rule whose default is to be quiet."""
    rules = [{"id": "quiet", "defaultConfiguration": {"level": "note"}}]
    assert sarif_failures(sarif(result, rules=rules)) == frozenset()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is no JSON"),
        (b"[]", "is no SARIF report"),
        (b'{"runs": []}', "holds no run"),
        (b'{"runs": {"a": 1}}', "holds no run"),
        (b"[" * 100_000, "cannot be read|is no JSON"),
    ],
)
def test_what_is_no_sarif_report_is_refused(data: bytes, reason: str) -> None:
    """Whatever form it has."""
    with pytest.raises(UsageError, match=reason):
        sarif_failures(data)


@pytest.mark.parametrize("odd", [None, 7, "x", [], {"ruleId": 3}, {"ruleIndex": -1}])
def test_odd_parts_of_a_sarif_report_are_borne(odd: Any) -> None:
    """What is no object is no result; a result may name no rule."""
    named = {"(no rule)"} if isinstance(odd, dict) else set()
    assert sarif_failures(sarif(odd, rules=[odd])) == named
