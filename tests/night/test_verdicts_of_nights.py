"""A check with its night: verdicts put together, and no green without one request judged."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from run_contracts.client.budget import Budget
from run_contracts.client.checked_target import Target
from run_contracts.engine.policy import DEFAULT_POLICY
from run_contracts.errors import UsageError
from run_contracts.events import (
    Cause,
    Decided,
    Event,
    Exchanged,
    ExitCode,
    Finished,
    FirstSeen,
    NightEnded,
    Started,
)
from run_contracts.night.corpus import MOST_FINDINGS, Corpus
from run_contracts.night.night_log import NightLog
from run_contracts.night.night_memory import NightMemory
from run_contracts.night.night_plan import NightPlan
from run_contracts.night.night_verdicts import NightVerdicts
from run_contracts.night.orders import NewFinding, RoundKind, RoundResult
from run_contracts.night.whole_night import SILENT_AT_END, WholeNight
from run_contracts.report import jsonlines
from run_contracts.testing import RunServer
from tests.report.checks_made import URL, seen, without

FAULT = "RUN-LIST-005"


def night(folder: Path, target: Target, *, log: NightLog | None = None) -> WholeNight:
    """Return a night that nobody watches."""
    memory = NightMemory(
        corpus=Corpus(folder),
        log=log or NightLog(folder, "server"),
        hide=lambda text: text,
        tell=lambda line: None,
    )
    plan = NightPlan(target=target, seconds=30.0, corpus=folder, jobs=1)
    return WholeNight(plan=plan, memory=memory, progress=lambda what, sent: None)


def raw(*faults: str) -> Iterator[Event]:
    """Yield a real check as it is before a policy concludes it."""
    for event in without(seen(*faults), Cause):
        yield replace(event, exit_code=0) if isinstance(event, Finished) else event


def test_a_night_without_one_request_judged_is_not_green(tmp_path: Path) -> None:
    """Its budget is spent by the check before it, say."""
    spent = Target(url=URL, budget=Budget(requests=1))
    followed = night(tmp_path, spent).followed(raw(), lambda: False)
    events = list(DEFAULT_POLICY.applied(followed))
    footer = events[-1]
    assert isinstance(footer, Finished)
    assert footer.exit_code == ExitCode.NOTHING_VERIFIED
    assert footer.unverified == ("the night judged no request: its budget is spent",)
    assert sum(isinstance(one, NightEnded) for one in events) == 1
    assert sum(isinstance(one, Decided) for one in events) > 200


def test_a_check_that_failed_at_once_has_no_night(tmp_path: Path) -> None:
    """With --fail-fast one failure is enough."""
    events = list(night(tmp_path, Target(url=URL)).followed(raw(FAULT), lambda: True))
    assert events == list(raw(FAULT))


def finding(folder: Path) -> tuple[str, tuple[Event, ...]]:
    """Keep a finding in a corpus; return its key and its report."""
    report = [one for one in seen(FAULT) if isinstance(one, Started | Exchanged | Finished)]
    verdict = next(
        one for one in seen(FAULT) if isinstance(one, Decided) and one.requirement == FAULT
    )
    needed = {*verdict.sequence, *(one.exchange for one in verdict.broken)}
    kept = [
        one for one in report if not isinstance(one, Exchanged) or one.exchange.number in needed
    ]
    key = f"{FAULT} listRuns /has_more: cut-short, found boolean"
    data = b"".join(map(jsonlines.as_line, [*kept[:-1], verdict, kept[-1]]))
    corpus = Corpus(folder)
    corpus.keep_finding(key, data)
    return key, corpus.finding(key)


def test_what_the_night_finds_is_broken_in_the_verdict_of_the_check(tmp_path: Path) -> None:
    """Its exchanges have numbers of their own, and the sequence leads to them."""
    started = next(one for one in seen() if isinstance(one, Started))
    verdicts = {one.requirement: one for one in seen() if isinstance(one, Decided)}
    last = max(one.exchange.number for one in seen() if isinstance(one, Exchanged))
    _, report = finding(tmp_path)
    merging = NightVerdicts(started, last)
    told = list(merging.of(report, 4, tmp_path / "finding.jsonl"))
    numbers = [one.exchange.number for one in told if isinstance(one, Exchanged)]
    assert numbers == list(range(last + 1, last + 1 + len(numbers)))
    assert all(
        one.exchange.source.endswith(" of round 4") for one in told if isinstance(one, Exchanged)
    )
    assert sum(isinstance(one, FirstSeen) for one in told) == 1
    merged = {one.requirement: one for one in merging.merged(verdicts)}
    assert merged.keys() == verdicts.keys()
    broken = merged[FAULT]
    assert (verdicts[FAULT].result, broken.result) == ("pass", "fail")
    assert {one.exchange for one in broken.broken} <= set(numbers)
    assert set(broken.sequence) <= set(numbers)
    others = [one for one in merged if one != FAULT]
    assert all(merged[one] is verdicts[one] for one in others)


def test_what_was_judged_before_a_kill_makes_nothing_green(tmp_path: Path) -> None:
    """Of a night that was killed and goes on without any budget left."""
    log = NightLog(tmp_path, "server")
    log.begin()
    log.add(what="began", round=1, check="aa")
    log.add(what="ended", round=1, requests=9, runs=2, found={}, spent=5.0)
    log.close()
    spent = Target(url=URL, budget=Budget(requests=1))
    resumed = night(tmp_path, spent, log=NightLog(tmp_path, "server"))
    footer = list(DEFAULT_POLICY.applied(resumed.followed(raw(), lambda: False)))[-1]
    assert isinstance(footer, Finished)
    assert footer.exit_code == ExitCode.NOTHING_VERIFIED
    assert footer.unverified == ("the night judged no request: its budget is spent",)


def test_a_night_that_ends_before_its_time_is_not_green(tmp_path: Path) -> None:
    """Whatever it judged before: nobody searched for as long as was asked."""
    cut = night(tmp_path, Target(url=URL))
    cut = replace(cut, plan=replace(cut.plan, application="no_such_module_here:app"))
    cut.memory.judged = 9
    footer = list(DEFAULT_POLICY.applied(cut.followed(raw(), lambda: False)))[-1]
    assert isinstance(footer, Finished)
    assert footer.exit_code == ExitCode.NOTHING_VERIFIED
    (why,) = footer.unverified
    assert why.startswith("the night ended before its time: ")
    assert "no_such_module_here" in why


def silent_night(folder: Path, url: str, key: str = "") -> Finished:
    """Return the end of a night that has judged, and has no budget for runs, at a server."""
    target = Target(url=url, key=key, timeout=2.0, budget=Budget(runs=1))
    over = night(folder, target)
    over.memory.judged = 9
    footer = list(DEFAULT_POLICY.applied(over.followed(raw(), lambda: False)))[-1]
    assert isinstance(footer, Finished)
    return footer


def test_a_server_that_answers_no_more_at_the_end_is_not_green(tmp_path: Path) -> None:
    """Nobody knows since when; one that answers makes nothing red."""
    with RunServer() as server:
        footer = silent_night(tmp_path / "answering", server.url, server.api_key)
        url = server.url
    assert footer.unverified == ()
    footer = silent_night(tmp_path / "silent", url)
    assert footer.unverified == (SILENT_AT_END,)
    assert footer.exit_code == ExitCode.NOTHING_VERIFIED


def test_what_was_found_and_is_in_no_report_is_not_green(tmp_path: Path) -> None:
    """A disk may be full; the end of the check says what is missing."""
    target = Target(url=URL, budget=Budget(requests=1))
    lossy = night(tmp_path, target)
    lossy.memory.judged = 9
    lossy.memory.missing.append("RUN-A x: found, and its report cannot be written")
    footer = list(DEFAULT_POLICY.applied(lossy.followed(raw(), lambda: False)))[-1]
    assert isinstance(footer, Finished)
    assert footer.unverified == tuple(lossy.memory.missing)
    assert footer.exit_code == ExitCode.NOTHING_VERIFIED


def found_before(folder: Path, key: str) -> WholeNight:
    """Return a night that goes on, without any budget left, and had found something."""
    log = NightLog(folder, "server")
    log.begin()
    log.add(what="began", round=1, check="aa")
    log.add(what="ended", round=1, requests=9, runs=2, found={key: 3}, spent=5.0)
    log.close()
    spent = Target(url=URL, budget=Budget(requests=1))
    return night(folder, spent, log=NightLog(folder, "server"))


def test_what_was_found_before_a_kill_is_not_broken_now(tmp_path: Path) -> None:
    """Somebody may have mended it meanwhile: it is told, and is red if it shows itself again."""
    key, _ = finding(tmp_path)
    resumed, lines = found_before(tmp_path, key), list[str]()
    resumed.memory.tell = lines.append
    events = list(DEFAULT_POLICY.applied(resumed.followed(raw(), lambda: False)))
    footer = events[-1]
    assert isinstance(footer, Finished)
    assert footer.exit_code == ExitCode.NOTHING_VERIFIED
    verdicts = {one.requirement: one for one in events if isinstance(one, Decided)}
    assert verdicts[FAULT].result == "pass"
    (summary,) = [one for one in events if isinstance(one, NightEnded)]
    (found,) = summary.findings
    assert (found.requirement, found.seen, found.first_round) == (FAULT, 3, 1)
    assert found.is_unseen_since
    assert [line for line in lines if "found before the interruption, in round 1" in line]


def test_what_shows_itself_again_is_broken(tmp_path: Path) -> None:
    """The first round that sees it again brings a report of its own."""
    key, _ = finding(tmp_path)
    memory = found_before(tmp_path, key).memory
    memory.begin(frozenset())
    started = next(one for one in seen() if isinstance(one, Started))
    verdicts = {one.requirement: one for one in seen() if isinstance(one, Decided)}
    merging = NightVerdicts(started, 1000)
    report = memory.corpus.finding_file(key).read_bytes()
    new = NewFinding(key=key, requirement=FAULT, report=report)
    result = RoundResult(number=2, kind=RoundKind.WALKS, found={key: 1}, new=(new,))
    assert any(isinstance(one, FirstSeen) for one in memory.keep_result(result, merging))
    assert {one.requirement: one for one in merging.merged(verdicts)}[FAULT].result == "fail"
    assert not next(memory.findings()).is_unseen_since


def test_a_finding_names_its_exchanges_as_the_report_of_the_whole_does(tmp_path: Path) -> None:
    """Its sentences, too: the numbers of the round's own session would name those of the check."""
    started = next(one for one in seen() if isinstance(one, Started))
    report = [one for one in seen(FAULT) if isinstance(one, Exchanged)][:1]
    first = report[0].exchange
    verdict = next(one for one in seen(FAULT) if isinstance(one, Decided) and one.broken)
    broken = replace(verdict.broken[0], exchange=first.number, expected=f"as {first}")
    found = [*report, replace(verdict, broken=(broken,), sequence=(first.number,))]
    told = list(NightVerdicts(started, 1000).of(found, 2, tmp_path / "found.jsonl"))
    (said,) = (one for one in told if isinstance(one, FirstSeen))
    assert said.broken.exchange == 1001
    assert said.broken.expected == f"as {replace(first, number=1001)}"


