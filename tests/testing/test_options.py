"""The plugin's options: command line, environment and configuration file, in this order."""

from __future__ import annotations

import pytest

from tests.testing.plugging import APP, QUICK, RETURNS, Plugged

HEADER = "run-contracts: {} (edition {}, profile {})"


@pytest.fixture(autouse=True)
def _project(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(app=APP)


def test_options_stand_in_the_configuration_file(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """Each has the name it has on the command line; lists are a line each."""
    pytester.makeini(
        """
        [pytest]
        run_target = app:right
        run_edition = v1
        run_profile = smoke
        run_seed = 7
        run_only =
            RUN-HTTP-003
            RUN-ERR-002
        """
    )
    result = plugged()
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines([HEADER.format("app:right", "v1", "smoke")])


def test_the_environment_wins_over_the_file(
    pytester: pytest.Pytester, plugged: Plugged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the command line over both."""
    pytester.makeini("[pytest]\nrun_target = app:wrong\nrun_edition = v1\nrun_profile = full")
    monkeypatch.setenv("RUN_CONTRACTS_TARGET", "app:right")
    monkeypatch.setenv("RUN_CONTRACTS_EDITION", "v1")
    monkeypatch.setenv("RUN_CONTRACTS_ONLY", "RUN-ERR-002\nRUN-HTTP-003")
    result = plugged("--run-edition", "v2", "--run-profile", "smoke")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines([HEADER.format("app:right", "v2", "smoke")])


def test_a_dialect_leaves_out_what_it_does_not_have(
    pytester: pytest.Pytester, plugged: Plugged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its item is skipped and says why; the others are decided, and the header names it."""
    pytester.makeini("[pytest]\nrun_target = app:right\nrun_dialect = sdk-dump")
    monkeypatch.setenv("RUN_CONTRACTS_DIALECT", "azure-agents")
    result = plugged("-rs", "--run-only", "RUN-ERR-013", "--run-only", "RUN-HTTP-003")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(
        [
            "run-contracts: app:right (edition v2, dialect azure-agents, profile full)",
            "*not offered: dialect azure-agents leaves it out*",
        ]
    )


def test_who_names_files_wants_those(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """A target in the file joins sessions that name nothing, and those that name the suite."""
    pytester.makeini("[pytest]\nrun_target = app:right")
    pytester.makepyfile(test_mine="def test_mine(): pass")
    plugged("test_mine.py").assert_outcomes(passed=1)
    plugged("test_mine.py", "run_contracts", *QUICK).assert_outcomes(passed=3)
    plugged(*QUICK).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        (("--run-target", "nonsense"), "'nonsense' is not a base URL*"),
        (("--run-edition", "v9"), "no edition 'v9'; choose one of v1, v2"),
        (("--run-dialect", "welsh"), "no dialect 'welsh'; known are *azure-agents*"),
        (("--run-dialect", "openai-2023-11"), "dialect 'openai-2023-11' belongs to edition v1"),
        (("--run-profile", "some"), "no profile 'some'; choose one of smoke, full"),
        (("--run-only", "RUN-LIFE-02"), "*did you mean RUN-LIFE-002*"),
        (("--run-header", "oops"), "a header is not of the form*"),
        (("--run-report", "no/r.jsonl"), "no/r.jsonl: the report cannot be written there"),
        (("--run-cases", "0"), "cases 0 is not a number above 0"),
    ],
)
def test_wrong_options_end_pytest_with_one_line(
    plugged: Plugged, option: tuple[str, str], reason: str
) -> None:
    """Pytest's own usage error, with our words."""
    result = plugged("--run-target", "http://127.0.0.1:9/v1", *option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {reason}"])


def test_a_wrong_variable_is_named(plugged: Plugged, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is what it holds."""
    monkeypatch.setenv("RUN_CONTRACTS_SEED", "x")
    result = plugged("--run-target", "app:right")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: RUN_CONTRACTS_SEED: 'x' is not a whole number"])


def test_a_wrong_value_in_the_file_is_named(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """So is the file."""
    pytester.makeini("[pytest]\nrun_target = app:right\nrun_seed = x")
    result = plugged()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *tox.ini: run_seed: *'x'*"])


def test_a_key_never_shows(
    pytester: pytest.Pytester, plugged: Plugged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in a failure, its script and the command to repeat it, nor in a report."""
    monkeypatch.setenv("MY_KEY", "sk-reference")
    options = ("--run-api-key-env", "MY_KEY", "--run-secret-header", "X-Tenant: hush-hush")
    result = plugged("--run-target", "app:wrong", *QUICK, *options, "--run-report", "r.jsonl")
    result.assert_outcomes(passed=1, failed=1)
    shown = result.stdout.str() + (pytester.path / "r.jsonl").read_text()
    assert "hush-hush" not in shown
    assert "sk-reference" not in shown
    assert "$MY_KEY" in shown


def test_the_command_to_run_an_item_again_has_all_that_was_typed(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """What stands in the file is read from there again; headers go by their names."""
    pytester.makeini("[pytest]\nrun_profile = smoke\nrun_seed = 7\nrun_header = X-Quiet: psst")
    result = plugged(
        *("--run-target", "app:wrong", "--run-only", "RUN-ERR-002", "--run-cases", "3"),
        *(
            "--run-header",
            "X-Token: hush-hush",
            "--run-header",
            "X`id`: xyz",
            "--run-secret-header",
            "X-Tenant: psst-psst",
            "--run-model",
            "m $x",
        ),
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "  next      pytest --run-target app:wrong "
            "--run-header \"X-Token: $X_TOKEN\" --run-header 'X`id`: xyz' "
            '--run-secret-header "X-Tenant: $X_TENANT" '
            "--run-model 'm $x' --run-cases 3 run_contracts::RUN-ERR-002"
        ]
    )


def test_user_and_password_that_were_typed_are_asked_for_by_a_header(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """With those of the file, which a typed header would replace."""
    pytester.makeini("[pytest]\nrun_profile = smoke\nrun_header = X-Quiet: psst")
    pytester.makeconftest(RETURNS.format("app.wrong"))
    result = plugged("--run-target", "https://me:hush@h/v1", "--run-only", "RUN-ERR-002")
    result.stdout.fnmatch_lines(
        [
            "  next      pytest --run-target https://h/v1 "
            "--run-header \"Authorization: $AUTHORIZATION\" --run-header 'X-Quiet: psst' "
            "run_contracts::RUN-ERR-002"
        ]
    )


def test_user_and_password_of_a_target_are_not_shown(plugged: Plugged) -> None:
    """Neither above the session, nor below it."""
    result = plugged("--run-target", "http://me:hush@127.0.0.1:9/v1", "--run-only", "RUN-ERR-002")
    result.stdout.fnmatch_lines(["run-contracts: http://127.0.0.1:9/v1 (*"])
    result.stdout.no_fnmatch_line("*hush*")
