"""Trouble on purpose: failures, late answers, broken connections, streams in odd forms."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import openai
import pytest

from run_contracts.conduct.scripted import operation_ids
from run_contracts.errors import UsageError
from run_contracts.testing import AssertRun, RunServer
from tests.testing.sdk_client import Client

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(run_server: RunServer) -> Iterator[Client]:
    """Return a client of the test's server that never tries again."""
    with Client(run_server) as opened:
        yield opened


def test_an_operation_fails_so_often(run_server: RunServer, client: Client) -> None:
    """With the status, the words and the time to wait that the test says."""
    run_server.fail(429, retry_after=2, times=2, on="getRun")
    run = client.runs.create(**client.ids())
    for _ in range(2):
        with pytest.raises(openai.RateLimitError) as failed:
            client.runs.retrieve(run.id, thread_id=run.thread_id)
        assert failed.value.response.headers["retry-after"] == "2"
        assert failed.value.code == "rate_limit_exceeded"
    assert client.runs.retrieve(run.id, thread_id=run.thread_id).id == run.id


def test_failures_come_one_after_another(run_server: RunServer, client: Client) -> None:
    """In the order they were planned; after so many requests that pass."""
    run_server.fail(503, on="createThread", after=1)
    run_server.fail(500, on="createThread")
    statuses = []
    for _ in range(3):
        try:
            client.sdk.beta.threads.create()
            statuses.append(200)
        except openai.APIStatusError as error:
            statuses.append(error.status_code)
    assert statuses == [500, 503, 200]


def test_the_sdk_comes_through_what_passes(run_server: RunServer) -> None:
    """Its own patience is enough for a failure that passes."""
    run_server.fail(500, on="createRun")
    run_server.fail(429, retry_after=0.1, on="getRun")
    run_server.fail("reset-before", on="createThread")
    with Client(run_server, max_retries=2) as client:
        assert client.run().status == "completed"
    assert [each.status for each in run_server.requests.of("createRun")] == [500, 200]


def test_no_answer_comes_in_time(run_server: RunServer, client: Client) -> None:
    """The client is the one who gives up."""
    run_server.fail("timeout", on="createThread")
    with pytest.raises(openai.APITimeoutError):
        client.sdk.with_options(timeout=0.2).beta.threads.create()


@pytest.mark.parametrize(
    ("way", "error", "is_done"),
    [
        ("reset-before", httpx2.ReadError, False),
        ("reset-during", httpx2.RemoteProtocolError, True),
        ("reset-after", httpx2.ReadError, True),
    ],
)
def test_a_connection_is_reset(
    run_server: RunServer, way: str, error: type[Exception], is_done: bool
) -> None:
    """Before anything is done, in the middle of the answer, or once it is done."""
    run_server.fail(way, on="createThread")  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {run_server.api_key}", "OpenAI-Beta": "assistants=v2"}
    with pytest.raises(error):
        httpx2.post(f"{run_server.url}/threads", headers=headers, json={})
    (asked,) = run_server.requests
    assert not asked.exchange.response.is_whole
    run_server.assert_called("createThread", times=1)
    first = httpx2.post(f"{run_server.url}/threads", headers=headers, json={}).json()["id"]
    run_server.reset()
    second = httpx2.post(f"{run_server.url}/threads", headers=headers, json={}).json()["id"]
    assert (first != second) is is_done


def test_answers_are_late(run_server: RunServer, client: Client) -> None:
    """By a fixed time, or one drawn from the seed."""
    run_server.delay(0.1, up_to=0.2, on="createThread", times=1)
    began = time.monotonic()
    client.sdk.beta.threads.create()
    assert 0.1 <= time.monotonic() - began < 2
    assert run_server.requests[0].exchange.response.seconds >= 0.1


@pytest.mark.parametrize(
    "form",
    [
        {"newline": "\r\n"},
        {"newline": "\r"},
        {"comments": True},
        {"split": 1},
        {"pause": 0.002},
        {"newline": "\r\n", "comments": True, "split": 3},
    ],
    ids=str,
)
def test_odd_streams_are_legal(
    run_server: RunServer, client: Client, assert_run: AssertRun, form: dict[str, object]
) -> None:
    """Our own judge and the SDK read them as any other."""
    run_server.next_run("completed", reply="Fünf Grad ☔, mit Regen.")
    run_server.write_streams(**form)  # type: ignore[arg-type]
    with client.runs.stream(**client.ids()) as stream:
        assert "".join(stream.text_deltas) == "Fünf Grad ☔, mit Regen."
    (created,) = run_server.requests.of("createRun")
    assert_run(created.exchange.response.body, "stream")


def test_a_stream_is_cut(run_server: RunServer, client: Client) -> None:
    """After so many events; the run goes on without its reader."""
    run_server.write_streams(cut_after=3, times=1)
    events = client.runs.create(**client.ids(), stream=True)
    with pytest.raises((openai.APIError, httpx2.RemoteProtocolError)):
        for _ in events:
            pass
    (created,) = run_server.requests.of("createRun")
    assert created.exchange.response.body.count(b"\n\n") == 3
    run_server.advance(5)
    assert client.runs.retrieve(created.run_id, thread_id=created.thread_id).status == "completed"


