"""Shell completion: what the contract names is offered when it is half typed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete

from run_contracts.cli import cli


def _offered(*words: str) -> list[str]:
    *typed, begun = words
    complete = ShellComplete(cli, {}, "run-contracts", "_RUN_CONTRACTS_COMPLETE")
    return [one.value for one in complete.get_completions(typed, begun)]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("se",), ["selftest", "serve"]),
        (("explain", "RUN-USAGE"), ["RUN-USAGE-001"]),
        (("explain", "run-usage"), ["RUN-USAGE-001"]),
        (("explain", "--edition", "v1", "RUN-SHAPE-018"), ["RUN-SHAPE-018"]),
        (("explain", "RUN-SHAPE-018"), []),
        (("explain", "client-poll"), ["CLIENT-POLL-001", "CLIENT-POLL-003"]),
        (("check", "--only", "CLIENT-"), []),
        (("check", "--only", "RUN-LIFE-008"), ["RUN-LIFE-008"]),
        (("serve", "--fault", "RUN-LIST-005"), ["RUN-LIST-005", "RUN-LIST-005-b"]),
        (("selftest", "--fault", "RUN-LIST-006"), ["RUN-LIST-006"]),
        (("sample", "--status", "c"), ["cancelling", "cancelled", "completed"]),
        (("sample", "--edge", "queued-"), ["queued-plain", "queued-full"]),
        (("sample", "--kind", "run_"), ["run_list", "run_step", "run_step_list"]),
        (("sample", "--kind", "stream", "--edge", "completed-"), ["completed-plain"]),
        (("sample", "--breaks", "RUN-USAGE"), ["RUN-USAGE-001"]),
        (("validate", "--dialect", "openai-2023"), ["openai-2023-11"]),
        (("list", "--edition", ""), ["v1", "v2"]),
    ],
    ids=" ".join,
)
def test_what_is_half_typed_is_completed(words: tuple[str, ...], offered: list[str]) -> None:
    """Commands, requirements, faults, statuses, edge cases, dialects, editions."""
    assert set(offered) <= set(_offered(*words)) if offered else _offered(*words) == []
    assert all(one.lower().startswith(words[-1].lower()) for one in _offered(*words))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_is_printed(shell: str) -> None:
    """It is what the line in docs/configuration.md evaluates."""
    if shell == "bash" and shutil.which("bash") is None:
        pytest.skip("click asks bash for its version, and there is no bash")
    code = "import sys; sys.argv = ['run-contracts']; from run_contracts.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "_RUN_CONTRACTS_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_run_contracts_completion" in done.stdout
