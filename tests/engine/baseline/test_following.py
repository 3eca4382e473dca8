"""What a known failure keeps from being exercised, or seen, does not make a check red for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from run_contracts.engine.baseline import EMPTY, Baseline, unknown
from run_contracts.engine.policy import Policy
from run_contracts.events import Decided, Event, ExitCode, Finished
from run_contracts.probes import planned
from tests.engine.servers_in_the_way import Answer, seen
from tests.engine.verdicts import finished, verdicts


def _no_lists(method: str, path: str) -> Answer | None:
    """Fail whenever runs are to be listed."""
    return (500, {}) if (method, path.rpartition("/")[2]) == ("GET", "runs") else None


@cache
def _events() -> tuple[Event, ...]:
    return tuple(seen(_no_lists, probes=planned("smoke")))


def _known(events: Sequence[Event]) -> Baseline:
    return Baseline(
        entries=tuple(replace(one, reason="ticket 17") for one in unknown(events, EMPTY))
    )


def _after(events: Sequence[Event]) -> list[Event]:
    return list(Policy(baseline=_known(events)).applied(events))


def test_what_could_not_be_exercised_follows_from_the_failure_that_is_known() -> None:
    """It is known by the same reason, and names the requirement whose failure that is."""
    blocked = {name for name, one in verdicts(_events()).items() if one.result == "blocked"}
    assert "RUN-LIST-009" in blocked
    after = verdicts(_after(_events()))
    assert after["RUN-LIST-009"].known.startswith("follows from RUN-ERR-008, ticket 17, until ")


def test_without_a_known_failure_nothing_follows() -> None:
    """What was blocked stays so, and nobody accepted it."""
    assert not any(one.known for one in verdicts(_events()).values())


UNSEEN = ("no run was listed", "only 3 of the 160 MUSTs were seen")


@pytest.mark.parametrize("sentence", UNSEEN)
def test_what_was_not_seen_for_a_known_failure_is_explained(sentence: str) -> None:
    """It is named with that failure, and the check can be green."""
    told = _with_unverified(sentence)
    footer = finished(_after(told))
    assert (footer.exit_code, footer.unverified) == (ExitCode.HOLDS, ())
    (explained,) = footer.explained
    assert explained.startswith(f"{sentence}; known: follows from RUN-ERR-008, ticket 17")


def test_what_was_not_seen_for_another_reason_is_not_explained() -> None:
    """A known failure of lists does not say why no run came to rest."""
    footer = finished(_after(_with_unverified("no run came to rest; they were seen queued")))
    assert footer.exit_code == ExitCode.NOTHING_VERIFIED
    assert footer.explained == ()


def test_an_entry_that_expired_explains_nothing() -> None:
    """The sentences are as they were."""
    told = _with_unverified("no run was listed")
    footer = finished(list(Policy().applied(_after(told))))
    assert (footer.unverified, footer.explained) == (("no run was listed",), ())


def _with_unverified(*sentences: str) -> list[Event]:
    *events, end = (one for one in _events() if _is_kept(one))
    assert isinstance(end, Finished)
    return [*events, replace(end, unverified=sentences)]


def _is_kept(event: Event) -> bool:
    """Pass over what is broken elsewhere."""
    return not isinstance(event, Decided) or event.result != "error"
