"""The fixture watched_runs: what a test's clients exchange is judged at its end."""

from __future__ import annotations

import httpx2
import pytest

from run_contracts.errors import UsageError
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.testing.watched_runs import WatchedRuns
from tests.testing.plugging import Plugged

CLIENT = """
import openai, pytest
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

def talk(server, **options):
    with openai.OpenAI(base_url=server.url, api_key=server.api_key, **options) as client:
        assistant = client.beta.assistants.create(model="gpt-4o", instructions="be short")
        thread = client.beta.threads.create().id
        ids = {"assistant_id": assistant.id, "thread_id": thread}
        client.beta.threads.runs.create_and_poll(**ids, poll_interval_ms=10)
        with client.beta.threads.runs.stream(**ids) as stream:
            stream.until_done()
"""


def outcome(
    plugged: Plugged, pytester: pytest.Pytester, test: str, *words: str
) -> pytest.RunResult:
    """Run a test file, and return what came of it."""
    pytester.makepyfile(test_it=CLIENT + test)
    return plugged(*words)


def test_a_right_server_passes(plugged: Plugged, pytester: pytest.Pytester) -> None:
    """With the real SDK over a client that the fixture makes."""
    test = """
def test_it(run_server, watched_runs):
    talk(run_server, http_client=watched_runs.client())
"""
    outcome(plugged, pytester, test).assert_outcomes(passed=1)


def test_a_wrong_server_fails_the_test_in_the_usual_lines(
    plugged: Plugged, pytester: pytest.Pytester
) -> None:
    """What, where, expected, found, why, and what to type next; over a transport of the test's."""
    test = """
import httpx2

def test_it(run_server, watched_runs):
    wrong = run_server(faults=["RUN-STREAM-004"])
    talk(wrong, http_client=httpx2.Client(transport=watched_runs.transport()))
"""
    result = outcome(plugged, pytester, test)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "what was exchanged breaks 1 requirement:",
            "RUN-STREAM-004 MUST broken *",
            "  where     POST http://127.0.0.1:*/runs *",
            "  expected  thread.run.created",
            '  found     "thread.run.queued"',
            "  why       *",
            "  next      run-contracts explain RUN-STREAM-004",
        ]
    )


def test_a_test_in_which_no_run_was_seen_does_not_pass(
    plugged: Plugged, pytester: pytest.Pytester
) -> None:
    """A client that does not use it is not watched; that is said, unless it may be so."""
    test = """
def test_forgotten(run_server, watched_runs):
    talk(run_server)

def test_allowed(watched_runs):
    watched_runs.allow_nothing()
"""
    result = outcome(plugged, pytester, test)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["watched_runs saw no run: let the client use its transport*"])


def test_a_test_that_failed_is_not_blamed_for_what_it_did_not_come_to(
    plugged: Plugged, pytester: pytest.Pytester
) -> None:
    """Its own failure says it all."""
    test = """
def test_it(watched_runs):
    assert False
"""
    outcome(plugged, pytester, test).assert_outcomes(failed=1)


@pytest.mark.parametrize(("mark", "errors"), [("", 0), ("@pytest.mark.run_alone", 1)])
def test_what_somebody_else_changes_fails_a_test_that_says_that_it_is_alone(
    plugged: Plugged, pytester: pytest.Pytester, mark: str, errors: int
) -> None:
    """A client that is not watched changes metadata, as a dashboard does."""
    test = f"""
{mark}
def test_it(run_server, watched_runs):
    options = {{"base_url": run_server.url, "api_key": run_server.api_key}}
    mine = openai.OpenAI(http_client=watched_runs.client(), **options).beta
    other = openai.OpenAI(**options).beta
    assistant = mine.assistants.create(model="gpt-4o", instructions="be short").id
    asked = {{"assistant_id": assistant, "metadata": {{"by": "me"}}}}
    ids = {{"thread_id": mine.threads.create().id}}
    run = mine.threads.runs.create(**ids, **asked).id
    other.threads.runs.update(run, **ids, metadata={{"by": "other"}})
    mine.threads.runs.retrieve(run, **ids)
"""
    result = outcome(plugged, pytester, test)
    result.assert_outcomes(passed=1, errors=errors)
    assert ("RUN-ECHO-003 MUST broken" in result.stdout.str()) is bool(errors)


@pytest.mark.parametrize("may_be_nothing", [False, True])
def test_what_was_seen_and_not_judged_is_said(may_be_nothing: bool) -> None:
    """It is another thing than to see no run, and nobody allowed it."""
    watched = WatchedRuns(AskedFor())
    if may_be_nothing:
        watched.allow_nothing()
    head = {"content-encoding": "compress", "content-type": "application/json"}
    inner = httpx2.MockTransport(
        lambda _: httpx2.Response(200, headers=head, stream=httpx2.ByteStream(b"\x1f\x9d\xff"))
    )
    with (
        httpx2.Client(transport=watched.transport(inner)) as client,
        client.stream("GET", "http://h/v1/threads/t/runs/r") as response,
    ):
        assert list(response.iter_raw())
    with pytest.raises(UsageError, match=r"could not judge .* content-encoding"):
        watched.judge()
