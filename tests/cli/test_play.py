"""``run-contracts serve --play``: what it says at its start, what it refuses, and that it stops."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.cli.door import run


def _har(*entries: tuple[str, str, Any]) -> str:
    return json.dumps(
        {
            "log": {
                "entries": [
                    {
                        "request": {"method": method, "url": f"http://host{path}", "headers": []},
                        "response": {
                            "status": 200,
                            "headers": [],
                            "content": {"text": json.dumps(answer)},
                        },
                    }
                    for method, path, answer in entries
                ]
            }
        }
    )


def test_it_says_what_it_plays_and_where(tmp_path: Path) -> None:
    """Whoever reads the line can connect at once, with any key; a signal ends it in order."""
    file = tmp_path / "session.har"
    entries = [("POST", "/v1/threads", {"id": "thread_abc"}), ("DELETE", "/v1/files/f", {})]
    file.write_text(_har(*entries, entries[1]), encoding="utf-8")
    command = [sys.executable, "-m", "run_contracts", "serve", "--play", str(file), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.fullmatch(
            rf"plays 3 exchanges of {re.escape(str(file))} \(DELETE /files 2, createThread 1\) "
            r"at (http://127\.0\.0\.1:\d+/v1), any key\n",
            said,
        )
        assert found is not None, said
        answer = httpx2.post(f"{found[1]}/threads", trust_env=False)
        assert (answer.status_code, answer.json()["id"][:7]) == (200, "thread_")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


WRONG = {
    "nothing": ("", "there is nothing to play: no exchange that has its request"),
    "answers alone": ('{"object": "thread.run", "id": "run_1"}', "there is nothing to play"),
    "noise": ("noise", "there is nothing to play: .*it is of no form that is known"),
    "elsewhere": (_har(("GET", "/tracking", {})), "there is nothing to play"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_played_is_one_line(name: str, tmp_path: Path) -> None:
    """A recording without exchanges of the protocol is named, with exit code 2."""
    text, why = WRONG[name]
    (tmp_path / "session.har").write_text(text, encoding="utf-8")
    done = run("serve", "--play", "session.har", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert re.search(f"session.har: {why}", done.stderr), done.stderr


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--fault", "RUN-LIST-005"], "a recording is played as it is"),
        (["--speed", "0"], "speed 0.0 is not a number above 0"),
        (["--play", "absent.har"], "absent.har"),
        (["--port", "99999999"], "99999999"),
    ],
)
def test_what_cannot_be_asked_is_refused(options: list[str], why: str, tmp_path: Path) -> None:
    """A play has no faults, a pace above 0, and files that are there."""
    file = tmp_path / "session.har"
    file.write_text(_har(("POST", "/v1/threads", {"id": "thread_abc"})), encoding="utf-8")
    done = run("serve", "--play", "session.har", *options, folder=tmp_path)
    assert done.returncode == 2
    assert why in done.stderr
