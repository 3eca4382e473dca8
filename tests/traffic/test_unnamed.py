"""Objects that do not call themselves what they are: the name is one finding, the rest is seen."""

from __future__ import annotations

from typing import Any

import pytest

from run_contracts.traffic.unnamed import unnamed
from tests.probes.lacking import checked, results

RUN = {"id": "run_1", "thread_id": "thread_1", "status": "queued"}


@pytest.mark.parametrize(
    ("value", "kind", "response"),
    [
        (RUN | {"object": "thread"}, "run", "run"),
        (RUN | {"error": {"message": "No."}}, "run", "run"),
        ({"id": "run_1"}, "run", "run"),
        (RUN | {"id": ""}, "run", "run"),
        (RUN, "thread", "run"),
        ([RUN], "run", "run"),
        ({"data": RUN}, "run", "run_list"),
        ({"data": ["run_1", {}]}, "run", "run_list"),
    ],
)
def test_what_is_something_else_is_not_taken_for_it(value: Any, kind: str, response: str) -> None:
    """Another kind, an error, no ids, another operation, another form."""
    assert list(unnamed(value, kind, response)) == []


def test_items_are_known_in_a_list_without_a_name() -> None:
    """Whether they say what they are or not, each with its place."""
    value = {"data": [RUN, RUN | {"object": "thread.run"}]}
    assert [one.place for one in unnamed(value, "run", "run_list")] == ["/data/0", "/data/1"]


def test_a_server_that_names_nothing_rightly_is_checked_all_the_same() -> None:
    """Its runs are polled, cancelled and listed; what breaks is what they call themselves."""

    def change(_: str, __: Any, status: int, answer: Any) -> tuple[int, Any]:
        is_named = isinstance(answer, dict) and "object" in answer
        return status, answer | {"object": "thing"} if is_named else answer

    said = results(checked(change))
    held = ("RUN-CREATE-001", "RUN-LIFE-001", "RUN-CANCEL-005", "RUN-LIST-009", "RUN-ID-014")
    assert {said[one] for one in held} == {"pass"}
    assert {said[one] for one in ("RUN-SHAPE-002", "RUN-LIST-001", "RUN-OBJ-003")} == {"fail"}
