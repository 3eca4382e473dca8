"""What a check shows broken, on the terminal as soon as it is seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from run_contracts.events import Event, Exchanged, FirstSeen
from run_contracts.report.finding_lines import first_seen
from run_contracts.traffic.exchange import Exchange


def watched(config: pytest.Config, events: Iterable[Event]) -> Iterator[Event]:
    """Yield the events of a check, and print what they show broken at once.

    Nothing is printed for who wants quiet, and none by workers of xdist: they have no terminal, and
    the summary at the end has all of it.
    """
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    is_quiet = reporter is None or config.get_verbosity() < 0
    exchanges: dict[int, Exchange] = {}
    for event in events:
        match event:
            case Exchanged():
                exchanges[event.exchange.number] = event.exchange
            case FirstSeen(is_red=True) if not is_quiet:
                print_line(
                    config, "\n".join(first_seen(event, exchanges.get(event.broken.exchange)))
                )
        yield event


def print_line(config: pytest.Config, line: str) -> None:
    """Print a line in the middle of an item, whatever pytest does with the output of items.

    Workers of xdist have no terminal; there nothing is printed.
    """
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    capturing: Any = config.pluginmanager.get_plugin("capturemanager")
    if reporter is None:
        return
    with capturing.global_and_fixture_disabled():
        reporter.ensure_newline()
        reporter.write_line(line.strip(), red=True)
        reporter.flush()
