"""What a check of a target came to, beside its verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.trial import reference
from run_contracts.events import Event, ExitCode, Finished
from run_contracts.server import ServerOptions
from run_contracts.testing.check_result import CheckResult

SPENT = "in rarer_refusals: a smoke check sends 80 requests at most, and they are sent"


@pytest.fixture(scope="module")
def seen() -> Sequence[Event]:
    """Return the events of a smoke check of a right server."""
    options = ServerOptions.for_checking()
    target = Target(url="http://reference.invalid/v1", key=options.api_key, profile="smoke")
    with reference(options) as connection:
        return tuple(check(target, connection=connection))


def _ended(seen: Sequence[Event], exit_code: ExitCode) -> CheckResult:
    footer = seen[-1]
    assert isinstance(footer, Finished)
    ended = replace(footer, error=SPENT, exit_code=exit_code, is_cut=exit_code != ExitCode.HOLDS)
    return CheckResult.of("default", [*seen[:-1], ended])


def test_a_profile_that_sent_all_it_ever_sends_is_not_red(seen: Sequence[Event]) -> None:
    """How often a slow server is asked until it is done says nothing of it."""
    assert _ended(seen, ExitCode.HOLDS).other_failures == ()


def test_a_check_that_was_stopped_is_red(seen: Sequence[Event]) -> None:
    """It says why."""
    (failure,) = _ended(seen, ExitCode.STOPPED).other_failures
    assert failure == f"the check was not carried through: {SPENT}"