def test_what_a_check_showed_is_no_finding_of_its_night(tmp_path: Path) -> None:
    """A night that goes on after another check does not have it from its log."""
    memory = night(tmp_path, Target(url=URL)).memory
    memory.begin(frozenset({"RUN-A x"}))
    memory.log.begin()
    found = memory.counted({"RUN-A x": 2, "RUN-B y": 1})
    memory.log.add(what="ended", round=1, requests=9, runs=2, found=found, spent=5.0)
    memory.log.close()
    told = [(one.requirement, one.seen, one.first_round) for one in memory.findings()]
    assert told == [("RUN-A", 2, 0), ("RUN-B", 1, 1)]
    assert set(NightLog(tmp_path, "server").state.findings) == {"RUN-B y"}


def test_what_a_check_showed_takes_no_place_of_findings(tmp_path: Path) -> None:
    """And what finds no place is said, for nothing else tells it."""
    memory = night(tmp_path, Target(url=URL)).memory
    memory.begin(frozenset(f"RUN-SHAPE-001 getRun /f{one}" for one in range(MOST_FINDINGS)))
    keys = [f"RUN-SHAPE-001 getRun /g{one}" for one in range(MOST_FINDINGS + 1)]
    new = [NewFinding(key=key, requirement="RUN-SHAPE-001", report=b"") for key in keys]
    started = next(one for one in seen() if isinstance(one, Started))
    result = RoundResult(
        number=1, kind=RoundKind.WALKS, found=dict.fromkeys(keys, 1), new=tuple(new)
    )
    assert list(memory.keep_result(result, NightVerdicts(started, 1))) == []
    assert len(list(memory.corpus.findings.glob("*.jsonl"))) == MOST_FINDINGS
    (why,) = memory.lost()
    assert why.startswith("1 more found, and in no report")


def test_a_log_that_cannot_be_written_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    """Nobody waits for the end of a check to hear of it."""
    refused = night(tmp_path / "corpus", Target(url=URL))
    shutil.rmtree(tmp_path / "corpus")
    begun = []

    def sent() -> Iterator[Event]:
        begun.append("sent")
        yield from raw()

    with pytest.raises(UsageError, match="cannot be written"):
        list(refused.followed(sent(), lambda: False))
    assert begun == []
