"""Hunts: they bear servers that do not do the same thing twice, and end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import hypothesis
import pytest
from hypothesis import strategies as st

from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.probes.search.hunt import MOST_ATTEMPTS, Hunt, settings
from run_contracts.traffic.exchange import Exchange


class Server:
    """Stands for a server: an attempt is a list of numbers, and a rule says which break what."""

    def __init__(self) -> None:
        self.said: list[list[int]] = []
        self.sends = 0

    def broken(self, _: Sequence[Exchange]) -> set[str]:
        """Return what the last attempt breaks."""
        last = self.said[-1] if self.said else []
        return {"RUN-LIFE-001"} if sum(last) > 100 else set()


@pytest.fixture
def session() -> Session:
    """Return a session that is never used to send."""
    return Session(Target(url="http://nowhere.invalid/v1"))


def _searched(server: Server, session: Session, judge: object = None) -> Hunt:
    hunt = Hunt(session, judge or server.broken)  # type: ignore[arg-type]

    def say(numbers: list[int]) -> None:
        server.sends += 1
        server.said.append(numbers)

    def attempt(numbers: list[int]) -> None:
        hunt.attempt("numbers", lambda: say(numbers))

    test = hypothesis.given(st.lists(st.integers(0, 1000)))(attempt)
    hunt.search(hypothesis.seed(1)(settings(200)(test)))
    return hunt


def test_hypothesis_makes_shorter_what_breaks_a_requirement(session: Session) -> None:
    """The shortest list above a hundred is one number."""
    server = Server()
    assert _searched(server, session).found == {"RUN-LIFE-001"}
    broken = [said for said in server.said if sum(said) > 100]
    assert min(broken, key=lambda said: (len(said), said)) == [101]


def test_a_server_that_breaks_only_once_is_no_error(session: Session) -> None:
    """What cannot be seen again is kept as found; the verdict rests on what was exchanged."""
    server = Server()
    seen: list[int] = []

    def once(exchanges: Sequence[Exchange]) -> set[str]:
        broken = server.broken(exchanges) if not seen else set()
        seen.extend(map(len, broken))
        return broken

    assert _searched(server, session, once).found == {"RUN-LIFE-001"}


def test_the_attempts_to_make_something_shorter_are_bounded(session: Session) -> None:
    """A live server is not asked without end."""
    server = Server()

    def stubborn(_: Sequence[Exchange]) -> set[str]:
        return {f"RUN-LIFE-{server.sends % 7}"} if server.sends > 10 else set()

    _searched(server, session, stubborn)
    assert server.sends <= 10 + MOST_ATTEMPTS + 1


def test_an_error_of_ours_is_not_taken_for_a_find(session: Session) -> None:
    """It leaves the search as it is."""

    def wrong(_: Sequence[Exchange]) -> set[str]:
        if server.said:
            raise ZeroDivisionError
        return set()

    server = Server()
    with pytest.raises(ZeroDivisionError):
        _searched(server, session, wrong)


def test_a_case_is_sent_again_smaller_as_long_as_it_breaks_the_same(session: Session) -> None:
    """What breaks nothing is not gone on from."""
    server = Server()
    hunt = Hunt(session, server.broken)

    def less(numbers: list[int]) -> Iterator[list[int]]:
        return (numbers[:at] + numbers[at + 1 :] for at in range(len(numbers)))

    hunt.shrink("numbers", [1, 70, 2, 50], server.said.append, less)
    assert hunt.found == {"RUN-LIFE-001"}
    assert [said for said in server.said if sum(said) > 100][-1] == [70, 50]
    hunt.shrink("numbers", [1, 200], server.said.append, less)
    assert server.said[-1] == [1, 200]
