"""The script of a stream: a run that moves, a step that opens and closes, and an event of each."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from run_contracts.contract.lifecycle import IN_PROGRESS
from run_contracts.contract.loading import Contract
from run_contracts.making.choosing import plain_plans
from run_contracts.making.forms import Make
from run_contracts.making.histories import BETWEEN_CHANGES, following
from run_contracts.types import JSONObject


@dataclass(kw_only=True)
class StreamScript:
    """The stream of one run as it is written: what happens, in order, and the run as it is now."""

    contract: Contract
    make: Make
    run: JSONObject
    clock: int
    events: list[JSONObject] = field(default_factory=list)
    step: JSONObject = field(default_factory=dict)

    def emit(self, name: str, data: Any) -> None:
        """Add an event; its data stays as it is now, whatever happens later."""
        self.events.append({"event": name, "data": copy.deepcopy(data)})

    def enter(self, status: str) -> None:
        """Let the run go to a status, with the event of it."""
        self.change(status)
        self.emit_run()

    def change(self, status: str) -> None:
        """Let the run go to a status, without an event yet."""
        self.clock += int(self.make(BETWEEN_CHANGES))
        self.run = following(self.contract, self.make, self.run, status, self.clock)
        self.clock = max([self.clock, *_ends(self.run)])

    def emit_run(self) -> None:
        """Add the event of the run as it is."""
        self.emit(f"thread.run.{self.run['status']}", self.run)

    def open_step(self, details: JSONObject) -> None:
        """Begin a step."""
        (plan,) = plain_plans(self.contract, "run_step", IN_PROGRESS)
        step = plan.made(self.make)
        named = {"run_id": self.run["id"], "expires_at": self.run["expires_at"]}
        shared = {name: self.run[name] for name in ("thread_id", "assistant_id")}
        type_ = {"type": details["type"], "step_details": details, "created_at": self.clock}
        self.step = {**step, **shared, **named, **type_}
        for name in ("created", IN_PROGRESS):
            self.emit(f"thread.run.step.{name}", self.step)

    def close_step(self, status: str) -> None:
        """End the step that is open; a stream's frames keep its expires_at."""
        (plan,) = plain_plans(self.contract, "run_step", status)
        ended: JSONObject = {"status": status}
        for name, wanted in self.contract.lifecycle.steps[status].items():
            if name != "expires_at" and wanted == "set" and self.step.get(name) is None:
                is_moment = name.endswith("_at")
                ended[name] = self.clock if is_moment else plan.part(name, self.make)
        self.step = {**self.step, **ended}
        self.emit(f"thread.run.step.{status}", self.step)


def _ends(run: JSONObject) -> list[int]:
    return [run[n] for n in run if n.endswith("_at") and n != "expires_at" and run[n] is not None]
