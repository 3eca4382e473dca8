"""Planned lives are lives: in both editions, polled and streamed, nothing is broken."""

from __future__ import annotations

from contextlib import closing
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from run_contracts.client.asgi_transport import InProcess
from run_contracts.contract.loading import load
from run_contracts.server import Lives, ServerOptions, create_app, life
from run_contracts.server.clock import PatientClock
from run_contracts.server.lives.life import PlannedCall
from run_contracts.testing import AssertRun
from tests.server.conftest import Caller, client

ENDS = ("cancelled", "completed", "expired", "failed", "incomplete")
RESTS = st.tuples(st.integers(0, 2), st.sampled_from(ENDS)).map(
    lambda drawn: ["requires_action"] * drawn[0] + [drawn[1]]
)
EDITIONS = st.sampled_from(["v1", "v2"])
CALLS = [PlannedCall("weather", '{"city": "Oslo"}')]


class Scene:
    """A server whose time passes for its client alone, and one run with a life on it."""

    def __init__(self, edition: str, statuses: list[str]) -> None:
        lives, self.clock = Lives(), PatientClock(speed=1.0, epoch=None)
        lives.add(life(statuses, rounds=[CALLS] if "requires_action" in statuses else []))
        transport = InProcess(create_app(ServerOptions(), self.clock, lives))
        opened = client("http://server.invalid/v1", edition, transport)
        self.call = Caller(opened, self.clock.sleep)
        self.assert_run = AssertRun(load(edition))

    def close(self) -> None:
        """Close the client, and the way to the server with it."""
        self.call.client.close()

    def created(self, **fields: Any) -> str:
        """Create the run; return the answer's text."""
        self.path = f"/threads/{self.call.thread()}/runs"
        body = {"assistant_id": self.call.assistant(), **fields}
        return self.call.client.post(self.path, json=body).text

    def run(self) -> dict[str, Any]:
        """Return the run as it is."""
        _, page = self.call("GET", self.path)
        return dict(page["data"][0])

    def answered(self, run: dict[str, Any], **fields: Any) -> str:
        """Submit what a run asks for; return the answer's text."""
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        outputs = [{"tool_call_id": call["id"], "output": "Rain."} for call in calls]
        path = f"{self.path}/{run['id']}/submit_tool_outputs"
        return self.call.client.post(path, json={"tool_outputs": outputs, **fields}).text


@settings(deadline=None, max_examples=60)
@given(edition=EDITIONS, statuses=RESTS)
def test_a_poller_sees_a_legal_life(edition: str, statuses: list[str]) -> None:
    """It rests where it is told to, and everything that is seen of it is right."""
    with closing(Scene(edition, statuses)) as scene:
        scene.created()
        history = [scene.run()]
        while history[-1]["status"] not in ENDS:
            if history[-1]["status"] == "requires_action":
                scene.answered(history[-1])
            history.append(scene.call.later(history[-1], 0.05))
        scene.assert_run(history, "history")
        scene.assert_run(scene.call("GET", f"{scene.path}/{history[-1]['id']}/steps")[1])
        wanted = [one for rest in statuses for one in _passed(rest, edition)]
        assert [status for status, _ in groupby(run["status"] for run in history)] == wanted


@settings(deadline=None, max_examples=60)
@given(edition=EDITIONS, statuses=RESTS)
def test_a_stream_tells_a_legal_life(edition: str, statuses: list[str]) -> None:
    """Each stream ends where the run rests."""
    with closing(Scene(edition, statuses)) as scene:
        texts = [scene.created(stream=True)]
        while (run := scene.run())["status"] == "requires_action":
            texts.append(scene.answered(run, stream=True))
        for text, rest in zip(texts, statuses, strict=True):
            scene.assert_run(text)
            assert f"event: thread.run.{_named(rest, edition)}\n" in text


def _passed(rest: str, edition: str) -> list[str]:
    """Return what a run passes on its way to a rest, and the rest."""
    stops = ["cancelling"] if rest == "cancelled" else []
    return ["queued", "in_progress", *stops, _named(rest, edition)]


def _named(rest: str, edition: str) -> str:
    """Return what an edition calls a rest: in v1 a run that hit a limit was completed."""
    return "completed" if (rest, edition) == ("incomplete", "v1") else rest


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_a_run_that_stays_expires_in_the_end(status: str) -> None:
    """Not before its time."""
    with closing(Scene("v2", [status])) as scene:
        scene.created()
        assert scene.call.later(scene.run(), 590)["status"] == status
        assert scene.call.later(scene.run(), 11)["status"] == "expired"


def test_a_run_that_waits_for_its_outputs_expires_if_told_to() -> None:
    """Nobody has to submit anything."""
    with closing(Scene("v2", ["requires_action", "expired"])) as scene:
        scene.created()
        scene.clock.sleep(4.0)
        assert scene.run()["status"] == "expired"


def test_a_token_limit_is_kept() -> None:
    """A run that is to complete says no more than its request allows."""
    with closing(Scene("v2", ["completed"])) as scene:
        scene.created(max_completion_tokens=16)
        run = scene.call.later(scene.run(), 5)
        assert (run["status"], run["incomplete_details"]) == ("completed", None)
        assert run["usage"]["completion_tokens"] == 16
