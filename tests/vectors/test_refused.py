"""The reference server answers the requests of the vectors as it is said beside them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from run_contracts.server import ServerOptions, running
from tests.server.conftest import Caller, client
from tests.vectors.committed import EDITIONS, vectors


def _placed(call: Caller, path: str) -> str:
    """Return a path whose ids are of what is there."""
    thread = call.thread()
    if "{run_id}" not in path:
        return path.format(thread_id=thread)
    run = call.run(thread)
    return path.format(thread_id=thread, run_id=run["id"])


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_wrong_body_is_refused_with_the_status_that_is_said(edition: str) -> None:
    """By a right server, with an error of the contract's form."""
    refused = [(file, one) for file, one in vectors("requests", edition) if "refused" in one]
    with running(ServerOptions.for_checking()) as url, client(url, edition) as opened:
        call = Caller(opened)
        paths = {file["path"]: _placed(call, file["path"]) for file, _ in refused}
        for file, vector in refused:
            status, answer = _sent(call, paths[file["path"]], vector["body"])
            assert status == vector["refused"]["status"], (vector["id"], answer)
            assert answer["error"]["message"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_right_body_of_what_makes_no_run_is_accepted(edition: str) -> None:
    """Threads, messages and assistants are made of every edge case; runs need more than a body."""
    makers = ("createThread", "createMessage", "createAssistant", "modifyRun")
    right = [(file, one) for file, one in vectors("requests", edition) if "refused" not in one]
    with running(ServerOptions.for_checking()) as url, client(url, edition) as opened:
        call = Caller(opened)
        paths = {file["path"]: _placed(call, file["path"]) for file, _ in right}
        for file, vector in right:
            if file["operation"] in makers:
                status, answer = _sent(call, paths[file["path"]], vector["body"])
                assert status == 200, (vector["id"], answer)


def _sent(call: Caller, path: str, body: Any) -> tuple[int, Any]:
    """Send a body, null, too, which a client would take for none."""
    headers = {"Content-Type": "application/json"}
    answer = call.client.post(path, content=json.dumps(body).encode(), headers=headers)
    return answer.status_code, answer.json()
