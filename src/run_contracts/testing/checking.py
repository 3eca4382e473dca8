"""One check for all items of a place, and what it says of each of them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import pytest

from run_contracts.errors import RunContractsError, UsageError
from run_contracts.register import Register, register
from run_contracts.testing import telling
from run_contracts.testing.aiming import Aim, Aims
from run_contracts.testing.options import given
from run_contracts.testing.sharing import once
from run_contracts.testing.telling import Told
from run_contracts.testing.writing import Files

KEY = pytest.StashKey["Checks"]()
TOLD = pytest.StashKey[dict[str, Any]]()
SCRIPT = pytest.StashKey[str]()
SCRIPTS = 3
"""Failures of a check that show their requests; more of them would only be scrolled past."""


@dataclass(kw_only=True, eq=False)
class Place:
    """Items that share one check: those of a module, in an edition, for one target."""

    edition: str
    word: str
    items: list[pytest.Item] = field(default_factory=list)
    value: object = None
    told: Told | None = None
    scripts: int = SCRIPTS
    unready: str | None = None

    @property
    def ids(self) -> list[str]:
        """The requirements that are asked for, in the order of the register."""
        wanted = {requirement_of(item) for item in self.items}
        return [one for one in register(self.edition) if one in wanted]

    @property
    def first(self) -> pytest.Item:
        """The item that tells what concerns all: the same in every worker."""
        ids = self.ids
        return min(self.items, key=lambda item: ids.index(requirement_of(item)))


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
        key = f"{_place_name(item)} {edition}"
        if key not in self._places:
            self._places[key] = Place(edition=edition, word=_word(key))
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
            report.longrepr = (_place_name(item), None, report.longrepr[2])  # type: ignore[assignment]
        if report.when == "call":
            vars(report)["run_contracts"] = item.stash.get(TOLD, {})
            if report.failed and SCRIPT in item.stash:
                report.sections.append((telling.SCRIPT_TITLE, item.stash[SCRIPT]))
        return report

    def decide(self, request: pytest.FixtureRequest, value: object) -> None:
        """Pass, fail or skip an item by the verdict on its requirement."""
        item = request.node
        place = self._place_of(item)
        told = self._told(place, value, request)
        requirement = register(place.edition)[requirement_of(item)]
        decided = told.decided.get(requirement.id)
        if decided is None:
            self._tell_undecided(place, item, told)
            return
        again = telling.again(self._config, item.nodeid)
        item.stash[TOLD] = telling.summary_of(told, decided, again)
        if decided.is_red:
            if decided.sequence and place.scripts > 0:
                place.scripts -= 1
                item.stash[SCRIPT] = telling.script_of(told, decided)
            pytest.fail("\n".join(telling.lines_of(decided, again)), pytrace=False)
        if decided.result not in ("pass", "fail"):
            word = telling.WORDS.get(decided.result, decided.result)
            pytest.skip(f"{word}: {decided.reason}")

    def _tell_undecided(self, place: Place, item: pytest.Item, told: Told) -> None:
        """Fail the first item for what stopped the check, and skip the others."""
        item.stash[TOLD] = {"target": told.name}
        if item is place.first:
            pytest.fail(f"nothing could be checked: {told.error}", pytrace=False)
        pytest.skip(f"not checked: {told.error}")

    def _told(self, place: Place, value: object, request: pytest.FixtureRequest) -> Told:
        """Return the check of a place, made when it is first asked for."""
        if place.told is None:
            place.value = value
            place.told = self._checked(place, value, request)
        elif place.value is not value and place.value != value:
            other = (
                "the fixture run_target returned something else than for the item before; "
                'give it scope="session" or scope="module"'
            )
            return Told(name=place.told.name, error=other)
        return place.told

    def _checked(self, place: Place, value: object, request: pytest.FixtureRequest) -> Told:
        try:
            aim = Aims(self._config).at(value, place.edition)
        except UsageError as error:
            return Told(name=str(value), error=str(error))
        ids = place.ids
        only = None if len(ids) == len(register(place.edition)) else ids
        word = place.word if len(self._places) > 1 else ""
        try:
            events, is_own = once(request, f"{place.word} {ids}", lambda: _events(aim, only))
        except RunContractsError as error:
            return Told(name=aim.name, error=f"{error}")
        told = Told.of(aim.name, events)
        if is_own:
            Files.of(self._config).write(events, word)
        return told


def _events(aim: Aim, only: list[str] | None) -> list[telling.Event]:
    """Check the target of an aim."""
    from run_contracts.runner import check  # noqa: PLC0415 - loads what sends and judges

    with aim.line() as line:
        return list(check(aim.target, only=only, line=line))


def requirement_of(item: pytest.Item) -> str:
    """Return the id of the requirement that an item is about."""
    mark = item.get_closest_marker("run_requirement")
    return str(mark.args[0]) if mark is not None else ""


def _place_name(item: pytest.Item) -> str:
    """Return what an item shares with those of its check: its module, and other parameters."""
    parent = item.parent.nodeid if item.parent is not None else ""
    rest = item.name.removeprefix(getattr(item, "originalname", "")).strip("[]")
    others = [part for part in rest.replace(requirement_of(item), "").split("-") if part]
    return f"{parent}[{'-'.join(others)}]" if others else parent


def _word(key: str) -> str:
    """Return a name of a place as part of a file's name."""
    return "".join(one if one.isalnum() else "-" for one in key).strip("-")
