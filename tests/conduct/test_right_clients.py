"""Clients that are right and unusual: nothing is said of them, in any life."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from run_contracts.conduct.played_lives import PLAYED_LIVES
from tests.conduct.playing import broken_in, played
from tests.faulty_clients.small_client import SAID, TOOL, GivenUp, SmallClient


class CleansUp(SmallClient):
    """It deletes its thread and its assistant when it has what it wants."""

    def told(self, run: Any) -> dict[str, str]:
        said = super().told(run)
        self.ask("DELETE", f"/threads/{run['thread_id']}")
        self.ask("DELETE", f"/assistants/{run['assistant_id']}")
        return said


class CreatesBoth(SmallClient):
    """It creates the thread with the run."""

    def work(self) -> dict[str, str]:
        assistant = self.ask("POST", "/assistants", {"model": "gpt-4o", "tools": [TOOL]})
        body = {"assistant_id": assistant["id"], "thread": {"messages": SAID}}
        run = self.ask("POST", "/threads/runs", body)
        run = self.settled(run)
        while run["status"] == "requires_action":
            run = self.settled(self.answered(run))
        return self.told(run)


class RunsTwice(SmallClient):
    """It begins another run on its thread when the first has ended."""

    def told(self, run: Any) -> dict[str, str]:
        super().told(run)
        self.texts.clear()
        path = f"/threads/{run['thread_id']}/runs"
        again = self.settled(self.begun(path, run["assistant_id"]))
        while again["status"] == "requires_action":
            again = self.settled(self.answered(again))
        return super().told(again)


class OneCallAtATime(SmallClient):
    """It asks for one call at a time, and answers the first."""

    def create_body(self, assistant_id: str) -> dict[str, Any]:
        return {"assistant_id": assistant_id, "parallel_tool_calls": False}

    def outputs(self, run: Any) -> dict[str, Any]:
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        return {"tool_outputs": [self.output(calls[0])]}


class NeverCalls(SmallClient):
    """It forbids calls, and could not answer one."""

    def create_body(self, assistant_id: str) -> dict[str, Any]:
        return {"assistant_id": assistant_id, "tool_choice": "none"}

    def outputs(self, run: Any) -> dict[str, Any]:
        raise NotImplementedError


class MustCall(SmallClient):
    """It asks for a call of one function, and is out of itself if there is none."""

    def create_body(self, assistant_id: str) -> dict[str, Any]:
        choice = {"type": "function", "function": {"name": "clock"}}
        return {"assistant_id": assistant_id, "tool_choice": choice}

    def settled(self, run: Any) -> Any:
        rested = super().settled(run)
        first = not self.called
        self.called = self.called or rested["status"] == "requires_action"
        if first and rested["status"] == "completed":
            raise AssertionError("it was not called")
        return rested

    called = False


class WantsJson(SmallClient):
    """It asks for JSON, and reads it."""

    def create_body(self, assistant_id: str) -> dict[str, Any]:
        return {"assistant_id": assistant_id, "response_format": {"type": "json_object"}}

    def told(self, run: Any) -> dict[str, str]:
        said = super().told(run)
        if run["status"] == "completed":
            json.loads(said["text"])
        return said


class SpeaksV1(SmallClient):
    """It speaks the founding edition."""

    def headers(self, *, has_body: bool) -> dict[str, str]:
        return {**super().headers(has_body=has_body), "OpenAI-Beta": "assistants=v1"}


class AnswersSlowly(SmallClient):
    """Its functions take a while."""

    def output(self, call: Any) -> dict[str, str]:
        time.sleep(0.4)
        return super().output(call)


class GivesUpAtOnce(SmallClient):
    """It says of anything but a completed run that it failed."""

    def told(self, run: Any) -> dict[str, str]:
        if run["status"] != "completed":
            raise GivenUp(f"the run is {run['status']}")
        return super().told(run)


RIGHT = (
    *(CleansUp, CreatesBoth, RunsTwice, OneCallAtATime, NeverCalls, MustCall, WantsJson),
    *(SpeaksV1, AnswersSlowly, GivesUpAtOnce),
)
OF_ANY = ("completes", "fails", "incomplete", "calls-two", "calls-again", "calls-then-failed")


@pytest.mark.parametrize("life", OF_ANY)
@pytest.mark.parametrize("kind", RIGHT, ids=lambda kind: kind.__name__)
def test_a_right_client_is_not_accused(kind: type[SmallClient], life: str) -> None:
    """Whatever it does that others do not."""
    assert broken_in(played(life, kind)) == set()


@pytest.mark.parametrize("life", [name for name in PLAYED_LIVES if name not in OF_ANY])
def test_a_client_that_creates_both_is_right_in_every_life(life: str) -> None:
    """Trouble meets it as it meets others."""
    trial = played(life, CreatesBoth)
    assert broken_in(trial) == set()
    assert bool(trial.runs) is not PLAYED_LIVES[life].no_run
