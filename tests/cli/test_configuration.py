"""Options from pyproject.toml and the environment: what wins, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from run_contracts import UsageError
from run_contracts.cli import cli, main
from run_contracts.cli.configuration import defaults, options

CONTEXT = cli.make_context("run-contracts", [], resilient_parsing=True)
COMMANDS = cli.list_commands(CONTEXT)
ONLY_IN_V1 = "RUN-SHAPE-018"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder; the command runs in a folder below it."""
    below = tmp_path / "src" / "inner"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    return tmp_path


def _listed(*arguments: str) -> str:
    """Return the edition whose requirements are listed."""
    said = CliRunner().invoke(cli, ["list", *arguments], catch_exceptions=False)
    return "v1" if ONLY_IN_V1 in said.stdout else "v2"


def _says(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


ALL_V1, LIST_V1 = (
    '[tool.run-contracts]\nedition = "v1"\n',
    '[tool.run-contracts.list]\nedition = "v1"\n',
)
LIST_V2_OF_ALL_V1 = f'{ALL_V1}[tool.run-contracts.list]\nedition = "v2"\n'


Case = tuple[str, dict[str, str], tuple[str, ...], str]
"""What the file says, which variables are set, what is typed, and the edition that this makes."""
PRECEDENCE: dict[str, Case] = {
    "the default": ("", {}, (), "v2"),
    "a file for all commands": (ALL_V1, {}, (), "v1"),
    "a file for this command": (LIST_V1, {}, (), "v1"),
    "this command over all": (LIST_V2_OF_ALL_V1, {}, (), "v2"),
    "a variable for all commands": ("", {"EDITION": "v1"}, (), "v1"),
    "variables over files": (LIST_V1, {"EDITION": "v2"}, (), "v2"),
    "a variable of this command": ("", {"EDITION": "v2", "LIST_EDITION": "v1"}, (), "v1"),
    "the line over everything": (LIST_V1, {"LIST_EDITION": "v1"}, ("--edition", "v2"), "v2"),
}


@pytest.mark.parametrize("name", PRECEDENCE)
def test_the_nearest_to_the_user_wins(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Command line, then environment, then file, then default; a command's own over all's."""
    file, variables, arguments, edition = PRECEDENCE[name]
    _says(project, file)
    for variable, value in variables.items():
        monkeypatch.setenv(f"RUN_CONTRACTS_{variable}", value)
    assert _listed(*arguments) == edition


def test_the_nearest_file_with_our_table_is_read(project: Path) -> None:
    """One without it, as a package inside a project has, is passed over."""
    _says(project, LIST_V1)
    _says(project / "src", "[project]\nname = 'inner'\n")
    assert _listed() == "v1"
    _says(project / "src", '[tool.run-contracts]\nedition = "v2"\n')
    assert _listed() == "v2"


def test_the_table_in_the_docs_is_right(project: Path) -> None:
    """Whoever copies it gets what it says."""
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
    _says(project, page.partition("```toml\n")[2].partition("```")[0])
    CONTEXT.invoked_subcommand = "check"
    assert defaults(cli, CONTEXT, project) == {
        "check": {"edition": "v1", "profile": "smoke", "api_key_env": "RUNS_KEY"}
    }


def test_an_option_may_be_called_like_a_command(project: Path) -> None:
    """`report` of all commands is the file that a check writes; a table is the command's."""
    _says(project, '[tool.run-contracts]\nreport = "check.jsonl"\n')
    for name, wanted in (("check", {"report": "check.jsonl"}), ("report", {})):
        CONTEXT.invoked_subcommand = name
        assert defaults(cli, CONTEXT, project) == {name: wanted}
    _says(project, '[tool.run-contracts.report]\nhtml = "check.html"\n')
    assert defaults(cli, CONTEXT, project) == {"report": {"html": "check.html"}}


WRONG = {
    "unknown option": (
        "[tool.run-contracts.check]\nsed = 1",
        r"check\] sed: .*did you mean seed\?",
    ),
    "unknown for all": ("[tool.run-contracts]\neditoin = 'v1'", r"\] editoin: .*mean edition\?"),
    "unknown command": ("[tool.run-contracts.chek]\nseed = 1", r"\] chek: .*did you mean check\?"),
    "a text for a number": (
        "[tool.run-contracts.check]\nseed = '1'",
        r'check\] seed: expected an integer, found "1"',
    ),
    "a truth for a number": (
        "[tool.run-contracts]\nseed = true",
        r"\] seed: expected an integer, found true",
    ),
    "a text for a truth": (
        "[tool.run-contracts.check]\nquiet = 'yes'",
        r'quiet: expected true or false, found "yes"',
    ),
    "a number for a text": ("[tool.run-contracts.check]\nmodel = 4", "model: expected a string"),
    "a text for a list": (
        "[tool.run-contracts.check]\nonly = 'RUN-LIFE-001'",
        'only: expected a list, found "RUN-LIFE-001"',
    ),
    "a list of numbers": ("[tool.run-contracts.check]\nonly = [1]", "only: expected a string"),
    "no choice": (
        "[tool.run-contracts.check]\nprofile = 'ful'",
        "'ful' is not one of 'smoke', 'full'",
    ),
    "no table": ("[tool]\nrun-contracts = 1", r"\[tool\] run-contracts: expected a table, found 1"),
    "no command's table": ("[tool.run-contracts]\ncheck = 1", "check: expected a table, found 1"),
    "no TOML": ("[tool.run-contracts\n", "cannot be read as TOML: .*line 1"),
    "a secret header": (
        "[tool.run-contracts.check]\nheader = ['Authorization: Bearer sk-1']",
        r"header: a secret does not belong in a file; give it by --header or \$RUN_CONTRACTS_",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_in_a_file_is_one_line(project: Path, name: str) -> None:
    """It names the file and the key, and what would be right."""
    file, words = WRONG[name]
    _says(project, file)
    with pytest.raises(UsageError, match=words) as raised:
        cli.main(["check", "http://127.0.0.1:9/v1"], standalone_mode=False)
    assert str(raised.value).startswith(f"{project / 'pyproject.toml'}: ")
    assert "\n" not in str(raised.value)
    assert "sk-1" not in str(raised.value)


def test_a_key_is_never_read_from_a_file(project: Path) -> None:
    """Files are committed; only the name of the variable that holds a key may stand in them."""
    _says(project, "[tool.run-contracts.serve]\napi-key = 'sk-1'\n")
    with pytest.raises(UsageError, match="api-key: a key does not belong in a file"):
        cli.main(["serve"], standalone_mode=False)
    check = cli.get_command(CONTEXT, "check")
    assert check is not None
    assert "api-key" not in options(check)
    assert "api-key-env" in options(check)


def test_a_wrong_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody sees the value on the line, so the error says where it came from."""
    monkeypatch.setenv("RUN_CONTRACTS_CHECK_SEED", "seven")
    monkeypatch.setattr("sys.argv", ["run-contracts", "check"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert (
        "'seven' is not a valid integer (from $RUN_CONTRACTS_CHECK_SEED)" in capsys.readouterr().err
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_variable(name: str) -> None:
    """One of the command, and one of all commands; none is taken by something else."""
    command = cli.get_command(CONTEXT, name)
    assert command is not None
    for key, option in options(command).items():
        word = key.upper().replace("-", "_")
        own, shared = f"RUN_CONTRACTS_{name.upper()}_{word}", f"RUN_CONTRACTS_{word}"
        assert option.envvar == [own, shared]
        assert shared not in ("RUN_CONTRACTS_DEBUG", "RUN_CONTRACTS_RECORDED")


def test_headers_in_a_variable_are_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their values may hold spaces."""
    monkeypatch.setenv("RUN_CONTRACTS_CHECK_HEADER", "X-Tenant: blue team\nX-Trace: 1")
    command = cli.get_command(CONTEXT, "check")
    assert isinstance(command, click.Command)
    assert command.make_context("check", []).params["headers"] == (
        "X-Tenant: blue team",
        "X-Trace: 1",
    )