def test_the_page_lists_every_operation() -> None:
    """Those that trouble may come to, and no others, so that nobody has to guess."""
    page = (Path(__file__).parents[2] / "docs/pytest.md").read_text("utf-8")
    table = page.partition("| of | operations |")[2].partition("`write_streams` comes")[0]
    assert set(re.findall(r"`(\w+)`", table)) == operation_ids()


def test_a_failure_says_what_it_is_told_to(run_server: RunServer) -> None:
    """Its message, also an empty one, its code, its headers, and how long to wait."""
    run_server.fail(418, message="", code="teapot", headers={"X-Kind": "tea"}, retry_after=0.25)
    answer = httpx2.get(f"{run_server.url}/models")
    assert answer.status_code == 418
    assert answer.json()["error"] == {
        "message": "",
        "type": "invalid_request_error",
        "param": None,
        "code": "teapot",
    }
    assert (answer.headers["x-kind"], answer.headers["retry-after"]) == ("tea", "0.25")


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (lambda server: server.fail(200), "status 200 is no failure; give one from 400 to 599"),
        (lambda server: server.fail("reset"), "no way to fail 'reset'; did you mean"),
        (lambda server: server.fail(500, on="getRuns"), "no operation 'getRuns'; did you mean"),
        (lambda server: server.fail(500, times=0), "times 0 is not a whole number of 1 or more"),
        (lambda server: server.fail(429, retry_after=-1), "retry_after -1 is not a number"),
        (lambda server: server.delay("1"), "seconds '1' is not a number of seconds, 0 or more"),
        (lambda server: server.delay(2, up_to=1), "up_to 1 is less than seconds 2"),
        (lambda server: server.write_streams(split=0), "split 0 is not a whole number of 1"),
        (lambda server: server.write_streams(newline="n"), "no newline 'n'; "),
        (lambda server: server.write_streams(newline=" "), r"there are '\n', '\r', '\r\n'"),
        (lambda server: server.write_streams(comments="no"), "comments is 'no'; give True or"),
        (lambda server: server.write_streams(on="getRun"), "getRun never streams; those that do"),
        (lambda server: server.fail("timeout", retry_after=2), "retry_after is of an answer"),
        (lambda server: server.fail("reset-after", message="x"), "message is of an answer"),
        (lambda server: server.fail("reset-after", code="x"), "code is of an answer"),
        (lambda server: server.fail(500, message="\ud83d"), "message is '\\ud83d', which has half"),
        (lambda server: server.fail(500, code="\ud83d"), "code is '\\ud83d', which has half"),
        (lambda server: server.fail(500, code=""), "code is ''; give a text that is not empty"),
        (lambda server: server.fail(429, retry_after="1\r\nX: y"), "give one line of printable"),
        (lambda server: server.fail(429, retry_after="\u00fc"), "give one line of printable ASCII"),
        (lambda server: server.fail(429, retry_after=True), "retry_after True is not a number"),
        (lambda server: server.fail(429, headers={"a b": "c"}), "'a b', which is no name of a"),
        (lambda server: server.fail(429, headers={"a": 7}), "header a is 7; give one line of"),
        (lambda server: server.fail(429, headers=[]), "headers is []; give values by their names"),
        (lambda server: server.fail(None), "status None is no failure"),
        (lambda server: server.fail(500, on=3), "on is 3; give the id of an operation, or a list"),
        (lambda server: server.fail(500, on=[]), "on is []; give the id of an operation, or a"),
        (lambda server: server.fail(500, on=[{}]), "no operation {}; there are "),
        (
            lambda server: server.fail(500, afer=1),
            "no argument of fail 'afer'; did you mean 'after'",
        ),
        (
            lambda server: server.delay(1, upto=2),
            "no argument of delay 'upto'; did you mean 'up_to'",
        ),
        (lambda server: server.write_streams(new="x"), "no argument of write_streams 'new'; did"),
        (lambda server: server.delay(10**400), "seconds a number of about 401 digits is more than"),
        (lambda server: server.advance(-1), "-1 is not a number of seconds, 0 or more"),
        (lambda server: server.advance(None), "seconds None is not a number of seconds"),
        (lambda server: server.advance("x"), "seconds 'x' is not a number of seconds"),
        (lambda server: server.advance(True), "seconds True is not a number of seconds"),
        (lambda server: server.advance(1e300), "seconds 1e+300 is more than ten years"),
        (lambda server: server.advance(10**400), "is more than ten years"),
        (
            lambda server: server(speed=10**400),
            "speed a number of about 401 digits is not",
        ),
        (lambda server: server(poll_after_ms=10**5000), "is not a whole number of 0 or more"),
        (lambda server: server.http_client([]), "no HTTP library []; there are httpx2 and httpx"),
        (lambda server: server(seed="x"), "seed 'x' is not a whole number"),
        (lambda server: server(api_key=3), "the API key is no line of printable ASCII"),
        (lambda server: server(faults=3), "faults 3 is no list of ids, e.g. ['RUN-LIST-005']"),
        (lambda server: server(speed="fast"), "speed 'fast' is not a number above 0"),
        (lambda server: server(faults="RUN-LIST-005"), "faults 'RUN-LIST-005' is no list of ids"),
    ],
)
def test_impossible_trouble_is_refused_where_it_is_written(
    run_server: RunServer, plan: object, reason: str
) -> None:
    """In one line, with the nearest name."""
    with pytest.raises(UsageError) as refused:
        plan(run_server)  # type: ignore[operator]
    assert reason in str(refused.value)
