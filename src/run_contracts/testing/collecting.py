"""The suite without a test file: ``pytest --run-target URL`` in any folder."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from run_contracts.client.checked_target import without_user
from run_contracts.contract.requirements import register
from run_contracts.errors import UsageError
from run_contracts.testing import items
from run_contracts.testing.check_settings import budget
from run_contracts.testing.checking import SessionChecks
from run_contracts.testing.dialect_option import dialect_in
from run_contracts.testing.plugin_options import ALONE, IDS, PLUGIN_NAME, given
from run_contracts.testing.report_files import ReportFiles
from run_contracts.testing.targets import TargetResolver, options_hidden


class SuiteCollection:
    """Adds the items of the suite to what a session collects."""

    def __init__(self, config: pytest.Config) -> None:
        """Read the options; a wrong one ends pytest with its usage error."""
        self.config = config
        try:
            self.resolver = TargetResolver(config)
            self.resolver.check_options()
            budget(config)
            ReportFiles.of(config)
            known = register(self.resolver.edition)
            typed = (*given(config, "only"), *filter(None, getattr(config.option, IDS)))
            only = [known[requirement].id for requirement in typed]
        except UsageError as error:
            raise pytest.UsageError(options_hidden(config)(str(error))) from None
        self.requirements = list(items.selected(known, only=only))
        self.is_alone = bool(getattr(config.option, ALONE))
        SessionChecks.of(config).register_area_markers(known)
        config.pluginmanager.register(_FirstCollection(), f"{PLUGIN_NAME}.collected")

    def pytest_report_header(self) -> str:
        """Say what is checked."""
        typed, _ = without_user(given(self.config, "target") or "")
        where = typed or "what the fixture run_target returns"
        edition, profile = self.resolver.edition, self.resolver.profile
        dialect = dialect_in(self.config, edition)
        spoken = f"edition {edition}, dialect {dialect}" if dialect else f"edition {edition}"
        line = f"run-contracts: {where} ({spoken}, profile {profile})"
        return options_hidden(self.config)(line)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add the suite to what the session collects; no test file is needed."""
        report = yield
        if not report.passed:
            return report
        if self.is_alone and isinstance(collector, pytest.Directory):
            report.result = [self._module(collector)]
        elif isinstance(collector, pytest.Session) and not self.is_alone:
            nodes = list(report.result or ())
            report.result = [*nodes, self._module(_root(nodes) or collector)]
        return report

    def _module(self, parent: pytest.Collector) -> _SuiteModule:
        path, name = Path(items.__file__), PLUGIN_NAME
        module = _SuiteModule.from_parent(parent, path=path, name=name, nodeid=name)
        module.suite = self
        return module


def _root(nodes: list[pytest.Item | pytest.Collector]) -> pytest.Collector | None:
    """Return the project's folder as it was collected: fixtures of its conftest belong to it."""
    above = (parent for node in nodes for parent in node.listchain())
    return next(
        (n for n in above if isinstance(n, pytest.Directory) and n.path == n.config.rootpath), None
    )


class _FirstCollection:
    """Collects our items before anything else can: pytest's --lf passes over files without."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> pytest.CollectReport | None:
        if not isinstance(collector, _SuiteModule):
            return None
        return pytest.CollectReport(PLUGIN_NAME, "passed", None, list(collector.collect()))


class _SuiteModule(pytest.Module):
    """Stands for the test file that is not there."""

    suite: SuiteCollection
    obj = items  # the module that the items say they are from

    def collect(self) -> Iterator[pytest.Function]:
        for requirement in self.suite.requirements:
            yield pytest.Function.from_parent(
                self, name=requirement.id, callobj=items.as_test(requirement)
            )
