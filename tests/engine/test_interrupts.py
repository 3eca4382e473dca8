"""Ctrl-C and SIGTERM end a check in order, wherever they come."""

from __future__ import annotations

import signal
import sys
import threading

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.engine.creations import leftovers
from run_contracts.engine.interrupts import Interrupts
from run_contracts.engine.runner import check
from run_contracts.events import Event, ExitCode, ProbeEnded, exchanges
from run_contracts.probes import planned
from run_contracts.server import ServerOptions
from tests.engine.servers_in_the_way import connection_to
from tests.engine.verdicts import finished, verdicts

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals are sent in another way there"),
    pytest.mark.skipif(
        threading.current_thread() is not threading.main_thread(), reason="signals come elsewhere"
    ),
]


def _interrupted(
    *, at_request: int = 0, after: str = "", by: signal.Signals = signal.SIGINT
) -> list[Event]:
    """Return the events of a check that a signal ends at a request, or while a probe is told."""
    options = ServerOptions.for_checking()
    target = Target(url="http://reference.invalid/v1", key=options.api_key, timeout=2.0)
    told: list[Event] = []
    raised: list[int] = []

    def on_request(_: str, sent: int) -> None:
        # Requests that race are told the same number, so that the next one is left out.
        if sent >= at_request > 0 and not raised:
            raised.append(sent)
            signal.raise_signal(by)

    def follow() -> None:
        with connection_to(options) as connection:
            for event in check(
                target, probes=planned("smoke"), connection=connection, on_request=on_request
            ):
                told.append(event)
                if isinstance(event, ProbeEnded) and event.probe == after:
                    signal.raise_signal(by)

    before = signal.getsignal(by)
    with pytest.raises(KeyboardInterrupt):
        follow()
    assert signal.getsignal(by) is before
    return told


@pytest.mark.parametrize("where", [{"at_request": 1}, {"at_request": 40}, {"after": "limits"}])
def test_ctrl_c_ends_a_check_in_order(where: dict[str, int]) -> None:
    """What came is judged, nothing is left behind, and the caller is interrupted afterwards."""
    told = _interrupted(**where)  # type: ignore[arg-type]
    footer = finished(told)
    assert (footer.exit_code, footer.is_cut) == (ExitCode.INTERRUPTED, True)
    assert "somebody interrupted the check; not run: " in str(footer.error)
    assert leftovers(exchanges(told)) == ()
    assert not [one for one in verdicts(told).values() if one.result == "fail"]


def test_sigterm_ends_a_check_as_ctrl_c_does() -> None:
    """Nothing is left behind; the exit code says which of them it was."""
    told = _interrupted(at_request=40, by=signal.SIGTERM)
    footer = finished(told)
    assert (footer.exit_code, footer.is_cut) == (ExitCode.TERMINATED, True)
    assert leftovers(exchanges(told)) == ()


def test_a_sigterm_that_somebody_else_listens_for_stays_theirs() -> None:
    """A program that checks a server in its own process keeps its own way to end."""
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        with Interrupts() as interrupts:
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM]
    assert not interrupts.is_asked


def test_a_line_that_is_being_told_is_told_to_its_end() -> None:
    """Outside requests Ctrl-C is only noted: the next probe does not begin."""
    told = _interrupted(after="limits")
    assert [one.probe for one in told if isinstance(one, ProbeEnded)][:2] == ["lifecycle", "limits"]
    assert finished(told).requests == sum(one.source != "cleaning up" for one in exchanges(told))
