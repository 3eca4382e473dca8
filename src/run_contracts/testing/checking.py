"""One check for all items of a group, and what it says of each of them."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from run_contracts.contract.requirements import Register, register
from run_contracts.errors import RunContractsError
from run_contracts.events import Decided, Event
from run_contracts.report.words import OUTCOME_WORDS, RED_OUTCOMES
from run_contracts.testing import failures
from run_contracts.testing.check_result import CheckResult
from run_contracts.testing.check_settings import budget, is_fail_fast, policy
from run_contracts.testing.item_groups import (
    ItemGroup,
    as_file_suffix,
    group_name,
    other_parameters,
    requirement_of,
)
from run_contracts.testing.live_findings import print_line, watched
from run_contracts.testing.plugin_options import PLUGIN_NAME, given
from run_contracts.testing.report_files import ReportFiles
from run_contracts.testing.targets import ResolvedTarget, TargetResolver, options_hidden
from run_contracts.testing.workers import checked_once
from run_contracts.traffic.hiding import Hide, without_secrets

PROPERTIES = ("id", "level", "area", "sentence", "source")
"""What JUnit says of a requirement."""
OTHER_TARGET = (
    "the fixture run_target returned something else than for the item before; "
    'give it scope="session" or scope="module"'
)
CHECKS_KEY = pytest.StashKey["SessionChecks"]()
ENTRY_KEY = pytest.StashKey[dict[str, Any]]()
SCRIPT_KEY = pytest.StashKey[str]()


class SessionChecks:
    """The checks of a session, one for each group of items."""

    def __init__(self, config: pytest.Config) -> None:
        """Begin with no group."""
        self._config = config
        self._groups: dict[str, ItemGroup] = {}

    @classmethod
    def of(cls, config: pytest.Config) -> SessionChecks:
        """Return those of a session."""
        if CHECKS_KEY not in config.stash:
            config.stash[CHECKS_KEY] = cls(config)
            config.pluginmanager.register(config.stash[CHECKS_KEY], "run_contracts.checks")
        return config.stash[CHECKS_KEY]

    def register_area_markers(self, known: Register) -> None:
        """Register the markers of the areas."""
        for area, title in known.titles.items():
            line = f"run_area_{area}: an item of the suite of run_contracts about: {title}"
            if line not in self._config.getini("markers"):
                self._config.addinivalue_line("markers", line)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember which items were selected: only their probes need to run."""
        for item in session.items:
            if item.get_closest_marker("run_requirement"):
                self._group_of(item).items.append(item)

    def _group_of(self, item: pytest.Item) -> ItemGroup:
        mark = item.get_closest_marker("run_suite")
        asked = mark.kwargs["edition"] if mark is not None else None
        edition = asked or given(self._config, "edition")
        key = f"{group_name(item)} {edition}"
        if key not in self._groups:
            self._groups[key] = ItemGroup(edition=edition, file_suffix=as_file_suffix(key))
        return self._groups[key]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip what would fail as another item of its group did: its fixtures cannot be had."""
        if item.get_closest_marker("run_requirement"):
            failed = self._group_of(item).failed_setup
            if failed is not None:
                pytest.skip(f"not checked: the fixtures failed, see {failed}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put what the check says into the report of the item, which goes wherever reports go."""
        report = yield
        if not item.get_closest_marker("run_requirement"):
            return report
        if report.when == "setup" and report.failed:
            self._group_of(item).failed_setup = item.nodeid
        if report.skipped and isinstance(report.longrepr, tuple):
            report.longrepr = (group_name(item), None, report.longrepr[2])  # type: ignore[assignment]
        if report.when == "call" or not report.passed:
            vars(report)[PLUGIN_NAME] = item.stash.get(ENTRY_KEY, {})
        if report.failed and ENTRY_KEY in item.stash:
            _shorten_summary(report)
        if report.failed and SCRIPT_KEY in item.stash:
            report.sections.append((failures.SCRIPT_TITLE, item.stash[SCRIPT_KEY]))
        _hide_secrets(report, self._group_of(item).hide or options_hidden(self._config))
        return report

    def decide(self, request: pytest.FixtureRequest, returned: object) -> None:
        """Pass, fail or skip an item by the verdict on its requirement.

        `returned` is what the fixture `run_target` returned.
        """
        item = request.node
        group = self._group_of(item)
        rule = register(group.edition)[requirement_of(item)]
        item.user_properties += [(name, str(getattr(rule, name))) for name in PROPERTIES]
        result = self._result(group, returned, request)
        verdict = result.decided.get(rule.id)
        if verdict is None:
            item.stash[ENTRY_KEY] = {"stopped": result.error}
            _fail_once(item, group.first, f"nothing could be checked: {result.error}")
            return
        failure = failures.Failure.of(self._config, item.nodeid, result, verdict)
        if failure.script:
            item.stash[SCRIPT_KEY] = failure.script
        item.stash[ENTRY_KEY] = failure.entry(is_first=not group.is_summed_up)
        group.is_summed_up = True
        _end(verdict, failure.lines, result.other_failures if item is group.first else ())

    def _result(
        self, group: ItemGroup, returned: object, request: pytest.FixtureRequest
    ) -> CheckResult:
        """Return the result of the check of a group; it is made when it is first asked for."""
        if group.result is None:
            group.returned = returned
            try:
                group.result = self._checked(group, request)
            except Exception as error:
                why = (group.hide or options_hidden(self._config))(f"{error!r}")
                group.result = CheckResult(name="", error=f"the check itself failed: {why}")
                raise
        elif group.returned is not returned and group.returned != returned:
            group.other_target = group.other_target or request.node
            _fail_once(request.node, group.other_target, OTHER_TARGET)
        return group.result

    def _checked(self, group: ItemGroup, request: pytest.FixtureRequest) -> CheckResult:
        """Check the target of a group, and write the reports of it."""
        hide = options_hidden(self._config)
        try:
            resolved = TargetResolver(self._config).resolve(group.returned, group.edition)
            hide = group.hide = resolved.target.hidden
            ids = group.ids
            only = None if len(ids) == len(register(group.edition)) else ids
            check = partial(_events, self._config, resolved, only)
            events, is_own = checked_once(request, f"{group.file_suffix} {ids}", check)
            suffix = group.file_suffix if len(self._groups) > 1 else ""
            files = ReportFiles.of(self._config)
            if is_own:
                files.write(events, suffix)
        except (RunContractsError, pytest.UsageError) as error:
            returned = re.sub("//[^/?#]*@", "//", str(group.returned))
            return CheckResult(name=hide(returned), error=hide(str(error)))
        name = " ".join(filter(None, (resolved.name, other_parameters(request.node))))
        return CheckResult.of(name, events, file=files.name_of("report", suffix))


