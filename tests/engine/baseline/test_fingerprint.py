"""A fingerprint is the same for the same cause, and another for another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from run_contracts.client.checked_target import Target
from run_contracts.engine.baseline import causes as causes_of
from run_contracts.engine.baseline import fingerprint
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.trial import reference
from run_contracts.errors import UsageError
from run_contracts.events import Broken, Decided, exchanges
from run_contracts.events.fingerprint import FingerprintIndex
from run_contracts.server import ServerOptions
from run_contracts.validation.found import MISSING, shown, type_of
from tests.report.checks_made import seen

WORDS = st.text(max_size=30)
NUMBERS = st.integers(0, 10**12)
OPERATIONS = st.sampled_from(("getRun", "listRuns", "createRun"))
FORMS = st.sampled_from(
    (
        ("/data/{n}/usage", "null", "object"),
        ("/data/{n}/usage", "not-null", "null"),
        ("/data/{n}/usage", "not-null", "nothing"),
        ("/has_more", "cut-short", "boolean"),
        ("line {n}: /id", "prefix", "string"),
        ("", "server-error", "number"),
        ("/metadata/k{n}", "not-as-asked", "string"),
    )
)
Form = tuple[str, str, str]


def _broken(form: Form, number: int, found: str, expected: str) -> Broken:
    pointer, code, found_type = form
    return Broken(
        exchange=number + 1,
        request=f"GET http://127.0.0.1:{number}/v1/threads/thread_{number}/runs",
        pointer=pointer.format(n=number),
        found=found,
        expected=expected,
        code=code,
        found_type=found_type,
    )


MOMENTS = st.tuples(NUMBERS, WORDS, WORDS)


@settings(max_examples=200)
@given(form=FORMS, operation=OPERATIONS, one=MOMENTS, other=MOMENTS)
def test_ids_numbers_ports_and_all_sentences_are_not_in_it(
    form: Form, operation: str, one: tuple[int, str, str], other: tuple[int, str, str]
) -> None:
    """The same failure in another run, on another port, in other words."""
    first, second = _broken(form, *one), _broken(form, *other)
    assert fingerprint(first, operation) == fingerprint(second, operation)


@settings(max_examples=100)
@given(
    causes=st.lists(st.tuples(FORMS, OPERATIONS), min_size=2, max_size=2, unique=True),
    moment=MOMENTS,
)
def test_another_cause_has_another_fingerprint(
    causes: list[tuple[Form, str]], moment: tuple[int, str, str]
) -> None:
    """Another place, another way to be broken, another type found, another operation."""
    one, other = (fingerprint(_broken(form, *moment), operation) for form, operation in causes)
    assert one != other


def test_a_report_from_before_the_codes_is_told() -> None:
    """What has no code cannot be recognised, and one line says what to do."""
    old = Broken(exchange=1, request="GET http://h/v1", pointer="", found="1", expected="2")
    with pytest.raises(UsageError, match="check again"):
        fingerprint(old, "getRun")


def _checked(fault: str, seed: int) -> dict[str, dict[str, bool]]:
    options = ServerOptions.for_checking(seed=seed, faults=(fault,))
    url = f"http://reference{seed}.invalid:{8000 + seed}/v1"
    target = Target(url=url, key=options.api_key, seed=seed, profile="smoke", timeout=2.0)
    with reference(options) as connection:
        told = list(check(target, only=[fault.removesuffix("-b")], connection=connection))
    assert any(isinstance(one, Decided) and one.broken for one in told)
    return causes_of(told)


@pytest.mark.parametrize(
    "fault", ["RUN-LIST-005", "RUN-STATUS-017", "RUN-ID-004", "RUN-ECHO-003", "RUN-STREAM-008-b"]
)
def test_real_failures_have_the_same_fingerprints_on_another_server(fault: str) -> None:
    """Other ids, other words, another port, the same cause."""
    assert _checked(fault, 1) == _checked(fault, 2)


@pytest.mark.parametrize("id_", ["RUN-STATUS-019"])
def test_a_rule_that_is_broken_in_two_statuses_has_one_fingerprint(id_: str) -> None:
    """Who accepts a failure accepts it whatever the run was doing when it was read."""
    events = seen(id_)
    reads = {
        one.number: one.answered["status"]
        for one in exchanges(events)
        if one.operation_id == "getRun" and one.is_success
    }
    (verdict,) = (one for one in events if isinstance(one, Decided) and one.requirement == id_)
    statuses = {reads[one.exchange] for one in verdict.broken if one.exchange in reads}
    assert len(statuses) == 2
    assert sum(cause.startswith("getRun ") for cause in causes_of(events)[id_]) == 1


def test_what_kind_of_thing_was_found_tells_causes_apart() -> None:
    """A number for a text is mended elsewhere than a null for one; which number does not matter."""
    kinds: list[list[Any]] = [["a", "b"], [[1], []], [{"a": 1}, {}], [1, -7.5], [True, False]]
    kinds += [[None], [MISSING]]
    fingerprints = [
        {
            fingerprint(_broken(("/a", "type", type_of(value)), 1, shown(value), "b"), "getRun")
            for value in values
        }
        for values in kinds
    ]
    assert all(len(same) == 1 for same in fingerprints)
    assert len(set().union(*fingerprints)) == len(kinds)


@pytest.mark.parametrize(
    ("source", "is_generated"),
    [("walks", True), ("schemathesis coverage", True), ("lists", False), ("", False)],
)
def test_generated_requests_are_known_by_their_source(source: str, is_generated: bool) -> None:
    """What chance showed may not show again; what is not in the report was not generated."""
    index = FingerprintIndex()
    (first, *_) = exchanges(seen())
    index.add(replace(first, source=source))
    shown = _broken(("/a", "type", "string"), first.number - 1, "b", "c")
    other = _broken(("/a", "type", "string"), first.number, "b", "c")
    assert (index.is_generated(shown), index.is_generated(other)) == (is_generated, False)
