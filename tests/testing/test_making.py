"""The fixtures that make runs: the same in every session, unless a project wants others."""

from __future__ import annotations

import pytest

from tests.testing.plugging import Plugged


def test_the_fixtures_make_the_same_runs_in_every_session(
    pytester: pytest.Pytester, plugged: Plugged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They follow run_seed, whatever other plugins do to `random`, in this process and another."""
    pytester.makepyfile(
        """
        from run_contracts import violations

        def test_runs(make_run, make_runs):
            run = make_run("failed", metadata__team="blue")
            assert run["metadata"]["team"] == "blue"
            assert violations(run) == ()
            assert [one["status"] for one in make_runs(2, "queued", edition="v1")] == ["queued"] * 2
            print("ID", run["id"])
        """
    )
    here = plugged("-s")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    shuffled = ("-p", "pytest_randomly", "-p", "run_contracts.pytest_plugin")
    there = pytester.runpytest_subprocess("-s", *shuffled, "--randomly-seed=1")
    ids = {line for result in (here, there) for line in result.outlines if "ID run_" in line}
    assert [here.ret, there.ret] == [0, 0]
    assert len(ids) == 1


def test_the_seed_can_be_overridden(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """A project's own run_seed decides, as with other plugins' seeds."""
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def run_seed():
            return 99
        """
    )
    pytester.makepyfile(
        """
        from run_contracts.factories import make_run as made

        def test_seed(make_run):
            assert make_run("failed") == made("failed", seed=99)
        """
    )
    plugged().assert_outcomes(passed=1)
