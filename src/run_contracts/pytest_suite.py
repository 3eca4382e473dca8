"""The ready-made suite that ``--run-target`` adds to a pytest session."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from run_contracts import baseline, events
from run_contracts.errors import RunContractsError, UsageError
from run_contracts.register import Register, Requirement, register
from run_contracts.report import jsonlines, junit, text
from run_contracts.target import Target, target

PREFIX = "run_contracts::"
"""How the ids of our items begin, e.g. ``run_contracts::RUN-LIFE-002``."""


class Suite:
    """One check of one target, shared by the items of a session."""

    def __init__(self, config: pytest.Config) -> None:
        """Read the options; a wrong one ends pytest with its usage error."""
        self.config = config
        option = config.getoption
        try:
            self.target: Target = target(
                option("--run-target"),
                edition=option("--run-edition"),
                api_key_env=option("--run-api-key-env"),
                headers=tuple(option("--run-header")),
                assistant_id=option("--run-assistant-id"),
                thread_id=option("--run-thread-id"),
                model=option("--run-model"),
                seed=option("--run-seed"),
                profile=option("--run-profile"),
            )
            self.register: Register = register(self.target.edition)
            self.only = [self.register[one].id for one in option("--run-only")]
            named = option("--run-baseline")
            start = config.invocation_params.dir
            self.baseline = baseline.found(Path(named) if named else None, start)
            self.report = self._writable(option("--run-report"))
            self.junit = self._writable(option("--run-junit"))
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None
        self._take_own_ids()

    def _writable(self, name: str | None) -> Path | None:
        """Return where a report goes; each worker of xdist writes one of its own."""
        if name is None:
            return None
        path = Path(name)
        worker = getattr(self.config, "workerinput", {}).get("workerid")
        if worker is not None:
            path = path.with_name(f"{path.stem}.{worker}{path.suffix}")
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise UsageError(f"{name}: the report cannot be written there")
        return path

    def _take_own_ids(self) -> None:
        """Take ids of ours out of pytest's arguments, for they are no files, and select by them."""
        own = [arg for arg in self.config.args if arg.startswith(PREFIX)]
        if own:
            ids = [arg.removeprefix(PREFIX) for arg in own]
            try:
                self.only += [self.register[one].id for one in ids]
            except UsageError as error:
                raise pytest.UsageError(str(error)) from None
            self.config.args[:] = [arg for arg in self.config.args if arg not in own]
        self.is_alone = bool(own) and not self.config.args

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add the suite to what the session collects; no test file is needed."""
        report = yield
        if isinstance(collector, pytest.Session) and report.passed:
            found = [] if self.is_alone else list(report.result or ())
            suite = _Requirements.from_parent(collector, name="run_contracts", suite=self)
            report.result = [*found, suite]
        return report

    def requirements(self) -> Iterator[Requirement]:
        """Yield the requirements that were asked for: all, or those named."""
        for requirement in self.register.values():
            if not self.only or requirement.id in self.only:
                yield requirement

    @cached_property
    def verdicts(self) -> dict[str, events.Decided]:
        """The verdict on every selected requirement; the check runs when it is first asked for."""
        return {one.requirement: one for one in self._events if isinstance(one, events.Decided)}

    @property
    def stopped(self) -> str:
        """Why the check ended before its verdicts."""
        ends = (one.error for one in self._events if isinstance(one, events.Finished))
        return next((error for error in ends if error), "the check ended without a verdict")

    @cached_property
    def _events(self) -> list[events.Event]:
        from run_contracts.runner import check  # noqa: PLC0415 - loads what sends and judges

        seen: list[events.Event] = []
        with ExitStack() as stack:
            file = None
            if self.report is not None:
                file = stack.enter_context(self.report.open("w", encoding="utf-8"))
            told = check(self.target, only=self._selected())
            for event in baseline.applied(told, self.baseline):
                seen.append(event)
                if file is not None:
                    jsonlines.write(event, file)
        if self.junit is not None:
            self.junit.write_bytes(junit.document(seen))
        return seen

    def _selected(self) -> list[str] | None:
        """Return the ids of the items that are left to run; None if they are all."""
        ids = [item.requirement.id for item in self.items]
        return None if len(ids) == len(self.register) else ids

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember which items were selected: only their probes need to run."""
        self.items = [item for item in session.items if isinstance(item, RequirementItem)]

    def pytest_report_header(self) -> str:
        """Say what is checked."""
        return f"run-contracts: {self.target.url}, edition {self.target.edition}"

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Turn a session red that ran items of ours and verified nothing."""
        yield
        ran = "_events" in self.__dict__
        is_empty = not any(one.result in ("pass", "fail") for one in self._known())
        if ran and is_empty and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = events.ExitCode.NOTHING_VERIFIED
        if self._out_of_date() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell advice and what was left out, which no item shows."""
        failed = [one for one in self._known() if one.result == "fail" and not one.known]
        advice = [one for one in failed if not one.is_red]
        left_out = [
            one.left_out
            for one in self.__dict__.get("_events", [])
            if isinstance(one, events.Started)
        ]
        if any(left_out) or advice or self._out_of_date():
            terminalreporter.section("run-contracts")
        for line in self._out_of_date():
            terminalreporter.write_line(f"known failures: {line}", red=True)
        for line in filter(None, left_out):
            terminalreporter.write_line(f"left out: {line}")
        for verdict in advice:
            for line in text.decided(verdict, again=self.again):
                terminalreporter.write_line(line)
        if "_events" in self.__dict__ and not any(
            one.result in ("pass", "fail") for one in self._known()
        ):
            terminalreporter.write_line("run-contracts: nothing was verified", red=True)

    def _known(self) -> list[events.Decided]:
        return [one for one in self.__dict__.get("_events", []) if isinstance(one, events.Decided)]

    def _out_of_date(self) -> list[str]:
        """Return what is wrong with the list of known failures, if the check ran."""
        seen = self.__dict__.get("_events", [])
        return [line for one in seen if isinstance(one, events.Finished) for line in one.baseline]

    @property
    def again(self) -> str:
        """The command that checks this target again."""
        return f"run-contracts check {self.target.url}"


