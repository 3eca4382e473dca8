"""The report for CI: JUnit XML, one test case for each requirement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree as ET

from run_contracts.events import Decided, Event
from run_contracts.report import sanitizing
from run_contracts.report.coverage_table import share
from run_contracts.report.finding_lines import decided, follows_from
from run_contracts.report.summary import Summary
from run_contracts.report.words import OWN_ERROR, concerns

TAGS = {"broken": "failure", "error": "error", "pass": None}
"""What a verdict of each outcome is in JUnit; every other is skipped."""


def document(events: Sequence[Event], *, file: str = "") -> bytes:
    """Return the JUnit document of a check, as UTF-8; `file` is the report that holds its events.

    A broken MUST is a failure, in full where it is the first to mend of its cause; our own errors
    are errors; everything that could not be decided, advice, and a known failure is skipped with
    its reason. What is red beside the verdicts is a failure of a case of its own: that something
    had to be offered, or seen, and was not, or what is wrong with the list of known failures.
    Errors of ours are an error of such a case.
    """
    summary = Summary.of(events, file=file)
    wrong = concerns(summary.finished)
    tags = [*map(_tag, summary.verdicts), *map(_tag_of_concern, wrong)]
    suite = ET.Element(
        "testsuite",
        name="run-contracts",
        tests=str(len(tags)),
        failures=str(tags.count("failure")),
        errors=str(tags.count("error")),
        skipped=str(tags.count("skipped")),
    )
    suite.append(_properties(_of_check(summary)))
    for verdict in summary.verdicts:
        suite.append(_case(verdict, summary))
    for name, lines in wrong.items():
        suite.append(_wrong(name, lines))
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    text: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return text


def _of_check(summary: Summary) -> Iterator[tuple[str, str]]:
    """Yield what is said of the whole check: what it comes to, the causes, the operations."""
    yield "verdict", summary.conclusion
    for cause in summary.causes:
        yield "cause", f"{cause.place} {cause.lead.requirement} {cause.lead.sentence}"
    if summary.covered is not None:
        yield "coverage", share(summary.covered)
    for one in summary.surveyed.operations if summary.surveyed else ():
        yield f"operation {one.operation}", ": ".join(filter(None, (one.state, one.reason)))


def _properties(pairs: Iterable[tuple[str, str]]) -> ET.Element:
    properties = ET.Element("properties")
    for name, value in pairs:
        ET.SubElement(
            properties,
            "property",
            name=sanitizing.document(name),
            value=sanitizing.document(value),
        )
    return properties


def _wrong(name: str, lines: Sequence[str]) -> ET.Element:
    """Return the case that says what is wrong with the check as a whole."""
    case = ET.Element("testcase", classname="run_contracts", name=name)
    child = ET.SubElement(case, _tag_of_concern(name), message=sanitizing.document(lines[0]))
    child.text = sanitizing.document("\n".join(lines))
    return case


def _tag_of_concern(name: str) -> str:
    return "error" if name == OWN_ERROR else "failure"


def _tag(verdict: Decided) -> str | None:
    return TAGS.get(verdict.outcome, "skipped")


def _case(verdict: Decided, summary: Summary) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=sanitizing.document(f"run_contracts.{verdict.area}"),
        name=verdict.requirement,
    )
    pairs = [(name, getattr(verdict, name)) for name in ("level", "sentence", "source")]
    case.append(_properties([("id", verdict.requirement), *pairs]))
    tag = _tag(verdict)
    if tag is not None:
        message, text = _said(verdict, summary)
        child = ET.SubElement(case, tag, message=sanitizing.document(message))
        child.text = sanitizing.document(text) or None
    return case


def _said(verdict: Decided, summary: Summary) -> tuple[str, str]:
    """Return the message of a case, and its text: both are short if it follows from another."""
    leader = summary.leader_of(verdict)
    if leader is not None:
        return follows_from(leader), ""
    shown_in = summary.exchanges.get(verdict.broken[0].exchange) if verdict.broken else None
    lines = decided(verdict, command=summary.next_step(verdict), shown_in=shown_in)
    known = f"known failure: {verdict.known}" if verdict.known else ""
    return known or verdict.reason or verdict.sentence, "\n".join(lines)
