"""One check for all items of a place, and what it says of each of them."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

import pytest

from run_contracts.contract.requirements import Register, register
from run_contracts.engine.baseline import Baseline, applied
from run_contracts.errors import RunContractsError
from run_contracts.events import Decided, Event
from run_contracts.report.text import WORDS
from run_contracts.testing import failures
from run_contracts.testing.failures import TargetResult
from run_contracts.testing.places import Place, others_of, place_name, requirement_of, word_of
from run_contracts.testing.plugin_options import NAME, given
from run_contracts.testing.report_files import Files
from run_contracts.testing.sharing import once
from run_contracts.testing.targets import ResolvedTarget, TargetResolver, known_failures

PROPERTIES = ("id", "level", "area", "sentence", "source")
"""What JUnit says of a requirement."""
OTHER = (
    "the fixture run_target returned something else than for the item before; "
    'give it scope="session" or scope="module"'
)
KEY = pytest.StashKey["Checks"]()
TOLD = pytest.StashKey[dict[str, Any]]()
SCRIPT = pytest.StashKey[str]()


class Checks:
    """The checks of a session."""

    def __init__(self, config: pytest.Config) -> None:
        """Begin with no place."""
        self._config = config
        self._places: dict[str, Place] = {}

    @classmethod
    def of(cls, config: pytest.Config) -> Checks:
        """Return those of a session."""
        if KEY not in config.stash:
            config.stash[KEY] = cls(config)
            config.pluginmanager.register(config.stash[KEY], "run_contracts.checks")
        return config.stash[KEY]

    def know_areas(self, known: Register) -> None:
        """Register the marks of the areas."""
        for area, title in known.titles.items():
            line = f"run_area_{area}: an item of the suite of run_contracts about: {title}"
            if line not in self._config.getini("markers"):
                self._config.addinivalue_line("markers", line)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember which items were selected: only their probes need to run."""
        for item in session.items:
            if item.get_closest_marker("run_requirement"):
                self._place_of(item).items.append(item)

    def _place_of(self, item: pytest.Item) -> Place:
        mark = item.get_closest_marker("run_suite")
        asked = mark.kwargs["edition"] if mark is not None else None
        edition = asked or given(self._config, "edition")
        key = f"{place_name(item)} {edition}"
        if key not in self._places:
            self._places[key] = Place(edition=edition, word=word_of(key))
        return self._places[key]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Skip what would fail as another item of its place did: its fixtures cannot be had."""
        if item.get_closest_marker("run_requirement"):
            failed = self._place_of(item).unready
            if failed is not None:
                pytest.skip(f"not checked: the fixtures failed, see {failed}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put what the check says into the report, which goes wherever it is told."""
        report = yield
        if not item.get_closest_marker("run_requirement"):
            return report
        if report.when == "setup" and report.failed:
            self._place_of(item).unready = item.nodeid
        if report.skipped and isinstance(report.longrepr, tuple):
            report.longrepr = (place_name(item), None, report.longrepr[2])  # type: ignore[assignment]
        if report.when == "call" or not report.passed:
            vars(report)[NAME] = item.stash.get(TOLD, {})
        if report.failed and SCRIPT in item.stash:
            report.sections.append((failures.SCRIPT_TITLE, item.stash[SCRIPT]))
        return report

    def decide(self, request: pytest.FixtureRequest, value: object) -> None:
        """Pass, fail or skip an item by the verdict on its requirement."""
        item = request.node
        place = self._place_of(item)
        rule = register(place.edition)[requirement_of(item)]
        item.user_properties += [(name, str(getattr(rule, name))) for name in PROPERTIES]
        told = self._told(place, value, request)
        decided = told.decided.get(rule.id)
        if decided is None:
            item.stash[TOLD] = {"stopped": told.error}
            _fail_once(item, place.first, f"nothing could be checked: {told.error}")
            return
        if decided.is_red and decided.sequence and place.scripts > 0:
            place.scripts -= 1
            item.stash[SCRIPT] = failures.script_of(told, decided)
        again = failures.again(self._config, item.nodeid)
        item.stash[TOLD] = failures.summary_of(told, decided, again)
        _end(decided, again, told.beside if item is place.first else "")

    def _told(self, place: Place, value: object, request: pytest.FixtureRequest) -> TargetResult:
        """Return what the check of a place tells; it is made when it is first asked for."""
        if place.told is None:
            place.value = value
            try:
                place.told = self._checked(place, value, request)
            except Exception as error:
                place.told = TargetResult(name="", error=f"the check itself failed: {error!r}")
                raise
        elif place.value is not value and place.value != value:
            place.mistake = place.mistake or request.node
            _fail_once(request.node, place.mistake, OTHER)
        return place.told

    def _checked(self, place: Place, value: object, request: pytest.FixtureRequest) -> TargetResult:
        """Check what a value aims at, and write the reports of it."""
        try:
            aim = TargetResolver(self._config).at(value, place.edition)
            ids = place.ids
            only = None if len(ids) == len(register(place.edition)) else ids
            accepted = known_failures(self._config)
            checked = partial(_events, aim, only, accepted)
            events, is_own = once(request, f"{place.word} {ids}", checked)
        except (RunContractsError, pytest.UsageError) as error:
            return TargetResult(name=str(value), error=str(error))
        if is_own:
            Files.of(self._config).write(events, place.word if len(self._places) > 1 else "")
        return TargetResult.of(" ".join(filter(None, (aim.name, others_of(request.node)))), events)


def _fail_once(item: pytest.Item, first: pytest.Item, reason: str) -> None:
    """Fail one item for what concerns all, and skip the others."""
    if item is first:
        pytest.fail(reason, pytrace=False)
    pytest.skip(f"not checked, see {first.nodeid}")


def _end(decided: Decided, again: str, beside: str) -> None:
    """End an item as its verdict says, or for what else is red about the check."""
    if decided.is_red:
        pytest.fail("\n".join(failures.lines_of(decided, again)), pytrace=False)
    if beside:
        pytest.fail(beside, pytrace=False)
    if decided.known:
        pytest.xfail(decided.known)
    if decided.result not in ("pass", "fail"):
        word = WORDS.get(decided.result, decided.result)
        pytest.skip(f"{word}: {decided.reason}")


def _events(aim: ResolvedTarget, only: list[str] | None, accepted: Baseline) -> list[Event]:
    """Check the target of an aim, but for the failures that are accepted."""
    from run_contracts.engine.runner import check  # noqa: PLC0415 - loads what sends and judges

    with aim.connection() as connection:
        return list(applied(check(aim.target, only=only, connection=connection), accepted))