class _Requirements(pytest.Collector):
    """The collector of our items."""

    def __init__(self, *, suite: Suite, **rest: Any) -> None:
        super().__init__(**rest, nodeid="run_contracts")
        self.suite = suite

    def collect(self) -> Iterator[RequirementItem]:
        for requirement in self.suite.requirements():
            yield RequirementItem.from_parent(
                self, name=requirement.id, requirement=requirement, suite=self.suite
            )


class _Red(Exception):
    """A verdict that fails its item."""


class RequirementItem(pytest.Item):
    """One requirement as a test item."""

    def __init__(self, *, requirement: Requirement, suite: Suite, **rest: Any) -> None:
        """Keep the requirement; its level and source go into JUnit properties."""
        super().__init__(**rest)
        self.requirement = requirement
        self.suite = suite
        for name in ("level", "sentence", "source"):
            self.user_properties.append((name, str(getattr(requirement, name))))

    def runtest(self) -> None:
        """Pass, fail, skip, or fail as expected, by the verdict on the requirement."""
        verdict = self.suite.verdicts.get(self.requirement.id)
        if verdict is None:
            raise _Red(self.suite.stopped)
        if verdict.is_red:
            raise _Red("\n".join(text.decided(verdict, again=self.suite.again)).strip())
        if verdict.known:
            pytest.xfail(verdict.known)
        if verdict.result not in ("pass", "fail"):
            pytest.skip(f"{verdict.result}: {verdict.reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the lines for a person; a traceback only for what is not a verdict."""
        if isinstance(excinfo.value, _Red | RunContractsError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Name the item by its requirement and sentence."""
        return Path(PREFIX), None, f"{self.requirement.id} {self.requirement.sentence}"
