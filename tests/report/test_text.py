"""The report for a terminal, word for word: every kind of verdict and of ending, once."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from run_contracts.events import (
    Broken,
    Cause,
    CoverageItem,
    CoveragePart,
    Covered,
    Decided,
    Event,
    Exchanged,
    ExitCode,
    Finished,
    FirstSeen,
    OperationSeen,
    ProbeEnded,
    Started,
    Surveyed,
)
from run_contracts.report.text import TextReport
from run_contracts.traffic.exchange import Exchange, Request, Response

PLACE = Path(__file__).with_name("text.txt")
RENEW = "RENEW_SNAPSHOTS"
HOW = f"read what changed; if it is meant: {RENEW}=1 python -m pytest {__file__}"
URL = "http://runs.invalid/v1"
STARTED = Started(
    target=URL,
    edition="v2",
    profile="smoke",
    seed=0,
    version="1.2.3",
    probes=({"probe": "lifecycle", "what": "run", "creates": "1 run"},),
    left_out="schemathesis is not installed",
    command=f"run-contracts check {URL}",
)
RUN = f"{URL}/threads/thread_1/runs/run_1"
SEEN = Exchanged(
    exchange=Exchange(
        number=1,
        edition="v2",
        request=Request(method="GET", url=RUN),
        response=Response(status=200, body=b'{"status": "queued", "usage": {}}'),
        source="lifecycle",
    )
)
ENDED = ProbeEnded(
    probe="lifecycle", what="run", ending="done", reason="", requests=1, seconds=0.25
)
BROKEN = Decided(
    requirement="RUN-STATUS-017",
    area="status",
    level="MUST",
    sentence="`usage` is null until the run has ended.",
    why="Callers branch on it.",
    source="openapi.yaml",
    result="fail",
    is_red=True,
    held=3,
    broken=(
        Broken(exchange=1, request=f"GET {RUN}", pointer="/usage", found="{}", expected="null"),
        Broken(exchange=2, request=f"GET {RUN}", pointer="/usage", found="{}", expected="null"),
    ),
    reason="",
    sequence=(1,),
)
HOLDS = replace(BROKEN, result="pass", is_red=False, broken=(), sequence=())
FINISHED = Finished(
    counts={"pass": 1, "fail": 1}, unreached=("expired",), requests=1, seconds=1.5, exit_code=1
)


def _part(name: str, *, seen: int, unseen: int, beyond: int = 0) -> CoveragePart:
    """Return a part of a coverage with so many things that were seen, and that were not."""
    items = (
        *(CoverageItem(name=f"seen {at}", exchange=1) for at in range(seen)),
        *(CoverageItem(name=f"unseen {at}") for at in range(unseen)),
        *(CoverageItem(name="far", out_of_reach="it is far") for _ in range(beyond)),
    )
    return CoveragePart(name=name, what="", items=items)


def _undecided(result: str, reason: str) -> Decided:
    """Return a verdict of a result, whose id has it."""
    red = result == "error"
    name = f"RUN-{result[:5].upper()}-001"
    return replace(HOLDS, requirement=name, result=result, reason=reason, is_red=red)


def _many(result: str, reason: str, *areas: str) -> tuple[Decided, ...]:
    """Return verdicts of one result and reason, a dozen of each area."""
    return tuple(
        replace(_undecided(result, reason), requirement=f"RUN-{area.upper()}-{n:03}", area=area)
        for area in areas
        for n in range(1, 13)
    )


GONE = replace(
    SEEN.exchange,
    response=Response(status=0, failure="the connection was closed"),
    number=3,
)
RAISED = """\
Traceback (most recent call last):
  File "/srv/frame.py", line 7, in call
    return view()
           ^^^^^^
  File "/srv/app.py", line 93, in get_run
    return RUNS[name]
           ~~~~^^^^^^
