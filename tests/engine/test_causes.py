"""Causes: broken requirements in groups that one repair would end, the first to mend first."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from run_contracts.contract.requirements import register
from run_contracts.engine.causes import causes
from run_contracts.events import Broken, Cause, Decided, Result
from tests.engine.verdicts import checked_in_process, verdicts


def _broken(
    requirement: str, *places: tuple[int, str], level: str = "MUST", code: str = ""
) -> Decided:
    """Return a verdict that these exchanges show broken, at these pointers."""
    return Decided(
        requirement=requirement,
        area=register("v2")[requirement].area,
        level=level,
        sentence="",
        why="",
        source="",
        result=Result.FAIL,
        is_red=level == "MUST",
        held=0,
        broken=tuple(
            Broken(
                exchange=number,
                request="GET /",
                pointer=pointer,
                found="0",
                expected="null",
                code=code,
            )
            for number, pointer in places
        ),
        reason="",
    )


def _groups(verdicts: Iterable[Decided]) -> list[tuple[str, ...]]:
    return [cause.requirements for cause in causes(verdicts, {})]


def test_rules_about_one_field_have_one_cause() -> None:
    """The plainest of them leads, in lists and streams as in a run itself."""
    status = _broken("RUN-STATUS-006", (1, "/completed_at"), (2, "/data/3/completed_at"))
    time = _broken("RUN-TIME-002", (2, "line 7: /completed_at"))
    assert _groups([time, status]) == [("RUN-STATUS-006", "RUN-TIME-002")]


def test_rules_about_two_fields_have_two_causes() -> None:
    """Even where one answer shows both."""
    usage = _broken("RUN-USAGE-001", (1, "/usage/total_tokens"))
    status = _broken("RUN-STATUS-006", (1, "/completed_at"))
    assert len(_groups([usage, status])) == 2


def test_a_failing_server_explains_what_its_failures_break() -> None:
    """And only that: what else is broken stands for itself."""
    failing = _broken("RUN-ERR-008", (1, ""), (2, ""))
    envelope = _broken("RUN-ERR-001", (2, ""))
    listed = _broken("RUN-LIST-006", (3, "/data"))
    assert _groups([listed, envelope, failing]) == [
        ("RUN-ERR-008", "RUN-ERR-001"),
        ("RUN-LIST-006",),
    ]


def test_fields_that_are_missing_together_have_one_cause() -> None:
    """With what follows from each; a wrong field, a part of one, and another kind do not."""
    usage = _broken("RUN-SHAPE-020", (1, "/usage"), (2, "/data/0/usage"), code="missing")
    limit = _broken("RUN-SHAPE-023", (2, "/data/0/max_completion_tokens"), code="missing")
    echo = _broken("RUN-ECHO-004", (2, "/max_completion_tokens"))
    part = _broken("RUN-USAGE-001", (2, "/incomplete_details/reason"), code="missing")
    cursor = _broken("RUN-LIST-010", (2, "/has_more"), code="missing")
    elsewhere = _broken("RUN-SHAPE-016", (3, "/instructions"), code="missing")
    assert set(_groups([elsewhere, cursor, part, echo, limit, usage])) == {
        ("RUN-SHAPE-020", "RUN-SHAPE-023", "RUN-ECHO-004"),
        ("RUN-USAGE-001",),
        ("RUN-LIST-010",),
        ("RUN-SHAPE-016",),
    }


def test_a_list_without_items_lacks_a_field() -> None:
    """With the other fields it lacks; that its items are wrong is about none."""
    items = _broken("RUN-LIST-002", (1, "/data"), code="missing")
    more = _broken("RUN-LIST-010", (1, "/has_more"), code="missing")
    order = _broken("RUN-LIST-007", (1, "/data"))
    assert sorted(map(len, _groups([items, more, order]))) == [1, 2]


def test_advice_comes_after_what_is_red() -> None:
    """However often it was seen."""
    advice = _broken("RUN-LIST-017", *((number, "") for number in range(9)), level="SHOULD")
    red = _broken("RUN-SUBMIT-003", (20, ""))
    assert _groups([advice, red]) == [("RUN-SUBMIT-003",), ("RUN-LIST-017",)]


IDS = st.sampled_from(sorted(register("v2")))
PLACES = st.tuples(st.integers(1, 9), st.sampled_from(["", "/usage", "/data/1/usage", "/status"]))


@given(st.dictionaries(IDS, st.lists(PLACES, min_size=1, max_size=4), max_size=12))
def test_each_broken_requirement_has_one_cause(places: dict[str, list[tuple[int, str]]]) -> None:
    """None is lost and none is in two groups; the ranks count from one, red ones first."""
    broken = [_broken(requirement, *where) for requirement, where in places.items()]
    found = list(causes(broken, {}))
    ids = [requirement for cause in found for requirement in cause.requirements]
    assert sorted(ids) == sorted(places)
    assert [cause.rank for cause in found] == list(range(1, len(found) + 1))


def test_a_few_faults_make_a_few_causes() -> None:
    """Ten planted faults are no more than about as many groups, each red one named once."""
    faults = (
        "RUN-STATUS-006", "RUN-USAGE-001", "RUN-CANCEL-002", "RUN-LIST-005", "RUN-ERR-001",
        "RUN-SUBMIT-003", "RUN-SHAPE-004", "RUN-STEP-020", "RUN-STREAM-003", "RUN-MODIFY-002",
    )  # fmt: skip
    seen = checked_in_process(faults=faults, profile="smoke")
    red = {one.requirement for one in verdicts(seen).values() if one.is_red}
    found = [event for event in seen if isinstance(event, Cause) and event.is_red]
    assert red <= {requirement for cause in found for requirement in cause.requirements}
    assert len(found) <= 1.5 * len(faults)
