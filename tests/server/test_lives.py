"""Every status of a run is reached by ordinary means, in both editions."""

from __future__ import annotations

from typing import Any

import pytest

from run_contracts import violations
from run_contracts.server import ServerOptions, create_app
from run_contracts.server.clock import Clock
from run_contracts.server.parts.edition_server import assembled
from tests.server.conftest import Caller

TOOL: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "look_up",
        "parameters": {"type": "object", "properties": {"order": {"type": "integer"}}},
    },
}
FORCED = {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "look_up"}}}


def _legal(run: dict[str, Any], edition: str) -> bool:
    return violations(run, edition=edition) == ()


def test_a_run_is_born_queued_works_and_completes(call: Caller, edition: str) -> None:
    """The plainest life, each look at it legal."""
    run = call.run()
    assert run["status"] == "queued"
    assert _legal(run, edition)
    working = call.until(run, "in_progress")
    assert _legal(working, edition)
    ended = call.until(run, "completed")
    assert _legal(ended, edition)
    assert ended["started_at"] == working["started_at"]


def test_a_token_limit_ends_a_run_early(call: Caller, edition: str) -> None:
    """v2 says incomplete; v1 has no such status and says completed with details."""
    ended = call.until(call.run(max_completion_tokens=16), "completed", "incomplete")
    assert ended["status"] == ("completed" if edition == "v1" else "incomplete")
    assert ended["incomplete_details"] == {"reason": "max_completion_tokens"}
    assert ended["usage"]["completion_tokens"] == 16
    assert _legal(ended, edition)


def test_a_prompt_limit_ends_a_run_early(call: Caller) -> None:
    """The reason names the limit that was hit."""
    run = call.run(call.thread("word " * 40), max_prompt_tokens=16)
    ended = call.until(run, "completed", "incomplete")
    assert ended["incomplete_details"] == {"reason": "max_prompt_tokens"}


def test_a_forced_function_asks_for_its_output_and_goes_on(call: Caller, edition: str) -> None:
    """requires_action, submit, queued again with its start kept, completed."""
    waiting = call.until(call.run(**FORCED), "requires_action")
    assert _legal(waiting, edition)
    (wanted,) = waiting["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert wanted["function"] == {"name": "look_up", "arguments": '{"order": 7}'}
    path = f"/threads/{waiting['thread_id']}/runs/{waiting['id']}"
    outputs = {"tool_outputs": [{"tool_call_id": wanted["id"], "output": "shipped"}]}
    status, queued = call("POST", f"{path}/submit_tool_outputs", outputs)
    assert (status, queued["status"]) == (200, "queued")
    assert queued["started_at"] == waiting["started_at"]
    assert _legal(queued, edition)
    ended = call.until(queued, "completed")
    assert ended["started_at"] > waiting["started_at"]
    _, steps = call("GET", f"{path}/steps?order=asc")
    assert [step["type"] for step in steps["data"]] == ["tool_calls", "message_creation"]
    done = steps["data"][0]["step_details"]["tool_calls"][0]["function"]
    assert done["output"] == "shipped"
    totals = [step["usage"]["total_tokens"] for step in steps["data"]]
    assert sum(totals) == ended["usage"]["total_tokens"]


def test_two_functions_may_be_asked_for_at_once(call_v2: Caller) -> None:
    """tool_choice required, with parallel calls allowed, asks for two."""
    other = {"type": "function", "function": {"name": "other"}}
    run = call_v2.run(tools=[TOOL, other], tool_choice="required")
    waiting = call_v2.until(run, "requires_action")
    calls = waiting["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert [one["function"]["name"] for one in calls] == ["look_up", "other"]


def test_a_cancelled_run_is_cancelling_first(call: Caller, edition: str) -> None:
    """Cancel answers cancelling; a moment later the run is cancelled."""
    run = call.run()
    status, answer = call("POST", f"/threads/{run['thread_id']}/runs/{run['id']}/cancel")
    assert (status, answer["status"]) == (200, "cancelling")
    assert _legal(answer, edition)
    assert _legal(call.until(run, "cancelled"), edition)


def test_a_run_fails_when_its_metadata_asks_for_it(call: Caller, edition: str) -> None:
    """A client that needs a failed run can have one."""
    failed = call.until(call.run(metadata={"run_contracts_outcome": "failed"}), "failed")
    assert failed["last_error"]["code"] == "server_error"
    assert _legal(failed, edition)


@pytest.mark.parametrize("fields", [{"metadata": {"run_contracts_outcome": "expired"}}, FORCED])
def test_a_run_expires_at_its_time(edition: str, fields: dict[str, Any]) -> None:
    """600 virtual seconds after its creation, working or waiting, a run expires; not before."""

    class Hands(Clock):
        """A clock moved by hand."""

        moment = 1_800_000_000.0

        def now(self) -> float:
            return self.moment

    clock = Hands(speed=1, epoch=0)
    server = assembled(ServerOptions(), clock, edition)
    assistant = server.store.create_assistant({"model": "gpt-4o"})["id"]
    thread = server.store.create_thread({"messages": [{"role": "user", "content": "Hi."}]})
    run = server.service.create_run(thread, {"assistant_id": assistant, **fields})
    clock.moment += 599
    alive = server.service.get_run(run.thread_id, run.id)
    assert alive["status"] in ("in_progress", "requires_action")
    clock.moment += 1
    expired = server.service.get_run(run.thread_id, run.id)
    assert expired["status"] == "expired"
    assert _legal(expired, edition)


def test_an_app_is_the_same_for_the_same_seed(call_v2: Caller) -> None:
    """Ids come from the seed and the order of requests alone."""
    assert create_app(ServerOptions()) is not create_app(ServerOptions())
    ids = set()
    for _ in range(2):
        server = assembled(ServerOptions(seed=7), Clock(speed=1, epoch=0), "v2")
        ids.add(server.store.create_assistant({"model": "m"})["id"])
    assert len(ids) == 1
