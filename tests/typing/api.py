"""The public API as typed code uses it: checked by mypy, never run."""

from __future__ import annotations

from typing import Any, assert_type

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
from run_contracts.strategies import (
    RunMachine,
    event_streams,
    histories,
    messages,
    run_lists,
    run_steps,
    runs,
)
from run_contracts.testing import AssertRun, RunServer, suite
from run_contracts.types import MakeRun, MakeRuns, Page, Run, RunStep, StreamEvent

contract = load("v1", reading="published")
assert_type(contract, Contract)
assert_type(contract.register["RUN-LIFE-002"], Requirement)
assert_type(contract.lifecycle.may_follow("queued", "completed"), bool)

found = violations({}, kind="run_step", edition="v2", reading="wire", dialect=None)
assert_type(found, tuple[Violation, ...])
assert_type(found[0].level, Level)
assert_type(found[0].pointer, str)

violations({}, reading="literal")  # type: ignore[call-overload]  # only wire and published exist
violations({}, edition="v3")  # type: ignore[call-overload]
assert_valid_run({}, dialect="azure")  # type: ignore[arg-type]
load(reading="literal")  # type: ignore[arg-type]
load("v3")  # type: ignore[arg-type]
load("v2", dialect="azure")  # type: ignore[arg-type]
violations({}, kind="runs")  # type: ignore[call-overload]
violations({}, kind="invoice", contract=contract)  # what a vendor adds

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
assert_type(factory().history(path=["queued", "in_progress", "failed"]), list[Run])
assert_type(factory().value("thread"), dict[str, Any])
assert_type(make_run(make_run()["status"]), Run)
assert_type(edge_cases("v1"), tuple[EdgeCase, ...])
assert_type(near_misses("RUN-USAGE-001"), tuple[NearMiss, ...])

make_run("complete")  # type: ignore[arg-type]  # statuses, kinds and editions are closed sets
make_run(edition="v3")  # type: ignore[arg-type]
make_run(dialect="azure")  # type: ignore[arg-type]
make_runs(2, "complete")  # type: ignore[arg-type]
factory().step("queued")  # type: ignore[arg-type]  # no step is
factory().history("complete", path=["queued", "done"])  # type: ignore[arg-type, list-item]
factory().stream("queued")  # type: ignore[arg-type]  # no stream ends so
factory().value("run_list")  # type: ignore[arg-type]  # is made of others, by run_list()
runs(status="complete")  # type: ignore[arg-type]
run_steps(status="queued")  # type: ignore[arg-type]
event_streams(ending="queued")  # type: ignore[arg-type]
messages(edition="v3")  # type: ignore[arg-type]
edge_cases("v3")  # type: ignore[arg-type]
near_misses(edition="v3")  # type: ignore[arg-type]
runs("failed")  # type: ignore[call-arg]  # keyword-only, as hypothesis' own

server = RunServer(ServerOptions(speed=2.0))
server.next_run("requires_action", "completed", calls={"weather": {"city": "Oslo"}}, reply="Rain.")
assert_type(server(faults=("RUN-LIST-005",)), RunServer)
assert_type(server.url, str)
server.next_run("done")  # type: ignore[arg-type]
server.next_run(status="failed")  # type: ignore[arg-type]  # statuses stand in a row
server.next_run(
    "requires_action",
    calls=[("weather", {"city": "Oslo"}), ("weather", {"city": "Paris"})],
    usage=(12, 3),
    cites=["file-1"],
    steps=["file_search"],
    when=lambda asked: asked.model == "gpt-4o",
)
server.next_run("failed", last_error=("server_error", "Oh."), thread="thread_1")
server.next_run("completed", repli="Rain.")  # type: ignore[arg-type]  # the nearest is named
server.fail(429, retry_after=2, times=2, on="getRun")
server.fail("reset-after")
server.fail(429, retryafter=2)  # type: ignore[arg-type]  # the nearest is named
server.delay(0.1, upto=0.5)  # type: ignore[arg-type]
server.write_streams(comment=True)  # type: ignore[arg-type]
RunServer(faults=["RUN-LIST-005"])  # type: ignore[arg-type]  # RunServer()(faults=...)
server.fail("reset")  # type: ignore[arg-type]
server.delay(0.1, up_to=0.5)
server.write_streams(newline="\r\n", split=1, cut_after=3)
server.write_streams(newline="\n\n")  # type: ignore[arg-type]
server.assert_called("createRun", times=1, body={"stream": True})
server.assert_called("listRuns", query={"limit": "2"}, headers={"X-Team": "blue"})
assert_type(server.requests.of("createRun")[0].run_id, str | None)
AssertRun(contract)({}, "run_step", strict=True)
AssertRun(contract)([], "history")
AssertRun(contract)({}, "create_run_request")  # type: ignore[arg-type]  # no rule speaks of it
AssertRun(contract)({}, "step")  # type: ignore[arg-type]
test_lists = suite(areas=["list"], level="MUST", edition="v1")
suite("list")  # type: ignore[call-arg]  # what is selected is named


def test_fixtures(make_run: MakeRun, make_runs: MakeRuns) -> None:
    """What a test that takes our fixtures may and may not ask them for."""
    assert_type(make_run("failed", edition="v1", metadata__team="blue"), Run)
    assert_type(make_runs(2, "queued"), list[Run])
    make_run("complete")  # type: ignore[arg-type]
    make_runs(2, "complete")  # type: ignore[arg-type]
    if make_run()["status"] == "complete":  # type: ignore[comparison-overlap]
        raise AssertionError


class Waiting(RunMachine):
    """A machine as people write it; what its methods take and give is held by the types."""

    edition = "v1"
    fixed = {"model": "gpt-4o"}  # noqa: RUF012 - as people write it
    status: str

    def created(self) -> None:
        """Start anew."""
        self.status = ""

    def seen(self, run: Run) -> None:
        """Be handed a run."""
        self.status = run["status"]

    def ended(self) -> bool:
        """Say so."""
        return self.status == "completed"

    def outputs(self, run: Run) -> list[dict[str, str]]:
        """Answer each call."""
        waits = run["required_action"]
        calls = waits["submit_tool_outputs"]["tool_calls"] if waits else []
        return [{"tool_call_id": call["id"], "output": "ok"} for call in calls]


class Misled(RunMachine):
    """There is no third edition."""

    edition = "v3"  # type: ignore[assignment]
