"""A client as items: ``pytest --run-client 'python app.py {url} {key}'``, one for each life."""

from __future__ import annotations

import shlex
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from run_contracts.checks.registry import raised
from run_contracts.conduct.client_command import DEFAULT_TIME_LIMIT, ClientCommand
from run_contracts.conduct.life_findings import finding_lines
from run_contracts.conduct.life_trial import tried
from run_contracts.conduct.life_verdicts import outcomes_of, undecided
from run_contracts.conduct.played_life import PlayedLife
from run_contracts.conduct.played_lives import PLAYED_LIVES
from run_contracts.errors import RunContractsError, UsageError
from run_contracts.server.lookup import check_known
from run_contracts.testing.plugin_options import ALONE, CLIENT_NAME, JOINS, LIVES, given


class ClientCollection:
    """Adds an item for each life to what a session collects."""

    def __init__(self, config: pytest.Config) -> None:
        """Read the command; one that is none ends pytest with its usage error."""
        line = str(given(config, "client"))
        try:
            arguments = tuple(shlex.split(line))
        except ValueError as error:
            raise pytest.UsageError(f"--run-client {line!r} is no command: {error}") from None
        self.line = line
        self.lives = _lives_asked(config)
        self.command = ClientCommand(arguments=arguments, time_limit=DEFAULT_TIME_LIMIT)

    def pytest_report_header(self) -> str:
        """Say which client is checked."""
        lives = f"{len(self.lives)} {'life' if len(self.lives) == 1 else 'lives'}"
        return f"run-contracts: the client {self.line}, {lives}"

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add the lives to what the session collects; no test file is needed."""
        report = yield
        if report.passed and isinstance(collector, pytest.Session):
            lives = _Lives.from_parent(collector, name=CLIENT_NAME, nodeid=CLIENT_NAME)
            lives.command, lives.played = self.command, self.lives
            is_all = _are_alone(collector.config) and not getattr(collector.config.option, JOINS)
            report.result = [*(() if is_all else report.result or ()), lives]
        return report


def _lives_asked(config: pytest.Config) -> tuple[PlayedLife, ...]:
    """Return the lives that ids name; without any all, but where ids of another suite stand alone.

    A name that is no life's ends pytest with its usage error.
    """
    names = getattr(config.option, LIVES)
    try:
        for name in filter(None, names):
            check_known("life", name, PLAYED_LIVES)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    if not names and _are_alone(config):
        return ()
    are_all = not names or "" in names
    return tuple(each for each in PLAYED_LIVES.values() if are_all or each.id in names)


def _are_alone(config: pytest.Config) -> bool:
    """Say whether nothing but ids of ours is asked for."""
    return bool(getattr(config.option, ALONE))


class _Lives(pytest.Collector):
    """The lives that are played to a client."""

    command: ClientCommand
    played: tuple[PlayedLife, ...]

    def collect(self) -> Iterator[pytest.Item]:
        for played in self.played:
            item = _LifeItem.from_parent(self, name=played.id)
            item.command, item.played = self.command, played
            yield item


class _BrokenByClient(AssertionError):
    """A client breaks what it must do."""


class _LifeItem(pytest.Item):
    """Passes if a client does what it must in a life."""

    command: ClientCommand
    played: PlayedLife

    def runtest(self) -> None:
        trial = tried(self.command, self.played)
        if not trial.exchanges:
            raise _BrokenByClient(f"the client sent nothing to {{url}}; it said {trial.said}")
        if trial.unused:
            pytest.skip(trial.unused)
        outcomes = list(outcomes_of(trial, raised))
        lines = list(finding_lines(outcomes, strict=bool(given(self.config, "strict"))))
        if lines:
            raise _BrokenByClient("\n".join([self.played.sentence, *lines]))
        why = undecided(trial, outcomes)
        if why:
            pytest.skip(f"nothing is known: {why}")
        advice = list(finding_lines(outcomes, strict=True))
        if advice:
            self.add_report_section("call", "run-contracts", "\n".join(advice))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any) -> Any:
        """Return the findings, and nothing of how they were found."""
        if isinstance(excinfo.value, _BrokenByClient | RunContractsError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"client: {self.name}"
