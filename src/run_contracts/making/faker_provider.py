"""A provider for faker: ``fake.add_provider(RunProvider)``, then ``fake.run()``, ``fake.run_id()``.

What it makes comes from the generator's own source of randomness, so that faker's seeds hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faker.providers import BaseProvider

from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.loading import load
from run_contracts.making.factory import LOCALE, Factory
from run_contracts.making.forms import Identifier
from run_contracts.making.generators.content import PREFIXES

if TYPE_CHECKING:
    from run_contracts.types import (
        Edition,
        Page,
        Run,
        RunStatus,
        RunStep,
        RunStepStatus,
        StreamEnding,
        StreamEvent,
    )


class RunProvider(BaseProvider):
    """Runs, steps, lists, histories, streams and ids, in the locale of the generator."""

    def run(self, status: RunStatus | None = None, *, edition: Edition = "v2", **fixed: Any) -> Run:
        """Return a legal run; see `run_contracts.factories.make_run`."""
        return self._factory(edition).run(status, **fixed)

    def run_step(
        self, status: RunStepStatus | None = None, *, edition: Edition = "v2", **fixed: Any
    ) -> RunStep:
        """Return a legal run step."""
        return self._factory(edition).step(status, **fixed)

    def run_list(self, n: int = 2, *, edition: Edition = "v2", **fixed: Any) -> Page[Run]:
        """Return a page of the runs of one thread."""
        return self._factory(edition).run_list(n, **fixed)

    def run_history(
        self, status: RunStatus = COMPLETED, *, edition: Edition = "v2", **about: Any
    ) -> list[Run]:
        """Return the snapshots of a run whose life ends in a status; see `Factory.history`."""
        return self._factory(edition).history(status, **about)

    def run_stream(
        self, ending: StreamEnding = COMPLETED, *, edition: Edition = "v2", **about: Any
    ) -> list[StreamEvent]:
        """Return the events of a stream; see `Factory.stream` for what it may be about."""
        return self._factory(edition).stream(ending, **about)

    def run_id(self) -> str:
        """Return an id of a run."""
        return self._id("run_id")

    def thread_id(self) -> str:
        """Return an id of a thread."""
        return self._id("thread_id")

    def assistant_id(self) -> str:
        """Return an id of an assistant."""
        return self._id("assistant_id")

    def run_step_id(self) -> str:
        """Return an id of a run step."""
        return self._id("step_id")

    def message_id(self) -> str:
        """Return an id of a message."""
        return self._id("message_id")

    def tool_call_id(self) -> str:
        """Return an id of a tool call."""
        return self._id("tool_call_id")

    def _id(self, name: str) -> str:
        return str(self._factory("v2").make(Identifier(prefix=PREFIXES[name])))

    def _factory(self, edition: Edition) -> Factory:
        random = self.generator.random
        return Factory(contract=load(edition), locale=self._locale(), source=random)

    def _locale(self) -> str:
        """Return the generator's locale, or the nearest that has texts: that of its lorem."""
        providers = self.generator.get_providers()
        found = (one.__lang__ for one in providers if one.__provider__.endswith(".lorem"))
        return next(found, None) or LOCALE
