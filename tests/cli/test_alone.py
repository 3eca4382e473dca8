"""``run-contracts validate --alone``: whether others may have been at work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.clients.archive import archive

from run_contracts.cli import judging_options
from run_contracts.testing.recordings_judged import AssertRecording
from tests.checks.two_clients import two_clients
from tests.cli.door import run

BROKEN = "RUN-MODIFY-002 (MUST)"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what a client saw of a right server, where another one changed metadata."""
    with two_clients() as both:
        path = both.ended()
        both.seen("POST", path, {"metadata": {"by": "me"}})
        both.unseen("POST", path, {"metadata": {"by": "other"}})
        both.seen("GET", path)
        file = tmp_path_factory.mktemp("alone") / "session.har"
        file.write_text(json.dumps(archive(both.recorder.exchanges)), encoding="utf-8")
    return file


@pytest.mark.parametrize(("words", "code"), [((), 0), (("--alone",), 1)])
def test_who_says_so_has_what_is_kept_judged(
    recording: Path, words: tuple[str, ...], code: int
) -> None:
    """By default somebody else may have changed it, and a right server is right."""
    done = run("validate", *words, str(recording))
    assert (done.returncode, BROKEN in done.stdout) == (code, bool(code))


def test_a_test_says_so_of_a_recording(recording: Path) -> None:
    """The fixture takes the same word."""
    AssertRecording()(recording)
    with pytest.raises(AssertionError, match="RUN-MODIFY-002"):
        AssertRecording()(recording, alone=True)


@pytest.mark.parametrize("alone", [False, True])
def test_the_word_is_taken_to_those_who_judge(alone: bool) -> None:
    """Of validate and of watch."""
    options = {"edition": None, "reading": "wire", "dialect": "auto", "judges": "server"}
    assert judging_options.take({**options, "alone": alone}).is_alone is alone
