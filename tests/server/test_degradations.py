"""Each degradation does what its sentence says, and the right server does not."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
import pytest

from run_contracts.contract.operations import operations
from run_contracts.errors import UsageError
from run_contracts.server import ServerOptions, create_app, running
from run_contracts.server.degradations import DEGRADATIONS, Degradation
from run_contracts.server.degradations.missing_operations import MISSING_OPERATIONS, NO_SUCH_URL
from tests.server.conftest import Caller
from tests.server.demonstrating import FAILED, HELD, calling, completed, path, steps, two_runs
from tests.server.test_lives import FORCED

IDS = {"thread_id": "thread_1", "run_id": "run_1", "step_id": "step_1"}
ANSWERED = {
    "no": lambda answer: answer.status_code == 404 and answer.json() == {"detail": "Not Found"},
    "405": lambda answer: answer.status_code == 405 and "allow" in answer.headers,
    "page": lambda answer: (
        answer.status_code == 404 and "text/html" in answer.headers["content-type"]
    ),
    "unknown": lambda answer: (
        answer.status_code == 404 and answer.json()["error"]["code"] == "unknown_url"
    ),
}
"""What the answer for a missing operation must be, by the first word of the degradation."""


def _missing(call: Caller, operation: str, degradation: str) -> bool:
    """Ask for an operation; say whether it is missing as the degradation says."""
    asked = operations("v2")[operation]
    body = {"json": {}} if asked.method == "POST" else {}
    answer = call.client.request(asked.method, asked.url(**IDS), **body)
    with suppress(KeyError, ValueError):
        return bool(ANSWERED[degradation.partition("-")[0]](answer))
    return False


@pytest.mark.parametrize("degradation", MISSING_OPERATIONS, ids=lambda one: one.id)
def test_a_missing_operation_is_answered_as_said_and_no_other_is(degradation: Degradation) -> None:
    """Only what it lacks is gone, in the words of the kind of server that it stands for."""
    with calling(degradations=(degradation.id,)) as call:
        missing = {one for one in operations("v2") if _missing(call, one, degradation.id)}
    assert missing == degradation.lacks
    with calling() as call:
        assert not any(_missing(call, one, degradation.id) for one in degradation.lacks)


def test_every_answer_of_a_missing_operation_is_shown() -> None:
    """A new one needs a line above."""
    assert ANSWERED.keys() == NO_SUCH_URL.keys()


def _stays(status: str) -> Callable[[Caller], bool]:
    def shows(call: Caller) -> bool:
        run = call.run()
        return all(call.later(run, seconds)["status"] == status for seconds in (10, 100, 10_000))

    return shows


def _crashes(call: Caller, method: str, place: str) -> bool:
    """Say whether a request is answered 500, and the next one not at all."""
    if call.client.request(method, place).status_code != 500:
        return False
    with pytest.raises(httpx2.ReadError):
        call.client.get("/threads/thread_1")
    return call.client.get("/threads/thread_1").status_code in (404, 500)


def _hangs(operation: str) -> Callable[[Caller], bool]:
    def shows(call: Caller) -> bool:
        asked = operations("v2")[operation]
        try:
            call.client.request(asked.method, asked.url(**IDS))
        except httpx2.ReadTimeout:
            return True
        return False

    return shows


def _statuses(call: Caller, number: int) -> list[int]:
    return [call("GET", "/threads/thread_1")[0] for _ in range(number)]


def _is_uuid(text: str) -> bool:
    with suppress(ValueError):
        return str(UUID(text)) == text
    return False


def _named(form: Callable[[str], bool]) -> Callable[[Caller], bool]:
    def shows(call: Caller) -> bool:
        run = completed(call)
        step = steps(call, run)["data"][0]
        ids = (run["id"], run["thread_id"], run["assistant_id"], step["id"])
        return len(set(ids)) == len(ids) and all(map(form, ids))

    return shows


def _lists(call: Caller, **query: Any) -> dict[str, Any]:
    return dict(call("GET", f"/threads/{two_runs(call)}/runs", params={"limit": 1, **query})[1])


def _is_plain(call: Caller) -> bool:
    body = {"assistant_id": call.assistant(), "stream": True}
    answer = call.client.post(f"/threads/{call.thread()}/runs", json=body)
    return "json" in answer.headers["content-type"] and answer.json()["object"] == "thread.run"


def _refuses_streams(call: Caller) -> bool:
    path, body = f"/threads/{call.thread()}/runs", {"assistant_id": call.assistant()}
    is_refused = call.client.post(path, json={**body, "stream": True}).status_code == 400
    return is_refused and call.client.post(path, json=body).status_code == 200


BEHAVIOURS: dict[str, Callable[[Caller], bool]] = {
    "no-forced-calls": lambda call: call.later(call.run(**FORCED), 100)["status"] == "completed",
    "stays-queued": _stays("queued"),
    "stays-in-progress": _stays("in_progress"),
    "no-streams": _is_plain,
    "refuses-streams": _refuses_streams,
    "crashing-cancelRun": lambda call: _crashes(call, "POST", f"{path(call.run(**HELD))}/cancel"),
    "crashing-lookups": lambda call: _crashes(call, "GET", "/threads/thread_no"),
    "hanging-cancelRun": _hangs("cancelRun"),
    "hanging-listRunSteps": _hangs("listRunSteps"),
    "hanging-modifyRun": _hangs("modifyRun"),
    "busy-now-and-then": lambda call: _statuses(call, 20).count(503) == 2,
    "limited-now-and-then": lambda call: _statuses(call, 30).count(429) == 2,
    "uuids": _named(_is_uuid),
    "numbered": _named(str.isdigit),
    "created-201": lambda call: call("POST", "/threads", {})[0] == 201,
    "no-has_more": lambda call: "has_more" not in _lists(call),
    "never-has_more": lambda call: _lists(call)["has_more"] is False,
    "detail-errors": lambda call: call("GET", "/threads/thread_no")[1].keys() == {"detail"},
}
"""What a client sees behind a degradation, and only there."""


@pytest.mark.parametrize("degradation", BEHAVIOURS)
def test_a_degradation_does_what_its_sentence_says(degradation: str) -> None:
    """A client sees it on the degraded server and not on the right one."""
    with calling(degradations=(degradation,)) as call:
        assert BEHAVIOURS[degradation](call)
    with calling() as call:
        assert not BEHAVIOURS[degradation](call)


def test_every_degradation_is_shown() -> None:
    """One that nobody saw may do nothing."""
    assert BEHAVIOURS.keys() | {one.id for one in MISSING_OPERATIONS} == DEGRADATIONS.keys()


def test_sentences_and_ids_are_fit_to_be_listed() -> None:
    """An id is one word, a sentence a whole one."""
    for degradation in DEGRADATIONS.values():
        assert re.fullmatch(r"[a-zA-Z0-9_-]+", degradation.id)
        assert degradation.sentence.endswith(".")


def test_runs_that_never_rest_can_be_cancelled() -> None:
    """The only end that they have."""
    with calling(degradations=("stays-queued",)) as call:
        run = call.run()
        call("POST", f"{path(run)}/cancel")
        assert call.later(run, 100)["status"] == "cancelled"


def test_whoever_has_no_assistants_takes_every_one() -> None:
    """Servers that run one model take any assistant_id."""
    with calling(degradations=("no-assistants",)) as call:
        body = {"assistant_id": "asst_any", "thread": {"messages": []}, "instructions": "Sing."}
        assert call("POST", "/threads/runs", body)[1]["assistant_id"] == "asst_any"


def test_several_degradations_and_faults_hold_at_once() -> None:
    """Each does what it does alone."""
    with calling("RUN-STATUS-013", degradations=("numbered", "no-modifyRun")) as call:
        run = call.until(call.run(**FAILED), "failed")
        assert run["id"].isdigit()
        assert run["last_error"] is None
        assert call("POST", path(run), {"metadata": {}})[0] == 404


def test_served_a_crash_closes_the_connection_without_a_word() -> None:
    """The answer does not say so, and the server hangs up after it."""
    options = ServerOptions.for_checking(degradations=("crashing-cancelRun",))
    with running(options) as base:
        where = urlsplit(base)
        with socket.create_connection((where.hostname, where.port), timeout=5) as connection:
            request = "POST /v1/threads/thread_1/runs/run_1/cancel HTTP/1.1"
            connection.sendall(f"{request}\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode())
            answer = connection.makefile("rb").read()  # ends where the server hangs up
    assert answer.startswith(b"HTTP/1.1 500")
    assert b"connection" not in answer.lower()


def test_a_degradation_that_does_not_exist_is_refused_with_a_near_one() -> None:
    """The error helps with the spelling."""
    with pytest.raises(UsageError, match="no degradation 'uuid'; did you mean uuids"):
        create_app(ServerOptions(degradations=("uuid",)))
