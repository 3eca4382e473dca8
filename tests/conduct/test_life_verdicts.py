"""What is right and wrong about what a client says, and about how it ends."""

from __future__ import annotations

import sys

import pytest

from run_contracts.conduct.client_words import ClientSays
from run_contracts.conduct.life_trial import LifeTrial, PlayedServerOfLife
from run_contracts.conduct.played_lives import PLAYED_LIVES
from tests.conduct.playing import ENDED, broken_in, played_to
from tests.faulty_clients.small_client import SmallClient


def saying(life: str, **says: str) -> LifeTrial:
    """Return a life that the small client lived through, and which somebody tells otherwise."""
    with PlayedServerOfLife(PLAYED_LIVES[life]) as server:
        SmallClient(server.url, server.api_key, streams=False).work()
        return server.trial(ENDED, ClientSays(**says))


@pytest.mark.parametrize(
    ("life", "says", "broken"),
    [
        ("completes", {"status": "completed"}, set()),
        ("completes", {"status": "failed"}, {"CLIENT-END-002"}),
        ("completes", {"error": "no"}, {"CLIENT-END-002"}),
        ("completes", {"status": "completed", "text": "Fünf Grad"}, {"CLIENT-END-004"}),
        ("fails", {"error": "it failed"}, set()),
        ("fails", {"status": "completed"}, {"CLIENT-END-003"}),
        ("fails", {"status": "expired"}, {"CLIENT-END-002"}),
        ("incomplete", {"status": "incomplete", "text": "half"}, set()),
        ("unknown-fields", {"error": "KeyError"}, {"CLIENT-END-006"}),
        ("fails-once", {"error": "500"}, {"CLIENT-END-009"}),
        ("resets", {"error": "reset"}, set()),
        ("calls-oddly", {"error": "no JSON"}, set()),
    ],
)
def test_what_is_said_is_held_against_what_was(
    life: str, says: dict[str, str], broken: set[str]
) -> None:
    """A status, a text, an error; who says only that it failed is not wrong about a failed run."""
    assert broken_in(saying(life, **says)) == broken


CREATE = """
import json, sys, urllib.request
def ask(path, body):
    headers = {"Authorization": "Bearer " + sys.argv[2], "OpenAI-Beta": "assistants=v2",
               "Content-Type": "application/json"}
    data = json.dumps(body).encode()
    request = urllib.request.Request(sys.argv[1] + path, data, headers)
    return json.load(urllib.request.urlopen(request))
tool = {"type": "function", "function": {"name": "f"}}
assistant = ask("/assistants", {"model": "m", "tools": [tool]})
thread = ask("/threads", {"messages": [{"role": "user", "content": "Hi."}]})
run = ask(f"/threads/{thread['id']}/runs", {"assistant_id": assistant["id"]})
"""


def leaving(life: str, last: str) -> set[str]:
    """Return what a client breaks that creates a run, and then does the last."""
    return broken_in(played_to((sys.executable, "-c", CREATE + last, "{url}", "{key}"), life))


@pytest.mark.parametrize(
    ("life", "last", "broken"),
    [
        ("waits-long", "print('{}')", {"CLIENT-END-003"}),
        ("waits-long", 'print(\'{"status": "queued"}\')', {"CLIENT-END-002"}),
        ("waits-long", "raise SystemExit('no patience')", {"CLIENT-END-001"}),
        ("calls", "import time; time.sleep(1)", {"CLIENT-END-005"}),
    ],
)
def test_who_leaves_a_run_alone_is_told(life: str, last: str, broken: set[str]) -> None:
    """At work, or waiting for outputs that never come."""
    trial_broken = leaving(life, last)
    assert trial_broken - {"CLIENT-END-010"} == broken


READ = """
import time
until = time.monotonic() + 60
path = f"/threads/{thread['id']}/runs/{run['id']}"
headers = {"Authorization": "Bearer " + sys.argv[2], "OpenAI-Beta": "assistants=v2"}
while time.monotonic() < until:
    urllib.request.urlopen(urllib.request.Request(sys.argv[1] + path, headers=headers)).read()
    time.sleep(0.3)
"""


@pytest.mark.slow
def test_who_only_reads_a_run_that_waits_never_answers_it() -> None:
    """It is stopped before its time."""
    assert leaving("calls", READ) >= {"CLIENT-END-005"}


@pytest.mark.parametrize("life", ["calls", "fails"])
def test_who_thinks_is_not_wrong(life: str) -> None:
    """A function may take long, and a failed run may be begun anew later: nothing is known."""
    last = (
        "import time; time.sleep(60)"
        if life == "calls"
        else READ.split("while", maxsplit=1)[0] + SLEEP
    )
    program = (sys.executable, "-c", CREATE + last, "{url}", "{key}")
    assert broken_in(played_to(program, life, seconds=3.0)) == set()


SLEEP = """
time.sleep(1)
urllib.request.urlopen(urllib.request.Request(sys.argv[1] + path, headers=headers)).read()
time.sleep(60)
"""


def test_who_asks_for_nothing_has_shown_nothing() -> None:
    """No requirement is decided of it."""
    assert broken_in(played_to((sys.executable, "-c", "pass"), "completes")) == set()
