"""Metadata that are changed at once, or while something else is asked: any may be the last."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.written_traffic import CREATE, RUN, Traffic
from tests.samples import refusal, run

A, B, OLD = {"by": "a", "of": "a"}, {"by": "b", "of": "b"}, {"by": "old", "of": "old"}
ID = "RUN-MODIFY-002"


def _seen() -> Traffic:
    return Traffic().add(f"GET {RUN}", run(metadata=OLD))


def _modify(traffic: Traffic, metadata: Any, *, status: int = 200, together: int = 1) -> Traffic:
    answer = run(metadata=metadata) if status == 200 else refusal()
    body = {"metadata": metadata}
    return traffic.add(f"POST {RUN}", answer, status=status, body=body, together=together)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [(A, "held"), (B, "held"), ({**A, "more": "x"}, "held"), (OLD, "broken"), (None, "broken")],
)
def test_of_two_at_once_the_run_holds_one(kept: Any, expected: str) -> None:
    """Any may have been the last; what was before both of them is not there any more."""
    traffic = _modify(_modify(_seen(), A), B).add(f"GET {RUN}", run(metadata=kept))
    assert traffic.results(ID) == [expected]


def test_a_mixture_of_two_is_wrong() -> None:
    """Whoever was the last wrote all of its pairs."""
    mixed = {"by": "a", "of": "b"}
    traffic = _modify(_modify(_seen(), A), B).add(f"GET {RUN}", run(metadata=mixed))
    assert traffic.results(ID) == ["broken"]


def test_a_change_beside_a_read_is_kept() -> None:
    """A read changes nothing, whenever it comes."""
    traffic = _modify(_seen(), A).add(f"GET {RUN}", run(metadata=OLD), together=1)
    assert traffic.add(f"GET {RUN}", run(metadata=OLD)).results(ID) == ["broken"]


def test_what_is_read_meanwhile_says_nothing() -> None:
    """The old metadata in a read beside the change were there before it."""
    traffic = _modify(_seen(), A).add(f"GET {RUN}", run(metadata=OLD), together=1)
    assert traffic.results(ID) == []


@pytest.mark.parametrize("together", [0, 2])
def test_a_later_change_explains_what_is_read(together: int) -> None:
    """It came before the read, or was under way beside it."""
    traffic = _modify(_seen(), A).add(f"GET {RUN}", run(metadata=OLD), together=1)
    if together:
        traffic.add(f"GET {RUN}", run(metadata=B), together=together)
    traffic = _modify(traffic, B, together=together)
    if not together:
        traffic.add(f"GET {RUN}", run(metadata=B))
    assert "broken" not in traffic.results(ID)


def test_a_change_beside_the_read_explains_it_for_one_that_was_alone() -> None:
    """Its request has a higher number than the read, and may have come before it."""
    traffic = _modify(_seen(), A, together=0)
    traffic.add(f"GET {RUN}", run(metadata=B), together=1)
    assert "broken" not in _modify(traffic, B).results(ID)


def test_a_change_without_an_answer_may_come_at_any_time() -> None:
    """What it asked for may have been done since."""
    traffic = _modify(_seen(), A).lose(f"POST {RUN}")
    assert traffic.add(f"GET {RUN}", run(metadata=OLD)).results(ID) == []


@pytest.mark.parametrize(("status", "expected"), [(400, ["broken"]), (500, [])])
def test_a_refused_change_is_none(status: int, expected: list[str]) -> None:
    """One that the server failed at may have been done."""
    traffic = _modify(_modify(_seen(), A), B, status=status)
    assert traffic.add(f"GET {RUN}", run(metadata=B)).results(ID) == expected


def test_a_read_beside_a_change_may_show_it_before_its_answer() -> None:
    """What a create gave is repeated until then, and nobody knows when then was."""
    runs = "/threads/thread_1/runs"
    traffic = Traffic().add(f"POST {runs}", run("queued", metadata={}), body=CREATE)
    traffic.add(f"GET {RUN}", run("queued", metadata=A), together=1)
    assert "broken" not in _modify(traffic, A).results("RUN-ECHO-003")
