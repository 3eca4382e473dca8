"""The pytest plugin: ``pytest --run-target URL`` checks a server, one item a requirement.

This module and those it imports are loaded in every pytest run of every project that has this
package installed. So they import pytest and the standard library only, and nothing changes unless
a target is given, `run_contracts.testing.suite` is called, or a fixture is used.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from run_contracts.testing.fixtures import (
    IS_CUT_SHORT,
    _run_check,
    assert_recording,
    assert_run,
    every_legal_run,
    make_run,
    make_runs,
    play_recording,
    run_contract,
    run_seed,
    run_server,
    run_server_options,
    run_server_session,
    run_target,
    watched_runs,
)
from run_contracts.testing.plugin_options import (
    CLIENT_NAME,
    LIVES,
    PLUGIN_NAME,
    add_to,
    given,
    take_own_arguments,
)

__all__ = [
    "_run_check",
    "assert_recording",
    "assert_run",
    "every_legal_run",
    "make_run",
    "make_runs",
    "play_recording",
    "run_contract",
    "run_seed",
    "run_server",
    "run_server_options",
    "run_server_session",
    "run_target",
    "watched_runs",
]
MARKERS = (
    'run_edition(edition, dialect): the edition of run_contract, assert_run and make_run, "v1" or '
    '"v2", and the dialect of the first two',
    "run_alone: nobody else changes what the clients of watched_runs are about meanwhile",
    "run_must: an item of the suite of run_contracts whose requirement is a MUST",
    "run_should: an item of the suite of run_contracts whose requirement is a SHOULD",
    "run_requirement(id): the requirement that an item of the suite of run_contracts is about",
    "run_suite(areas, level, only, edition): a test of run_contracts.testing.suite",
)
NOTHING_VERIFIED = 3
"""Pytest's exit status when everything was skipped, or nothing was selected that was asked for."""
VERIFIED = {"pass", "broken", "advice", "known"}
"""The outcomes of items that say something about the target."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a check, all with one prefix."""
    add_to(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register markers; and the suite, if a target is given."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    joins = take_own_arguments(config)
    config.pluginmanager.register(_SessionSummary(config, joins=joins), f"{PLUGIN_NAME}.summary")
    try:
        _register_collections(config, joins=joins)
    except ModuleNotFoundError as error:
        raise pytest.UsageError(_in_words(error)) from None


def _in_words(error: ModuleNotFoundError) -> str:
    """Return one line on a module that an extra brings; raise the error if none does."""
    from run_contracts.extras import missing_extra  # noqa: PLC0415 - seldom

    missing = missing_extra(error, extra="check")
    if missing is None:
        raise error
    return f"run-contracts: {missing}"


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    """Fail with one line where a fixture of ours needs an extra that is not installed."""
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if not fixturedef.func.__module__.startswith("run_contracts."):
            raise
        reason = _in_words(error)
    pytest.fail(reason, pytrace=False)


def _register_collections(config: pytest.Config, *, joins: bool) -> None:
    """Register what collects items of ours, as far as it is asked for."""
    if given(config, "cassettes"):
        from run_contracts.testing.cassettes import CassetteCollection  # noqa: PLC0415 - only when it is used

        config.pluginmanager.register(CassetteCollection(config), f"{PLUGIN_NAME}.cassettes")
    if given(config, "client"):
        from run_contracts.testing.client_items import ClientCollection  # noqa: PLC0415 - only when it is used

        config.pluginmanager.register(ClientCollection(config), f"{PLUGIN_NAME}.client")
    elif getattr(config.option, LIVES):
        raise pytest.UsageError(f"{CLIENT_NAME} is played to a client; name it by --run-client")
    if joins:
        from run_contracts.testing.collecting import SuiteCollection  # noqa: PLC0415 - only when it is used

        config.pluginmanager.register(SuiteCollection(config), f"{PLUGIN_NAME}.suite")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make the items of `run_contracts.testing.suite`."""
    if "run_requirement" in metafunc.fixturenames:
        from run_contracts.testing.items import parametrize  # noqa: PLC0415 - only in the suite

        parametrize(metafunc)
    if "every_legal_run" in metafunc.fixturenames:
        try:
            from run_contracts.conduct.played_lives import PLAYED_LIVES  # noqa: PLC0415 - only when it is used
        except ModuleNotFoundError as error:
            raise pytest.Collector.CollectError(_in_words(error)) from None
        metafunc.parametrize("every_legal_run", list(PLAYED_LIVES), indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show beside a failure what came to the server of the test, and keep that it has failed."""
    report = yield
    if call.excinfo is not None and call.when != "teardown":
        item.stash[IS_CUT_SHORT] = True
    server: Any = getattr(item, "funcargs", {}).get("run_server")
    if report.failed and call.when == "call" and hasattr(server, "story"):
        report.sections.append((f"{PLUGIN_NAME}: what came to run_server", server.story()))
    return report


class _SessionSummary:
    """Keeps what the reports of our items say, sums it up at the end, and sees green earned."""

    def __init__(self, config: pytest.Config, *, joins: bool) -> None:
        """Begin with no entry. Workers of xdist leave the summary to the process they report to."""
        self._is_worker = hasattr(config, "workerinput")
        self._must_verify = joins and not config.getoption("collectonly", default=False)
        self._entries: list[dict[str, Any]] = []

    @property
    def _is_unverified(self) -> bool:
        """Whether there is green, or nothing, where something should have been verified."""
        outcomes = {entry.get("outcome") for entry in self._entries}
        is_asked = self._must_verify or bool(self._entries)
        return is_asked and not self._is_worker and not outcomes & VERIFIED

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a report says of an item of ours."""
        entry = getattr(report, PLUGIN_NAME, None)
        if entry is not None:
            self._entries.append(entry)

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Turn a session red in which nothing was verified."""
        yield
        if self._is_unverified and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = NOTHING_VERIFIED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Sum up what was checked."""
        if not (self._entries or self._is_unverified):
            return
        from run_contracts.testing.terminal_summary import summary  # noqa: PLC0415 - only when it is used

        terminalreporter.section("run-contracts")
        for line in summary(self._entries):
            terminalreporter.write_line(line)
        if self._is_unverified:
            reasons = [entry["stopped"] for entry in self._entries if "stopped" in entry]
            reasons += ["" if self._entries else "no requirement was selected"]
            why = f": {reasons[0]}" if reasons[0] else ""
            terminalreporter.write_line(f"nothing was verified{why}", red=True)
