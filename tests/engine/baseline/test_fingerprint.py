"""A fingerprint is the same for the same cause, and another for another."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from run_contracts.client.target import Target
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.engine.baseline import causes as causes_of
from run_contracts.engine.baseline import fingerprint
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.trial import reference
from run_contracts.events import Broken, Decided, Exchanged
from run_contracts.server import ServerOptions
from tests.report.checks_made import seen

IDS = st.builds(
    "{}_{}".format,
    st.sampled_from(("run", "thread", "x")),
    st.text(string.ascii_letters + string.digits, min_size=1, max_size=24),
) | st.uuids().map(str)
NUMBERS = st.integers(0, 10**12)
STATUSES = st.sampled_from(sorted(lifecycle("v2").statuses))
OPERATIONS = st.sampled_from(("getRun", "listRuns", "createRun"))
FORMS = st.sampled_from(
    (
        ("/data/{n}/usage", '{{"total": {n}}}', "null while status is {status}"),
        ("/has_more", "false", "true, {id} follows"),
        ("line {n}: /id", '"{id}"', "an id that begins with step_"),
        ("/status", '"{status}"', "the run as it was in #{n} GET http://h:{n}/v1/threads/{id}"),
        ("", "{n}", "an answer below 500"),
        ("/created_at", "{n}.5", "at least {n}, when {id} was made"),
        ("/metadata/k{n}", '"{id}"', 'what was asked for: {{"k": "{id}"}}'),
        ("/tools", '[{{"type": "{id}"}}, {n}]', "[{n}, {n}], as before"),
        ("/run_id", '"{id}"', "{id}"),
    )
)


def _broken(form: tuple[str, str, str], id_: str, number: int, status: str) -> Broken:
    pointer, found, expected = (one.format(id=id_, n=number, status=status) for one in form)
    request = f"GET http://127.0.0.1:{number}/v1/threads/{id_}/runs"
    return Broken(
        exchange=number + 1, request=request, pointer=pointer, found=found, expected=expected
    )


MOMENTS = st.tuples(IDS, NUMBERS, STATUSES)


@settings(max_examples=200)
@given(form=FORMS, operation=OPERATIONS, one=MOMENTS, other=MOMENTS)
def test_ids_numbers_ports_times_and_statuses_are_not_in_it(
    form: tuple[str, str, str],
    operation: str,
    one: tuple[str, int, str],
    other: tuple[str, int, str],
) -> None:
    """The same failure in another run, at another time, on another port."""
    first, second = _broken(form, *one), _broken(form, *other)
    assert fingerprint(first, operation) == fingerprint(second, operation)


@settings(max_examples=100)
@given(
    causes=st.lists(st.tuples(FORMS, OPERATIONS), min_size=2, max_size=2, unique=True),
    moment=MOMENTS,
)
def test_another_cause_has_another_fingerprint(
    causes: list[tuple[tuple[str, str, str], str]], moment: tuple[str, int, str]
) -> None:
    """Another place, another kind of thing found, something else expected, another operation."""
    one, other = (fingerprint(_broken(form, *moment), operation) for form, operation in causes)
    assert one != other


@given(word=st.text(string.ascii_lowercase, min_size=1), number=NUMBERS)
def test_ids_that_look_like_words_are_left_out_if_they_are_known(word: str, number: int) -> None:
    """The ids in the paths of the check tell."""
    assume(word != "follows")
    broken = _broken(("/has_more", "false", "true, {id} follows"), word, number, "queued")
    assert fingerprint(broken, "listRuns", {word, "true"}).endswith("expected * follows")


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


@pytest.mark.parametrize("id_", ["RUN-STATUS-002", "RUN-STATUS-019"])
def test_a_rule_that_is_broken_in_two_statuses_has_one_fingerprint(id_: str) -> None:
    """Who accepts a failure accepts it whatever the run was doing when it was read."""
    events = seen(id_)
    reads = {
        one.number: json.loads(one.response_body)["status"]
        for one in events
        if isinstance(one, Exchanged) and one.operation == "getRun" and one.status == 200
    }
    (verdict,) = (one for one in events if isinstance(one, Decided) and one.requirement == id_)
    statuses = {reads[one.exchange] for one in verdict.broken if one.exchange in reads}
    assert len(statuses) == 2
    assert sum(cause.startswith("getRun ") for cause in causes_of(events)[id_]) == 1


def test_what_kind_of_thing_was_found_tells_causes_apart() -> None:
    """A number for a text is mended elsewhere than a null for one; which number does not matter."""
    kinds = [['"a"', '"b"'], ["[1]", "[]"], ['{"a": 1}', "{}"], ["1", "-7.5"]]
    kinds += [["null"], ["true"], ["false"], ["nothing (the field is missing)"]]
    fingerprints = [
        {
            fingerprint(
                Broken(exchange=1, request="GET http://h", pointer="/a", found=found, expected="b"),
                "getRun",
            )
            for found in founds
        }
        for founds in kinds
    ]
    assert all(len(same) == 1 for same in fingerprints)
    assert len(set().union(*fingerprints)) == len(kinds)
