"""The requirements as tests: `suite` for a module of one's own, marks and ids for all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import pytest

from run_contracts.contract.requirements import Level, Register, Requirement, register
from run_contracts.errors import UsageError
from run_contracts.testing.checking import SessionChecks
from run_contracts.testing.plugin_options import given
from run_contracts.types import Edition

PARAMETER = "run_requirement"
Test = Callable[..., None]


def suite(
    *,
    areas: Collection[str] = (),
    level: str | None = None,
    only: Collection[str] = (),
    edition: Edition | None = None,
) -> Test:
    """Return a test that becomes one item for each requirement.

    They are all, or those of some areas, of a level (``MUST`` or ``SHOULD``), or named by `only`.

    Give it a name in a test module, ``test_runs = suite()``, and its items are
    ``test_module.py::test_runs[RUN-LIFE-007]``. What is checked is what the fixture `run_target`
    returns there; all items of a module share one check of it. The edition is that of the
    options unless it is given.
    """

    @pytest.mark.run_suite(areas=areas, level=level, only=only, edition=edition)
    def test(run_requirement: str, _run_check: Callable[[], None]) -> None:  # noqa: ARG001
        """The target keeps this requirement."""
        _run_check()

    return test


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Make the items of a test that `suite` returned."""
    mark = metafunc.definition.get_closest_marker("run_suite")
    if mark is None:
        return
    options = dict(mark.kwargs)
    edition = options.pop("edition") or given(metafunc.config, "edition")
    known = register(edition)
    try:
        chosen = list(selected(known, **options))
    except UsageError as error:
        raise pytest.Collector.CollectError(f"suite(): {error}") from None
    if not chosen:
        reason = f"no requirement of edition {edition!r} is selected"
        raise pytest.Collector.CollectError(f"suite(): {reason}")
    SessionChecks.of(metafunc.config).register_area_markers(known)
    metafunc.parametrize(
        PARAMETER, [pytest.param(rule.id, id=rule.id, marks=marks(rule)) for rule in chosen]
    )


def selected(
    known: Register,
    *,
    areas: Collection[str] = (),
    level: str | None = None,
    only: Collection[str] = (),
) -> Iterator[Requirement]:
    """Yield requirements in the order of the register; raise `UsageError` for unknown words."""
    if isinstance(areas, str) or isinstance(only, str):
        raise UsageError("areas and only are collections; give a list even of one")
    for area in areas:
        if area not in known.titles:
            raise UsageError(f"no area {area!r}; there are {', '.join(known.titles)}")
    if level is not None and level not in list(Level):
        raise UsageError(f"no level {level!r}; there are MUST and SHOULD")
    ids = {known[requirement].id for requirement in only}
    for requirement in known.values():
        is_meant = not ids or requirement.id in ids
        is_there = not areas or requirement.area in areas
        if is_meant and is_there and level in (None, requirement.level):
            yield requirement


def marks(requirement: Requirement) -> tuple[pytest.MarkDecorator, ...]:
    """Return the marks of a requirement's item: its id, its level and its area."""
    level, area = f"run_{requirement.level.lower()}", f"run_area_{requirement.area}"
    return (
        pytest.mark.run_requirement(requirement.id),
        getattr(pytest.mark, level),
        getattr(pytest.mark, area),
    )


def as_test(requirement: Requirement) -> Test:
    """Return the test of one requirement, for an item that no test file holds."""

    def test(_run_check: Callable[[], None]) -> None:
        _run_check()

    test.__doc__ = requirement.sentence
    for mark in marks(requirement):
        test = mark(test)
    return test
