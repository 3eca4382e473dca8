"""A right server passes, and a check does no more than it says."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from httpx2 import MockTransport

from run_contracts import events, load
from run_contracts.checks import CHECKS, outcomes
from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.contract.requirements import register
from run_contracts.engine.runner import EXPLORATION, STATEFUL, check
from run_contracts.engine.selftest.agreement import UNSHOWN
from run_contracts.engine.selftest.trial import PATIENCE, TIMEOUT, URL, reference
from run_contracts.probes import ProbeContext, planned
from run_contracts.server import ServerOptions, running
from run_contracts.traffic.evidence import Evidence
from tests.engine.verdicts import checked, checked_in_process, finished, verdicts

TARGET = Target(url=URL, key="sk-reference", patience=PATIENCE, timeout=TIMEOUT)
"""A server in this process."""


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_every_requirement_holds_on_a_right_server(edition: str) -> None:
    """A whole check, which ends with its search, verifies every requirement and finds nothing."""
    seen = checked_in_process(edition=edition, profile="full", cases=1)
    found = verdicts(seen)
    assert set(found) == set(register(edition))
    assert {i: v.broken for i, v in found.items() if v.result == "fail"} == {}
    assert {i for i, v in found.items() if v.result != "pass"} <= UNSHOWN.keys()
    assert finished(seen).exit_code == events.ExitCode.HOLDS
    assert finished(seen).unreached == ()
    coverage = next(one for one in seen if isinstance(one, events.Covered))
    unseen = {part.name: part.unseen for part in coverage.parts}
    assert [unseen[name] for name in ("edges", "fields", "events", "echoes")] == [(), (), (), ()]
    ended = [one for one in seen if isinstance(one, events.ProbeEnded)]
    assert [(one.probe, one.ending) for one in ended[-2:]] == [
        (STATEFUL, "done"),
        (EXPLORATION, "done"),
    ]
    assert min(one.requests for one in ended[-2:]) > 50


def test_what_is_broken_comes_with_the_requests_that_show_it() -> None:
    """They are in the order in which they were sent, and the last one shows it."""
    with running(ServerOptions.for_checking(faults=("RUN-CANCEL-002",))) as url:
        seen = checked(url)
    told = {one.number: one for one in events.exchanges(seen)}
    sequence = verdicts(seen)["RUN-CANCEL-002"].sequence
    assert list(sequence) == sorted(sequence)
    assert told[sequence[-1]].operation_id == "cancelRun"
    assert all(not one.sequence for one in verdicts(seen).values() if one.result == "pass")


def test_every_requirement_has_a_check_and_every_check_a_requirement() -> None:
    """Nothing is promised without being decided, and nothing decided without being written."""
    assert set(CHECKS) == set(register("v1")) | set(register("v2"))


@pytest.fixture(scope="module")
def alone() -> dict[str, Evidence]:
    """Return the evidence that each probe gives when it is the only one to run."""
    evidence = {}
    for probe in planned("full"):
        with (
            reference(ServerOptions.for_checking()) as connection,
            Session(TARGET, connection) as session,
        ):
            probe.scenario(ProbeContext(session, load("v2")))
            evidence[probe.name] = Evidence(
                contract=load("v2"), exchanges=tuple(session.exchanges), is_whole=True
            )
    return evidence


def test_the_probes_planned_for_a_requirement_show_it(alone: dict[str, Evidence]) -> None:
    """What --only runs is enough: each requirement is decided by one of its own probes alone."""
    missing = {
        requirement
        for requirement in register("v2")
        if not any(
            True
            for probe in planned("full", [requirement])
            for _ in outcomes(alone[probe.name], [requirement])
        )
    }
    assert missing == UNSHOWN.keys()


def test_every_probe_gives_evidence_for_what_it_says(alone: dict[str, Evidence]) -> None:
    """No pattern of a probe names something that it does not show at all."""
    idle = {
        f"{probe.name}: {pattern}"
        for probe in planned("full")
        for pattern in probe.exercises
        if not any(fnmatchcase(one.requirement, pattern) for one in outcomes(alone[probe.name]))
    }
    assert idle == set()


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_smoke_is_cheap_and_decides_nearly_everything(right: str, edition: str) -> None:
    """At most 80 requests and 6 seconds, for at least 95 of 100 requirements."""
    seen = checked(right, edition=edition)
    found = verdicts(seen).values()
    assert finished(seen).requests <= 80
    assert finished(seen).seconds <= 6.0
    assert sum(one.result == "pass" for one in found) >= 0.95 * len(found)


def test_only_runs_what_was_asked_for(right: str) -> None:
    """One requirement costs its own probes' requests and gives one verdict."""
    seen = checked(right, only=["RUN-ERR-009"])
    assert list(verdicts(seen)) == ["RUN-ERR-009"]
    assert [one.probe for one in seen if isinstance(one, events.ProbeEnded)] == ["refusals"]


