"""``run-contracts validate --judge``: whose side of recorded traffic is judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from run_contracts.factories import make_run
from run_contracts.testing.recordings_judged import AssertRecording
from tests.cli.door import run
from tests.conduct.playing import small_client

FAULT = "AnswersTheFirstCall"
BROKEN = "CLIENT-CALL-001 (MUST)"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what a right server was asked by a client that answers the first call alone."""
    file = tmp_path_factory.mktemp("sides") / "client.har"
    command = (*small_client(), "--fault", FAULT)
    run("client", "-q", "--life", "calls-two", "--har", str(file), "--", *command)
    return file


@pytest.mark.parametrize(
    ("sides", "code"), [((), 0), (("--judge", "client"), 1), (("--judge", "both"), 1)]
)
def test_the_side_that_is_asked_for_is_judged(
    recording: Path, sides: tuple[str, ...], code: int
) -> None:
    """By default the server's, for tests of servers ask wrongly on purpose."""
    done = run("validate", *sides, str(recording))
    assert (done.returncode, BROKEN in done.stdout) == (code, bool(code))


def test_answers_alone_say_nothing_of_a_client(tmp_path: Path) -> None:
    """They are not judged, rather than right."""
    file = tmp_path / "run.json"
    file.write_text(json.dumps(make_run("completed", seed=1)), encoding="utf-8")
    done = run("validate", "--judge", "client", str(file))
    assert done.returncode == 3
    assert "answers without their requests" in done.stderr


def test_a_test_asserts_the_side_that_it_names(recording: Path) -> None:
    """The fixture takes the same names."""
    AssertRecording()(recording)
    with pytest.raises(AssertionError, match="CLIENT-CALL-001"):
        AssertRecording()(recording, judges="client")
