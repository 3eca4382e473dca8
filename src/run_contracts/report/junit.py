"""The report for CI: JUnit XML, one test case for each requirement."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from run_contracts.events import Decided, Event, Finished, Started
from run_contracts.report import sanitizing
from run_contracts.report.text import decided

TAGS = {"broken": "failure", "blocked": "error", "error": "error", "pass": None}
"""What a verdict of each outcome is in JUnit; every other is skipped."""


def document(events: Sequence[Event]) -> bytes:
    """Return the JUnit document of a check, as UTF-8.

    A broken MUST is a failure; what was blocked and our own errors are errors; everything that
    could not be decided, advice, and a known failure is skipped with its reason. What is wrong
    with the list of known failures is a failure of a case of its own.
    """
    started = next((event for event in events if isinstance(event, Started)), None)
    verdicts = [event for event in events if isinstance(event, Decided)]
    wrong = [line for event in events if isinstance(event, Finished) for line in event.baseline]
    tags = [*map(_tag, verdicts), *["failure"] * bool(wrong)]
    suite = ET.Element(
        "testsuite",
        name="run-contracts",
        tests=str(len(verdicts) + bool(wrong)),
        failures=str(tags.count("failure")),
        errors=str(tags.count("error")),
        skipped=str(tags.count("skipped")),
    )
    for verdict in verdicts:
        command = started.command_for(verdict.requirement) if started else ""
        suite.append(_case(verdict, command))
    if wrong:
        suite.append(_wrong(wrong))
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    text: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return text


def _wrong(lines: Sequence[str]) -> ET.Element:
    """Return the case that says what is wrong with the list of known failures."""
    case = ET.Element("testcase", classname="run_contracts", name="known failures")
    child = ET.SubElement(case, "failure", message=sanitizing.document(lines[0]))
    child.text = sanitizing.document("\n".join(lines))
    return case


def _tag(verdict: Decided) -> str | None:
    return TAGS.get(verdict.outcome, "skipped")


def _case(verdict: Decided, command: str) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=sanitizing.document(f"run_contracts.{verdict.area}"),
        name=verdict.requirement,
    )
    properties = ET.SubElement(case, "properties")
    ET.SubElement(properties, "property", name="id", value=verdict.requirement)
    for name in ("level", "sentence", "source"):
        value = sanitizing.document(getattr(verdict, name))
        ET.SubElement(properties, "property", name=name, value=value)
    tag = _tag(verdict)
    if tag is None:
        return case
    text = "\n".join(decided(verdict, command=command)).strip()
    known = f"known failure: {verdict.known}" if verdict.known else ""
    message = known or verdict.reason or verdict.sentence
    child = ET.SubElement(case, tag, message=sanitizing.document(message))
    child.text = sanitizing.document(text) or None
    return case
