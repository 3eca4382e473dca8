"""A fault wraps methods of one server's parts: only those that exist, and in the order given."""

from __future__ import annotations

import pytest

from run_contracts.server import FAULTS, ServerOptions
from run_contracts.server.clock import PatientClock
from run_contracts.server.faults import put_on
from run_contracts.server.faults.fault import METHODS, after, changed, instead_of
from run_contracts.server.parts.edition_server import SERVER_PARTS, EditionServer, assembled
from run_contracts.server.parts.list_pages import ListPages


def _server() -> EditionServer:
    return assembled(ServerOptions(), PatientClock(speed=1.0, epoch=0), "v2")


def test_a_wrap_of_a_method_that_does_not_exist_cannot_be_written() -> None:
    """The module that holds it does not import, nor for a function that belongs to no part."""
    with pytest.raises(AttributeError, match="has_less"):
        after(ListPages.has_less)  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="no method of a part"):
        changed(str.upper, str.lower)


def test_a_fault_says_which_requirement_it_breaks() -> None:
    """A docstring that does not begin with an id is refused when it is read."""

    def nameless(server: EditionServer, rest: int) -> bool:
        """Has more, or not."""
        return True

    with pytest.raises(TypeError, match="does not say which requirement"):
        instead_of(ListPages.has_more)(nameless)


def test_every_wrap_names_a_part_and_a_method_of_it() -> None:
    """All parts are wrapped by some fault."""
    wraps = [wrap for fault in FAULTS.values() for wrap in fault.wraps]
    assert {(wrap.place, wrap.method) for wrap in wraps} <= set(METHODS.values())
    assert {wrap.place for wrap in wraps} == set(SERVER_PARTS)


def test_a_part_is_under_the_name_that_a_server_has_for_it() -> None:
    """What wraps look for is there."""
    server = _server()
    assert all(type(getattr(server, place)) is part for place, part in SERVER_PARTS.items())


def test_a_fault_is_in_one_server_alone() -> None:
    """The parts of other servers stay as they are; calls within a part meet the fault, too."""
    right, faulty = _server(), _server()
    put_on(faulty, (FAULTS["RUN-LIST-005-b"],))
    assert [server.lists.assistants({})["has_more"] for server in (right, faulty)] == [False, True]


@pytest.mark.parametrize(
    ("ids", "stamp"),
    [(("RUN-TIME-004", "RUN-SHAPE-010-b"), 5_000), (("RUN-SHAPE-010-b", "RUN-TIME-004"), 5.5)],
)
def test_of_two_faults_in_a_method_the_first_is_around_the_second(
    ids: tuple[str, ...], stamp: float
) -> None:
    """As they are given, so they are put on."""
    server = _server()
    put_on(server, tuple(FAULTS[fault] for fault in ids))
    assert server.renderer.stamp(5.0) == stamp


def test_wraps_of_one_method_all_come_to_act() -> None:
    """Each sees what the one within it returns."""
    server = _server()
    put_on(server, (FAULTS["RUN-LIST-010-b"], FAULTS["RUN-LIST-004"]))
    page = server.lists.assistants({})
    assert "has_more" not in page
    assert page["last_id"] == ""
