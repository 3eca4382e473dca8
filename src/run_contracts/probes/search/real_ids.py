"""Real ids: what generated requests name, so that they are answered for more than unknown ids.

Most name a run that ended, with one of its steps. A run or a message is asked for on a thread that
no run keeps locked, and outputs are given to a run that waits for some.
"""

from __future__ import annotations

from collections.abc import Callable

from run_contracts.contract.operations import operations
from run_contracts.probes import ProbeContext
from run_contracts.probes.run_requests import RunValue
from run_contracts.probes.running import first_id
from run_contracts.probes.search.hunt import Hunt

SOURCE = "schemathesis ids"
MOST_FOR_A_RUN = 2
"""Requests that make a free thread for each run that is asked for on one."""
MOST_FOR_ALL = 8
"""Requests at most for everything else: a step, a run that waits by some means, and its cancel."""


class RealIds:
    """Ids of what is there, by the names they have in paths and bodies."""

    def __init__(self, context: ProbeContext, hunt: Hunt) -> None:
        """Take those of a run that is there; raise a `Shortfall` if there is none."""
        self._context, self._hunt = context, hunt
        run = context.any_run
        self._waiting: RunValue | None = None
        self._usual = {"assistant_id": context.assistant_id, **_ids_of(run)}
        self._usual |= self._sent_for(lambda: self._step_of(run))
        locked = dict.fromkeys(("createRun", "createMessage"), self._free_thread)
        finders = {**locked, "submitToolOutputs": self._waiting_run}
        known = operations(context.contract.edition).values()
        self._finders = {
            f"{one.method} {one.path}": finders[one.id] for one in known if one.id in finders
        }

    @property
    def assistant(self) -> dict[str, str]:
        """The id of an assistant alone."""
        return {"assistant_id": self._usual["assistant_id"]}

    def of(self, label: str) -> dict[str, str]:
        """Return the ids for an endpoint, by its method and path."""
        find = self._finders.get(label)
        return self._usual if find is None else self._usual | self._sent_for(find)

    def leave(self) -> None:
        """Cancel the run that was left waiting."""
        run = self._waiting
        if run is not None:
            self._sent_for(lambda: _ids_of(self._cancelled(run)))

    def _cancelled(self, run: RunValue) -> RunValue:
        self._context.session.send("cancelRun", of=run)
        return run

    def _sent_for(self, find: Callable[[], dict[str, str]]) -> dict[str, str]:
        """Return ids that requests are sent for; none where that does not go."""
        ids: list[dict[str, str]] = [{}]
        self._hunt.begin(SOURCE)
        self._hunt.send(lambda: ids.append(find()))
        return ids[-1]

    def _step_of(self, run: RunValue) -> dict[str, str]:
        step_id = first_id(self._context.session.send("listRunSteps", of=run))
        return {} if step_id is None else {"step_id": step_id}

    def _free_thread(self) -> dict[str, str]:
        return {"thread_id": self._context.home}

    def _waiting_run(self) -> dict[str, str]:
        if self._waiting is None:
            self._waiting = self._context.calling_run()
        return _ids_of(self._waiting)


def _ids_of(run: RunValue) -> dict[str, str]:
    return {"thread_id": run["thread_id"], "run_id": run["id"]}
