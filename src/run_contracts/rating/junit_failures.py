"""The tests that a JUnit report says failed: read without a tree, without entities, bounded."""

from __future__ import annotations

from xml.etree.ElementTree import ParseError, XMLParser

from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import line, shortened

MOST_FAILURES = 20_000
LONGEST_FAILURE_NAME = 400
"""Characters of the name of a failure; two that differ further inside are one."""
UNNAMED = "(no name)"
"""What a test is called that its report gives no name."""
_DEEPEST = 64
"""Elements inside one another; a report has four."""
_AT_ONCE = 64 * 1024
_ROOTS = frozenset({"testsuites", "testsuite"})
_FAILED = frozenset({"failure", "error"})


def failure_name(*parts: str) -> str:
    """Return what a failure is called, of the parts that name it."""
    return shortened(" ".join(part for part in parts if part), LONGEST_FAILURE_NAME)


def add_bounded(name: str, names: set[str]) -> None:
    """Add the name of a failure; raise `UsageError` if there are more than anybody reads."""
    names.add(name)
    if len(names) > MOST_FAILURES:
        raise UsageError(f"names more than {MOST_FAILURES:,} failures")


class _Failures:
    """What the parser hands the elements to; nothing of a report is kept but names."""

    def __init__(self, *, by_message: bool) -> None:
        self._by_message = by_message
        self._depth = 0
        self._test = ""
        self.tests = 0
        self.names: set[str] = set()

    def doctype(self, _name: str, _public: str, _system: str) -> None:
        """Refuse a document type: no report needs one, and entities are declared in it."""
        raise UsageError("declares a document type, which no JUnit report does")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        kind = tag.rpartition("}")[2]
        if not self._depth and kind not in _ROOTS:
            raise UsageError(f"is no JUnit report: it begins with <{line(shortened(kind, 40))}>")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise UsageError("has elements too deep inside one another for a JUnit report")
        if kind == "testcase":
            self.tests += 1
            named = failure_name(attributes.get("classname", ""), attributes.get("name", ""))
            self._test = named or UNNAMED
        elif kind in _FAILED and self._test:
            message = attributes.get("message", "") if self._by_message else ""
            add_bounded(failure_name(self._test, message), self.names)

    def end(self, tag: str) -> None:
        """End an element."""
        self._depth -= 1
        if tag.rpartition("}")[2] == "testcase":
            self._test = ""

    def close(self) -> None:
        """End the report."""


def junit_failures(data: bytes, *, by_message: bool = False) -> frozenset[str]:
    """Return the names of the tests that failed, with their messages if asked.

    Raises `UsageError` for what is no JUnit report, is cut, or holds no test.
    """
    report = _Failures(by_message=by_message)
    parser = XMLParser(target=report)  # noqa: S314 - a document type ends it, and so no entities
    try:
        for begin in range(0, len(data), _AT_ONCE):
            parser.feed(data[begin : begin + _AT_ONCE])
        parser.close()
    except ParseError as error:
        raise UsageError(f"is no XML: {line(shortened(str(error), 100))}") from None
    except (ValueError, LookupError) as error:  # an encoding that nobody has
        raise UsageError(f"cannot be read: {line(shortened(str(error), 100))}") from None
    if not report.tests:
        raise UsageError("holds no test")
    return frozenset(report.names)
