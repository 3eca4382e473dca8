"""What to type next shows a failure again, or it is said what that takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from run_contracts.events import Broken
from run_contracts.report.next_steps import next_step, replay_command
from run_contracts.traffic.exchange import Exchange, Request, Response
from tests.report.test_text import BROKEN, STARTED

ONLY, ALL = "check --only RUN-STATUS-017", "check"
VIOLATION = Broken(exchange=1, request="GET /", pointer="", found="1", expected="2")


def _exchange(source: str, *, together: int = 0, seconds: float = 0.0) -> Exchange:
    return Exchange(
        number=1,
        edition="v2",
        request=Request(method="GET", url="/"),
        response=Response(status=200, seconds=seconds),
        source=source,
        together=together,
    )


def _next(exchange: Exchange, *, replay: str = "") -> str:
    verdict = replace(BROKEN, broken=(VIOLATION,), sequence=(1,))
    return next_step(verdict, {1: exchange}, only=ONLY, whole=ALL, replay=replay)


def test_what_a_probe_showed_is_shown_by_the_probes_of_its_requirement() -> None:
    """The least that is sent."""
    assert _next(_exchange("lifecycle"), replay="replay r.jsonl") == ONLY


@pytest.mark.parametrize("source", ["walk 7", "schemathesis coverage of POST /threads/runs 3"])
def test_what_only_a_search_showed_is_sent_again_from_the_report(source: str) -> None:
    """Without a report it takes everything, and that is said behind the command."""
    assert _next(_exchange(source), replay="replay r.jsonl") == "replay r.jsonl RUN-STATUS-017"
    assert _next(_exchange(source)).startswith(f"{ALL}  # only generated requests show it: ")


def test_what_took_luck_or_time_says_so() -> None:
    """A command that shows nothing would be taken for a repair."""
    assert _next(_exchange("racing", together=1)) == f"{ONLY}  # it takes luck: requests race in it"
    assert _next(_exchange("expiring", seconds=31)) == f"{ONLY}  # it took 31 s of waiting"


@pytest.mark.parametrize(
    ("command", "replay"),
    [
        ("run-contracts check http://h/v1 --seed 7", "run-contracts replay r.jsonl"),
        (
            'run-contracts check http://h --api-key-env KEY --header "X: $X" --strict',
            'run-contracts replay --api-key-env KEY --header "X: $X" r.jsonl',
        ),
        ("run-contracts check --seed 7", ""),
        ("run-contracts check app:right", ""),
        ("", ""),
    ],
)
def test_a_replay_needs_what_lets_it_in(command: str, replay: str) -> None:
    """And a server that is still there: not the embedded one, nor one in this process."""
    assert replay_command(replace(STARTED, command=command), "r.jsonl") == replay


def test_without_a_report_there_is_nothing_to_send_again() -> None:
    """No file, no replay."""
    assert replay_command(STARTED, "") == ""