def _shorten_summary(report: pytest.TestReport) -> None:
    """Leave the first line to pytest's short summary: where ``$CI`` is set it prints them all."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        crash.message = crash.message.partition("\n")[0]


def _hide_secrets(report: pytest.TestReport, hide: Hide) -> None:
    """Take the secrets out of what an item says: its failure, and what it printed.

    An error of ours is shown as text, for the values of variables may stand in it.
    """
    report.sections = [(title, hide(text)) for title, text in report.sections]
    if hasattr(report.longrepr, "toterminal"):
        shown = str(report.longrepr)
        if hide(shown) != shown:
            report.longrepr = hide(shown)
    elif report.longrepr is not None:
        report.longrepr = without_secrets(report.longrepr, hide, {})


def _fail_once(item: pytest.Item, first: pytest.Item, reason: str) -> None:
    """Fail one item for what concerns all, and skip the others."""
    if item is first:
        pytest.fail(reason, pytrace=False)
    pytest.skip(f"not checked, see {first.nodeid}")


def _end(verdict: Decided, lines: Sequence[str], other_failures: Sequence[str]) -> None:
    """End an item as its verdict says, or for what else is red about the check."""
    own = lines if verdict.outcome in RED_OUTCOMES else ()
    if own or other_failures:
        pytest.fail("\n".join([*own, *other_failures]), pytrace=False)
    if verdict.known:
        pytest.xfail(verdict.known)
    if verdict.result not in ("pass", "fail"):
        pytest.skip(f"{OUTCOME_WORDS[verdict.outcome]}: {verdict.reason}")


def _events(config: pytest.Config, resolved: ResolvedTarget, only: list[str] | None) -> list[Event]:
    """Check a target, by the policy and the budget that the options of a session set."""
    from run_contracts.engine.runner import check  # noqa: PLC0415 - loads what sends and judges
    from run_contracts.report.ledger_files import LedgerFile  # noqa: PLC0415

    target = replace(resolved.target, budget=budget(config))
    ledger = LedgerFile(partial(print_line, config))
    with resolved.connection() as connection:
        events = check(
            target,
            only=only,
            policy=policy(config),
            connection=connection,
            record=ledger.write,
            fail_fast=is_fail_fast(config),
        )
        return list(watched(config, ledger.followed(events)))
