"""What the plugin checks: an option's word, or what a project's own fixture returns."""

from __future__ import annotations

import pytest

from tests.testing.plugging import APP, QUICK, RETURNS, Plugged

MODULE = """
from run_contracts.testing import suite

test_refusals = suite(only=["RUN-ERR-002"])
test_answers = suite(areas=["http"], level="SHOULD")
"""


@pytest.fixture(autouse=True)
def _project(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(app=APP)
    pytester.makeini("[pytest]\naddopts = --strict-markers --run-profile smoke\npythonpath = .")


@pytest.mark.parametrize(
    "returned",
    [
        "app.wrong",
        "'app:wrong'",
        "('http://somewhere.invalid/v1', app.wrong)",
        "__import__('a2wsgi').ASGIMiddleware(app.wrong)",
    ],
)
def test_a_project_returns_what_to_check(
    pytester: pytest.Pytester, plugged: Plugged, returned: str
) -> None:
    """The fixture of its root conftest reaches the suite that no test file holds."""
    pytester.makeconftest(RETURNS.format(returned))
    plugged("run_contracts", *QUICK).assert_outcomes(passed=1, failed=1)


def test_a_reference_server_can_be_the_target(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """It brings its own key."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def run_target(run_server_session):
            return run_server_session(faults=["RUN-ERR-002"])
        """
    )
    plugged("run_contracts", *QUICK).assert_outcomes(passed=1, failed=1)


def test_a_target_goes_with_all_it_says(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """An edition other than that of the items is said at once."""
    pytester.makeconftest(
        """
        import pytest
        from run_contracts.client.checked_target import Target

        @pytest.fixture(scope="session")
        def run_target():
            return Target(url="http://somewhere.invalid/v1", edition="v1")
        """
    )
    result = plugged("run_contracts", *QUICK)
    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*a target of edition v1*set run_edition = v1"])


@pytest.mark.parametrize(
    ("returned", "reason"),
    [
        ("7", "the fixture run_target returned 7; return a base URL, *"),
        ("'app:nothing'", "app:nothing: there is no such application in app"),
        ("'none:app'", "none:app: cannot import none: ModuleNotFoundError: *"),
        ("app.right.nothing", "E *AttributeError: *"),
        ("len", "len in this process is no application: it takes neither *"),
    ],
)
def test_what_cannot_be_checked_is_said_once(
    pytester: pytest.Pytester, plugged: Plugged, returned: str, reason: str
) -> None:
    """One item is red, the others are skipped."""
    pytester.makeconftest(RETURNS.format(returned))
    result = plugged("run_contracts", *QUICK)
    counts = result.parseoutcomes()
    assert counts["skipped"] == 1
    assert counts.get("failed", 0) + counts.get("errors", 0) == 1
    result.stdout.fnmatch_lines([f"*{reason}"])


def test_a_module_of_the_project_has_the_suite(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """A line for each selection; ids are pytest's own, and run again as printed."""
    pytester.makeconftest(RETURNS.format("app.wrong"))
    pytester.mkdir("tests").joinpath("test_server.py").write_text(MODULE)
    result = plugged("-v", "--tb=no")
    result.stdout.fnmatch_lines(["FAILED tests/test_server.py::test_refusals?RUN-ERR-002? - *"])
    result.assert_outcomes(passed=1, failed=1)
    assert not any("fix first: RUN-HTTP" in line for line in result.outlines)
    plugged("tests/test_server.py::test_refusals[RUN-ERR-002]").assert_outcomes(failed=1)


def test_items_of_a_module_share_one_check(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """Each edition is a check of its own."""
    pytester.makeconftest(RETURNS.format("app.right"))
    old = 'test_old = suite(only=["RUN-HTTP-003"], edition="v1")\n'
    pytester.makepyfile(test_server=MODULE + old)
    result = plugged()
    sums = [line for line in result.outlines if " requests in " in line]
    assert result.ret == 0
    assert ["(edition v1," in line for line in sums] == [False, True]


def test_a_target_with_parameters_is_checked_for_each(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """The summary tells which is which."""
    pytester.makeconftest(
        """
        import app
        import pytest

        @pytest.fixture(scope="session", params=["right", "wrong"])
        def run_target(request):
            return getattr(app, request.param)
        """
    )
    pytester.makepyfile(test_server=MODULE)
    result = plugged("-k", "test_refusals")
    result.assert_outcomes(passed=1, failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(
        ["* in this process [[]right] (*", "* in this process [[]wrong] (*"]
    )


def test_a_target_that_changes_between_items_is_a_mistake(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """A check is of one target; what to do is said once."""
    returns = RETURNS.replace('scope="session"', "").format(
        "app.create_app(app.ServerOptions.for_checking())"
    )
    pytester.makeconftest(returns)
    result = plugged("run_contracts", *QUICK, "--run-only", "RUN-ERR-009")
    result.stdout.fnmatch_lines(["the fixture run_target returned something else than *"])
    result.assert_outcomes(passed=1, failed=1, skipped=1)


def test_no_target_is_said_once(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """With every way to give one."""
    pytester.makepyfile(test_server=MODULE)
    result = plugged()
    result.assert_outcomes(errors=1, skipped=1)
    result.stdout.fnmatch_lines(["there is no server to check: give --run-target URL, *"])
    assert result.ret == 1


@pytest.mark.parametrize(
    ("selected", "reason"),
    [
        ('areas=["lists"]', "no area 'lists'; there are body, shape, *"),
        ('areas="list"', "areas and only are collections; give a list even of one"),
        ('level="must"', "no level 'must'; there are MUST and SHOULD"),
        ('only=["RUN-HTP-001"]', "*did you mean RUN-HTTP-001*"),
        ('edition="v9"', "no requirement of edition 'v9' is selected"),
        ('areas=["list"], only=["RUN-HTTP-001"]', "no requirement of edition 'v2' is selected"),
    ],
)
def test_a_wrong_selection_is_an_error_of_collection(
    pytester: pytest.Pytester, plugged: Plugged, selected: str, reason: str
) -> None:
    """It names what there is."""
    pytester.makepyfile(
        test_server=f"from run_contracts.testing import suite\ntest_it = suite({selected})"
    )
    result = plugged("-p", "no:schemathesis")
    result.stdout.fnmatch_lines([f"*suite(): {reason}"])
    assert result.ret == 2


def test_an_application_is_started_and_stopped(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """With what it keeps for its requests, and with time for what it does in between."""
    pytester.makepyfile(
        started="""
        from contextlib import asynccontextmanager
        from pathlib import Path

        import starlette.applications, starlette.routing
        from app import right

        @asynccontextmanager
        async def lifespan(_):
            yield {"name": "blue"}
            Path("stopped").write_text("yes")

        async def inner(scope, receive, send):
            assert scope["state"]["name"] == "blue"
            await right({**scope, "root_path": ""}, receive, send)

        application = starlette.applications.Starlette(lifespan=lifespan)
        application.router.default = inner
        """
    )
    plugged("--run-target", "started:application", *QUICK).assert_outcomes(passed=2)
    assert (pytester.path / "stopped").read_text() == "yes"


def test_an_application_that_does_not_start_is_said_once(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """With its own reason."""
    pytester.makepyfile(
        broken="""
        async def application(scope, receive, send):
            await receive()
            await send({"type": "lifespan.startup.failed", "message": "no database"})
        """
    )
    result = plugged("--run-target", "broken:application", *QUICK)
    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["nothing could be checked: the application did not start: no database"]
    )