def test_a_check_cleans_up(right: str) -> None:
    """The assistants and threads a check creates are deleted again."""
    seen = checked(right, only=["RUN-CREATE-001"])
    made = [one for one in events.exchanges(seen) if one.operation_id == "createThread"]
    with Session(Target(url=right, key="sk-reference")) as session:
        for one in made:
            thread_id = one.answered["id"]
            assert session.send("getThread", thread_id=thread_id).response.status == 404
    assert made


@pytest.mark.parametrize("profile", ["smoke", "full"])
def test_given_ids_are_used_and_kept(profile: str) -> None:
    """With --assistant-id and --thread-id nothing is created beside runs, and nothing deleted."""
    with reference(ServerOptions.for_checking()) as closing:
        assert closing.transport is not None
        # Whoever checks closes the way to the target; here somebody looks after them.
        connection = replace(closing, transport=MockTransport(closing.transport.handle_request))
        session = Session(TARGET, connection)
        body = {"model": "gpt-4o", "instructions": "Be brief."}
        assistant = session.send("createAssistant", json_body=body).answered["id"]
        thread = session.send("createThread", json_body={}).answered["id"]
        given = {"assistant_id": assistant, "thread_id": thread, "cases": 1}
        target = replace(TARGET, profile=profile, **given)
        seen = list(check(target, connection=connection))
        assert session.send("getThread", thread_id=thread).response.status == 200
    operations = {
        one.operation_id
        for one in events.exchanges(seen)
        if not one.source.startswith("schemathesis")
    }
    assert not {"createAssistant", "createThread"} & operations
    assert {i: v.broken for i, v in verdicts(seen).items() if v.is_red} == {}
    assert finished(seen).exit_code == events.ExitCode.HOLDS
    # Generated requests may ask for a run in another thread than its own.
    shown = {"smoke": ("skip",), "full": ("skip", "pass")}[profile]
    assert verdicts(seen)["RUN-ID-016"].result in shown


def test_the_key_appears_nowhere(right: str) -> None:
    """Requests, answers and verdicts hold the key's name, never the key."""
    seen = checked(right, headers=(("X-Team-Secret", "blue-42"),))
    told = "".join(str(events.as_dict(one)) for one in seen)
    assert "sk-reference" not in told
    assert "blue-42" not in told
    assert "$OPENAI_API_KEY" in told
    assert "$X_TEAM_SECRET" in told


def test_a_key_that_stands_in_every_body_does_not_change_a_verdict() -> None:
    """What is judged is what was answered; secrets are hidden only in what is told."""
    with running(ServerOptions.for_checking()) as url:
        assert finished(checked(url, only=["RUN-SHAPE-009"])).exit_code == events.ExitCode.HOLDS
    with running(replace(ServerOptions.for_checking(), api_key="expires_at")) as url:
        seen = checked(url, key="expires_at", only=["RUN-SHAPE-009"])
    assert finished(seen).exit_code == events.ExitCode.HOLDS
    bodies = [one.answer.text for one in events.exchanges(seen)]
    assert not any("expires_at" in one for one in bodies)


def test_what_a_profile_leaves_out_is_said(right: str) -> None:
    """Nobody need wonder why a smoke check cannot decide a rule."""
    undecided = [one for one in verdicts(checked(right)).values() if one.result == "inconclusive"]
    assert {one.reason for one in undecided} == {
        "only a full check exercises it, not the profile smoke"
    }