KeyError: 'run_1'
"""
SURVEYED = Surveyed(
    operations=(
        OperationSeen(operation="createRun", what="POST /threads/{id}/runs", state="offered"),
        OperationSeen(operation="getRun", what="GET /threads/{id}/runs/{id}", state="offered"),
        OperationSeen(
            operation="listRunSteps",
            what="GET /threads/{id}/runs/{id}/steps",
            state="missing",
            reason='answered 404 {"detail": "Not Found"}',
            exchange=9,
        ),
        OperationSeen(
            operation="listRuns",
            what="GET /threads/{id}/runs",
            state="broken",
            reason="answered 500",
            exchange=4,
        ),
        OperationSeen(
            operation="getRunStep", what="GET /s", state="not tried", reason="no step was seen"
        ),
        OperationSeen(operation="streams", what="stream: true", state="offered"),
    )
)
FIRST_SEEN = FirstSeen(
    requirement="RUN-STATUS-017",
    level="MUST",
    sentence=BROKEN.sentence,
    probe="lifecycle",
    broken=replace(BROKEN.broken[0], found="{" + "x" * 80),
    is_red=True,
)
ADVICE = replace(BROKEN, requirement="RUN-LIST-017", level="SHOULD", is_red=False)
OTHERS = tuple(replace(BROKEN, requirement=f"RUN-LIFE-{n:03}", area="life") for n in range(1, 14))


def _cause(rank: int, *verdicts: Decided, title: str = BROKEN.sentence) -> Cause:
    return Cause(
        rank=rank,
        title=title,
        requirements=tuple(one.requirement for one in verdicts),
        request=f"GET {RUN}",
        exchange=1,
        seen=rank,
        is_red=verdicts[0].is_red,
    )


CHECKS: dict[str, tuple[Event, ...]] = {
    "a rule is broken": (STARTED, SEEN, ENDED, BROKEN, FINISHED),
    "advice": (
        STARTED,
        replace(BROKEN, level="SHOULD", is_red=False),
        replace(FINISHED, exit_code=0),
    ),
    "a known failure": (
        replace(BROKEN, is_red=False, known="our gateway, until 2027-03-31"),
        replace(FINISHED, exit_code=0),
    ),
    "what could not be decided": (
        _undecided("blocked", "lifecycle: the server answered 500 to POST /threads"),
        _undecided("error", "lifecycle: it broke"),
        _undecided("inconclusive", "the forced function was not called"),
        _undecided("skip", "the server does not offer it: it answers 404"),
        FINISHED,
    ),
    "more undecided than can be named": (
        *_many("inconclusive", "the run did not end", "list", "step"),
        *_many("skip", "it answers 404", "stream")[:9],
        *_many("blocked", "no run could be made", "life"),
        replace(_undecided("blocked", "no run could be made"), area="life"),
        FINISHED,
    ),
    "nothing that could be decided, for one reason": (
        *_many("blocked", "no answer within 30 seconds", "list", "step"),
        replace(FINISHED, exit_code=3, unverified=("no run was created", "no run was listed")),
    ),
    "what a probe shows at once": (
        STARTED,
        SEEN,
        ENDED,
        FIRST_SEEN,
        replace(FIRST_SEEN, level="SHOULD", is_red=False),
        FINISHED,
    ),
    "operations": (STARTED, SURVEYED, HOLDS, replace(FINISHED, exit_code=0, waited=0.5)),
    "operations that only some requirements were asked of": (
        replace(STARTED, only=("RUN-LIFE-002",)),
        replace(SURVEYED, operations=SURVEYED.operations[4:]),
        replace(FINISHED, exit_code=0),
    ),
    "causes": (
        STARTED,
        SEEN,
        SURVEYED,
        ADVICE,
        *OTHERS,
        BROKEN,
        replace(BROKEN, requirement="RUN-STEP-001"),
        replace(BROKEN, requirement="RUN-LIST-005", is_red=False, known="our gateway"),
        _cause(1, BROKEN, *OTHERS, title="no body is looked at"),
        _cause(2, replace(BROKEN, requirement="RUN-LIST-005")),
        _cause(3, ADVICE),
        FINISHED,
    ),
    "a long way": (
        STARTED,
        *(
            Exchanged(exchange=replace(SEEN.exchange, number=n, meant_for=f"op{n}"))
            for n in range(10)
        ),
        Exchanged(exchange=replace(SEEN.exchange, number=10, meant_for="op9")),
        replace(BROKEN, sequence=tuple(range(11))),
        FINISHED,
    ),
    "an answer that did not come": (
        Exchanged(exchange=GONE),
        replace(BROKEN, broken=(replace(BROKEN.broken[0], exchange=3),)),
        FINISHED,
    ),
    "an application that failed": (
        Exchanged(exchange=replace(GONE, response=Response(status=500, traceback=RAISED))),
        replace(BROKEN, broken=(replace(BROKEN.broken[0], exchange=3),)),
        FINISHED,
    ),
    "a probe that ends otherwise": (
        STARTED,
        replace(ENDED, ending="blocked", reason="no answer within 30 seconds"),
        FINISHED,
    ),
    "a target that is gone": (
        replace(FINISHED, counts={}, exit_code=3, error=f"GET {URL}: connection refused"),
    ),
    "a budget that is spent": (
        replace(FINISHED, exit_code=5, error="the budget is spent (--max-requests 1)", is_cut=True),
    ),
    "what is left behind, and a list that is out of date": (
        replace(
            FINISHED,
            left_behind=("/threads/thread_1",),
            baseline=("RUN-LIST-005: expired on 2026-01-01",),
        ),
    ),
    "how much of the contract was seen": (
        Covered(
            parts=(
                _part("edges", seen=2, unseen=0, beyond=1),
                _part("statuses", seen=1, unseen=2),
                _part("events", seen=0, unseen=5),
            )
        ),
        FINISHED,
    ),
    **{f"exit code {code.value}": (replace(FINISHED, exit_code=code),) for code in ExitCode},
}


def _text() -> str:
    blocks = []
    for name, events in CHECKS.items():
        report = TextReport()
        lines = [line for event in events for line in report.lines(event)]
        blocks.append("\n".join([f"== {name}", *lines]))
    return "\n".join(blocks) + "\n"


def test_it_says_what_it_said() -> None:
    """A word that a person reads changes only on purpose."""
    if os.environ.get(RENEW):
        PLACE.write_text(_text(), encoding="utf-8")
    assert _text() == PLACE.read_text(encoding="utf-8"), HOW
