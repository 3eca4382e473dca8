"""What a client sent: to look at, to filter, to assert."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import httpx2
import openai
import pytest

from run_contracts.errors import UsageError
from run_contracts.testing import RunServer
from tests.testing.plugging import Plugged
from tests.testing.sdk_client import Client

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(run_server: RunServer) -> Iterator[Client]:
    """Return a client of the test's server."""
    with Client(run_server) as opened:
        yield opened


def test_a_request_says_what_it_is_about(run_server: RunServer, client: Client) -> None:
    """Also where the answer alone names it."""
    before = time.time()
    run = client.run(metadata={"team": "blue"})
    requests = run_server.requests
    assert [each.operation for each in requests[:3]] == [
        "createAssistant",
        "createThread",
        "createRun",
    ]
    created, read = requests[2], requests[-1]
    assert created.body["metadata"] == {"team": "blue"}
    assert created.headers["openai-beta"] == "assistants=v2"
    assert (created.run_id, created.thread_id) == (run.id, run.thread_id)
    assert (read.operation, read.run_id, read.body) == ("getRun", run.id, None)
    assert requests[1].thread_id == run.thread_id
    assert before <= created.at <= read.at <= time.time()
    assert created.path == f"/v1/threads/{run.thread_id}/runs"


def test_what_has_no_route_is_kept_too(run_server: RunServer) -> None:
    """Under no operation, with its status."""
    httpx2.post(f"{run_server.url}/nothing", content=b"not json")
    (asked,) = run_server.requests
    assert (asked.operation, asked.status, asked.body) == (None, 404, None)


def test_a_call_is_asserted(run_server: RunServer, client: Client) -> None:
    """So often, and with a body that holds what matters."""
    run_server.next_run("requires_action", calls=["weather", "weather"])
    client.answer(client.run())
    run_server.assert_called("submitToolOutputs", times=1)
    run_server.assert_called("submitToolOutputs", body={"tool_outputs": [{"output": "rain"}] * 2})
    run_server.assert_called("cancelRun", times=0)
    run_server.assert_called("getRun")


@pytest.mark.parametrize(
    ("operation", "how", "reason"),
    [
        ("cancelRun", {}, "cancelRun was to be called at least once; it was 0 times. What came:"),
        ("createRun", {"times": 2}, "createRun was to be called 2 times; it was 1 times."),
        ("createRun", {"body": {"model": "gpt-5"}}, "with a body that holds {'model': 'gpt-5'}"),
    ],
)
def test_what_was_not_called_is_shown_beside_what_was(
    run_server: RunServer, client: Client, operation: str, how: dict[str, object], reason: str
) -> None:
    """Requests, each on a line."""
    client.run()
    with pytest.raises(AssertionError, match=re.escape(reason)) as failed:
        run_server.assert_called(operation, **how)  # type: ignore[arg-type]
    assert re.search(r"  POST /v1/threads/\S+/runs \(createRun\) -> 200 \{", str(failed.value))


def test_an_unknown_operation_names_the_nearest(run_server: RunServer) -> None:
    """Instead of never being called."""
    with pytest.raises(UsageError, match="no operation 'createRuns'; did you mean 'createRun'"):
        run_server.assert_called("createRuns")


def test_a_stream_that_is_left_is_known(run_server: RunServer, client: Client) -> None:
    """Who hangs up before the end of an answer is told from who reads it."""
    run_server.next_run("completed")
    run_server.write_streams(pause=0.05)
    events = client.runs.create(**client.ids(), stream=True)
    next(iter(events))
    events.response.close()
    deadline = time.monotonic() + 5
    while not run_server.requests.of("createRun") and time.monotonic() < deadline:
        time.sleep(0.01)
    (created,) = run_server.requests.of("createRun")
    assert not created.exchange.response.is_whole


def test_a_failure_shows_what_came(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """Beside the test's own words, with what breaks a requirement on clients."""
    pytester.makepyfile(
        """
        import httpx2

        def test_it(run_server):
            httpx2.post(f"{run_server.url}/threads", content=b"{", headers={"Authorization": "x"})
            assert False
        """
    )
    result = plugged()
    result.stdout.fnmatch_lines(
        ["*run_contracts: what came to run_server*", "  POST /v1/threads (createThread) -> 401 *"]
    )


def test_what_is_refused_is_kept(run_server: RunServer, client: Client) -> None:
    """A wrong request is a request."""
    with pytest.raises(openai.NotFoundError):
        client.runs.retrieve("run_none", thread_id="thread_none")
    (asked,) = run_server.requests
    assert (asked.status, asked.run_id, asked.thread_id) == (404, "run_none", "thread_none")


def test_a_call_is_asserted_by_its_query_and_headers(run_server: RunServer, client: Client) -> None:
    """Names of headers in any case; of both what is named must be there."""
    thread = client.ids()["thread_id"]
    client.runs.list(thread, limit=2, extra_headers={"X-Team": "blue"})
    run_server.assert_called("listRuns", query={"limit": "2"}, headers={"x-TEAM": "blue"}, times=1)
    with pytest.raises(AssertionError, match=r"at least once with a query that holds \{'limit'"):
        run_server.assert_called("listRuns", query={"limit": "3"})
    with pytest.raises(AssertionError, match=r"at least once with headers that hold"):
        run_server.assert_called("listRuns", headers={"X-Team": "red"})


def test_what_cannot_be_asserted_is_refused(run_server: RunServer) -> None:
    """A number that is none, an operation that there is not, a query that is no mapping."""
    with pytest.raises(UsageError, match="times -1 is not a whole number of 0 or more"):
        run_server.assert_called("getRun", times=-1)
    with pytest.raises(UsageError, match="times '2' is not a whole number"):
        run_server.assert_called("getRun", times="2")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no operation 'getruns'; did you mean 'getRun'"):
        run_server.requests.of("getruns")
    with pytest.raises(UsageError, match="query is 7; give values by their names"):
        run_server.assert_called("getRun", query=7)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"headers is \{3: 1\}; give values by their names"):
        run_server.assert_called("getRun", headers={3: 1})  # type: ignore[dict-item]
