"""A check writes its ledger without being asked, and the same into its report, at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.events import Created, Creating, Deleted
from run_contracts.report import jsonlines
from run_contracts.report.ledger_files import kept
from tests.cli.door import Done, run
from tests.cli.killing import HEADERS, KEY, KillingServer, serving


class Watching(KillingServer):
    """A server that looks, when a request arrives, at what the check has written."""

    look: Callable[[str, str], None] = staticmethod(lambda *_: None)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Look, then answer."""
        self.look(scope["method"], scope["path"])
        await super().__call__(scope, receive, send)


def _check(server: KillingServer, *arguments: str, **environment: str) -> Done:
    options = ("--profile", "smoke", "--only", "RUN-LIFE-001", "--quiet")
    return run("check", server.url, *options, *arguments, OPENAI_API_KEY=KEY, **environment)


def test_what_is_created_is_written_before_it_is_sent(tmp_path: Path) -> None:
    """In the ledger and in the report: what is asked for, and every id before the next request."""
    seen: list[list[int]] = []
    report = tmp_path / "check.jsonl"
    with serving(Watching(0, is_handled=False)) as server:

        def look(method: str, path: str) -> None:
            if method == "POST" and path.endswith(("/threads", "/assistants", "/runs")):
                files = [*tmp_path.glob("state/*.jsonl"), *tmp_path.glob("*.jsonl")]
                lines = [one for file in files for one in file.read_text("utf-8").splitlines()]
                kinds = [json.loads(one)["event"] for one in lines]
                seen.append([kinds.count(one) for one in ("creating", "created", "deleted")])

        server.look = look  # type: ignore[method-assign]
        done = _check(server, "--report", str(report), RUN_CONTRACTS_STATE=str(tmp_path / "state"))
    assert done.returncode == 0, done.stdout
    # In both files; two may be under way at the same time.
    assert all(counts[0] >= 2 * number for number, counts in enumerate(seen, start=1)), seen
    assert len(seen) > 8
    assert {counts[0] - counts[1] for counts in seen} <= {2, 4}
    assert {counts[2] for counts in seen} == {0}
    events = jsonlines.read(report)
    assert sum(isinstance(one, Creating) for one in events) == len(seen)
    assert sum(isinstance(one, Created) for one in events) == sum(
        isinstance(one, Creating) for one in events
    )
    assert sum(isinstance(one, Deleted) for one in events) >= 2
    assert list((tmp_path / "state").iterdir()) == []


def test_a_ledger_that_cannot_be_written_costs_the_check_nothing(tmp_path: Path) -> None:
    """One line says so."""
    (tmp_path / "state").write_text("no folder")
    with serving(KillingServer(0, is_handled=False)) as server:
        done = _check(server, RUN_CONTRACTS_STATE=str(tmp_path / "state"))
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1
    assert "the ledger cannot be written" in done.stderr


def test_a_server_that_answers_with_what_was_there_keeps_it(tmp_path: Path) -> None:
    """One that gives each new thread the same old object, which somebody else uses."""

    class Reusing(KillingServer):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if (scope["method"], scope["path"]) == ("POST", "/v1/threads") and self.foreign:
                path = next(one for one in self.foreign if "/threads/" in one)
                asked = {"method": "GET", "path": f"/v1{path}", "raw_path": f"/v1{path}".encode()}
                await self.app({**scope, **asked}, receive, send)
                return
            await super().__call__(scope, receive, send)

    with serving(Reusing(0, is_handled=False)) as server:
        server.foreign = dict(reversed(server.foreign.items()))
        _check(server, RUN_CONTRACTS_STATE=str(tmp_path / "state"))
        assert server.foreign.items() <= server.there().items()


@pytest.mark.parametrize("is_embedded", [True])
def test_the_embedded_server_needs_no_ledger(*, is_embedded: bool) -> None:
    """It ends with the check."""
    before = kept()
    assert run("check", "--profile", "smoke", "--only", "RUN-LIFE-001").returncode == 0
    assert kept() == before


def test_a_secret_in_an_answer_is_in_no_ledger(tmp_path: Path) -> None:
    """A server that echoes the key as an id."""

    class Echoing(KillingServer):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["method"] in ("POST", "DELETE") and self.foreign:
                body = json.dumps({"id": KEY, "object": "thread", "metadata": {KEY: KEY}}).encode()
                headers = [(b"content-type", b"application/json")]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": body})
                return
            await super().__call__(scope, receive, send)

    with serving(Echoing(0, is_handled=False)) as server:
        _check(server, RUN_CONTRACTS_STATE=str(tmp_path))
    text = "".join(one.read_text("utf-8") for one in tmp_path.glob("*.jsonl"))
    assert '"path": "/threads/$OPENAI_API_KEY"' in text
    assert KEY not in text
    assert HEADERS["Authorization"].endswith(KEY)


def test_a_session_tells_its_listener_of_every_request(right: str) -> None:
    """Also of those that are no evidence."""
    from run_contracts.client.listener import Listener  # noqa: PLC0415

    class Hearing(Listener):
        heard: tuple[str, ...] = ()

        def kept(self, outgoing: Any, exchange: Any) -> None:
            self.heard += (outgoing.wire.method,)

    listener = Hearing()
    with Session(Target(url=right, key=KEY), listener=listener) as session:
        session.send("createThread", json_body={})
        session.beside("DELETE", "/threads/thread_none")
    assert listener.heard == ("POST", "DELETE")
