"""The public API as typed code uses it: checked by mypy, never run."""

from __future__ import annotations

from typing import assert_type

from hypothesis.strategies import SearchStrategy

from run_contracts import (
    Contract,
    ContractViolation,
    Requirement,
    RunContractsError,
    TargetError,
    UsageError,
    Violation,
    assert_valid_run,
    load,
    violations,
)
from run_contracts.contract.requirements import Level
from run_contracts.factories import factory, make_run, make_runs
from run_contracts.making import EdgeCase, NearMiss, edge_cases, near_misses
from run_contracts.server import ServerOptions
from run_contracts.strategies import event_streams, histories, run_lists, runs
from run_contracts.testing import AssertRun, RunServer, suite
from run_contracts.types import Page, Run, RunStep, StreamEvent

contract = load("v1", reading="published")
assert_type(contract, Contract)
assert_type(contract.register["RUN-LIFE-002"], Requirement)
assert_type(contract.lifecycle.may_follow("queued", "completed"), bool)

found = violations({}, kind="run_step", edition="v2", reading="wire", dialect=None)
assert_type(found, tuple[Violation, ...])
assert_type(found[0].level, Level)
assert_type(found[0].pointer, str)

violations({}, reading="literal")  # type: ignore[arg-type]  # only wire and published exist
load(reading="literal")  # type: ignore[arg-type]

try:
    assert_valid_run({}, edition="v1", strict=True)
except ContractViolation as broken:
    assert_type(broken.violations, tuple[object, ...])

errors: tuple[type[RunContractsError], ...] = (UsageError, TargetError)

assert_type(make_run("failed", seed=1, metadata__team="blue"), Run)
assert_type(make_run()["created_at"], int)
assert_type(make_runs(3, edition="v1"), list[Run])
assert_type(factory("v1", locale="ja_JP").step(), RunStep)
assert_type(factory().run_list(2), Page[Run])
assert_type(factory().stream(with_thread=True), list[StreamEvent])
assert_type(runs(status="failed"), SearchStrategy[Run])
assert_type(run_lists(min_size=1), SearchStrategy[Page[Run]])
assert_type(histories(edition="v1"), SearchStrategy[list[Run]])
assert_type(event_streams(), SearchStrategy[list[StreamEvent]])
assert_type(edge_cases("v1"), tuple[EdgeCase, ...])
assert_type(near_misses("RUN-USAGE-001"), tuple[NearMiss, ...])

make_run(5)  # type: ignore[arg-type]  # a status is a word
runs("failed")  # type: ignore[call-arg]  # keyword-only, as hypothesis' own

server = RunServer(ServerOptions(speed=2.0))
server.next_run("requires_action", "completed", calls={"weather": {"city": "Oslo"}}, reply="Rain.")
assert_type(server(faults=("RUN-LIST-005",)), RunServer)
assert_type(server.url, str)
server.next_run(status="failed")  # type: ignore[call-arg]  # statuses stand in a row
AssertRun(contract)({}, "run_step", strict=True)
test_lists = suite(areas=["list"], level="MUST", edition="v1")
suite("list")  # type: ignore[call-arg]  # what is selected is named
