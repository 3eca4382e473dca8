"""The suite without a test file: ``pytest --run-target URL`` in any folder."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from run_contracts.contract.requirements import register
from run_contracts.errors import UsageError
from run_contracts.testing import items
from run_contracts.testing.checking import Checks
from run_contracts.testing.plugin_options import ALONE, IDS, NAME, given
from run_contracts.testing.report_files import Files
from run_contracts.testing.targets import TargetResolver


class Suite:
    """Adds the items of the suite to what a session collects."""

    def __init__(self, config: pytest.Config) -> None:
        """Read the options; a wrong one ends pytest with its usage error."""
        self.config = config
        try:
            self.aims = TargetResolver(config)
            self.aims.check_options()
            Files.of(config)
            known = register(self.aims.edition)
            ids = [one for one in getattr(config.option, IDS) if one]
            only = [known[one].id for one in (*given(config, "only"), *ids)]
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None
        self.requirements = list(items.selected(known, only=only))
        self.is_alone = bool(getattr(config.option, ALONE))
        Checks.of(config).know_areas(known)
        config.pluginmanager.register(_Collected(), f"{NAME}.collected")

    def pytest_report_header(self) -> str:
        """Say what is checked."""
        where = given(self.config, "target") or "what the fixture run_target returns"
        return f"run-contracts: {where} (edition {self.aims.edition}, profile {self.aims.profile})"

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Add the suite to what the session collects; no test file is needed."""
        report = yield
        if not report.passed:
            return report
        if self.is_alone and isinstance(collector, pytest.Directory):
            report.result = [self._place(collector)]
        elif isinstance(collector, pytest.Session) and not self.is_alone:
            found = list(report.result or ())
            report.result = [*found, self._place(_root(found) or collector)]
        return report

    def _place(self, parent: pytest.Collector) -> _Place:
        place = _Place.from_parent(parent, path=Path(items.__file__), name=NAME, nodeid=NAME)
        place.suite = self
        return place


def _root(found: list[pytest.Item | pytest.Collector]) -> pytest.Collector | None:
    """Return the project's folder as it was collected: fixtures of its conftest belong to it."""
    nodes = (node for one in found for node in one.listchain())
    return next(
        (n for n in nodes if isinstance(n, pytest.Directory) and n.path == n.config.rootpath), None
    )


class _Collected:
    """Collects our items before anything else can: pytest's --lf passes over files without."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> pytest.CollectReport | None:
        if not isinstance(collector, _Place):
            return None
        return pytest.CollectReport(NAME, "passed", None, list(collector.collect()))


class _Place(pytest.Module):
    """Stands for the test file that is not there."""

    suite: Suite
    obj = items  # the module that the items say they are from

    def collect(self) -> Iterator[pytest.Function]:
        for requirement in self.suite.requirements:
            yield pytest.Function.from_parent(
                self, name=requirement.id, callobj=items.as_test(requirement)
            )
