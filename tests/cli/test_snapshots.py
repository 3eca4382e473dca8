"""What the command line says of itself, word for word; the files in ``snapshots`` are the words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from run_contracts.cli import cli

FOLDER = Path(__file__).with_name("snapshots")
RENEW = "RENEW_SNAPSHOTS"
HOW = f"read what changed; if it is meant: {RENEW}=1 python -m pytest {__file__}"
COMMANDS = cli.list_commands(cli.make_context("run-contracts", [], resilient_parsing=True))
EXPLAINED = {
    "RUN-USAGE-001": "a value",
    "RUN-LIFE-007": "a history",
    "RUN-LIST-005": "a list",
    "RUN-STREAM-003": "a stream",
    "RUN-CANCEL-002": "an answer to a request",
    "RUN-SHAPE-031": "nothing that can be shown",
    "CLIENT-POLL-001": "what a client does",
}
SNAPSHOTS = {
    "help": ["--help"],
    **{f"help-{name}": [name, "--help"] for name in COMMANDS},
    **{f"help-baseline-{name}": ["baseline", name, "--help"] for name in ("write", "check")},
    **{f"explain-{one}": ["explain", one] for one in EXPLAINED},
}


CODE = """
import json, sys
from tests.cli.door import run
print(json.dumps({name: run(*words).stdout for name, words in json.load(sys.stdin).items()}))
"""


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """Return what a process says: click keeps a help option as it was first asked for."""
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "COLUMNS": "80"},
        cwd=Path(__file__).parents[2],
        input=json.dumps(SNAPSHOTS),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    texts: dict[str, str] = json.loads(done.stdout)
    return texts


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_it_says_what_it_said(name: str, said: dict[str, str]) -> None:
    """Help and explanations change only on purpose."""
    text, place = said[name], FOLDER / f"{name}.txt"
    if os.environ.get(RENEW):
        place.write_text(text, encoding="utf-8")
    assert place.is_file(), HOW
    assert text == place.read_text(encoding="utf-8"), HOW


def test_no_snapshot_is_left_over() -> None:
    """Each file belongs to a command, or an id, that there is."""
    assert {place.stem for place in FOLDER.iterdir()} <= set(SNAPSHOTS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_examples_of_itself(name: str) -> None:
    """Whoever asks for help sees a line to copy."""
    said = CliRunner().invoke(cli, [name, "--help"], prog_name="run-contracts").stdout
    assert f"  run-contracts {name}" in said.partition("Examples:")[2]
