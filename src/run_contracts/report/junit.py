"""The report for CI: JUnit XML, one test case for each requirement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from run_contracts.events import Decided, Event, Started
from run_contracts.report.text import decided

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(events: Sequence[Event]) -> bytes:
    """Return the JUnit document of a check, as UTF-8.

    A broken MUST and what was blocked are failures, our own errors are errors, and everything
    that could not be decided, and advice, is skipped with its reason.
    """
    target = next((event.target for event in events if isinstance(event, Started)), "")
    verdicts = [event for event in events if isinstance(event, Decided)]
    suite = ET.Element(
        "testsuite",
        name="run-contracts",
        tests=str(len(verdicts)),
        failures=str(sum(one.is_red and one.result != "error" for one in verdicts)),
        errors=str(sum(one.result == "error" for one in verdicts)),
        skipped=str(sum(not one.is_red and one.result != "pass" for one in verdicts)),
    )
    for verdict in verdicts:
        suite.append(_case(verdict, target))
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    text: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return text


def _case(verdict: Decided, target: str) -> ET.Element:
    case = ET.Element(
        "testcase", classname=f"run_contracts.{verdict.area}", name=verdict.requirement
    )
    properties = ET.SubElement(case, "properties")
    for name in ("level", "sentence", "source"):
        ET.SubElement(properties, "property", name=name, value=_clean(getattr(verdict, name)))
    if verdict.result == "pass":
        return case
    text = "\n".join(decided(verdict, again=f"run-contracts check {target}")).strip()
    tag = "skipped"
    if verdict.is_red:
        tag = "error" if verdict.result == "error" else "failure"
    message = verdict.reason or verdict.sentence
    child = ET.SubElement(case, tag, message=_clean(message))
    child.text = _clean(text) or None
    return case


def _clean(text: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)
