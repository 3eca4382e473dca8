"""Permission: another machine is read and not written to, and is sent no key in clear."""

from __future__ import annotations

import pytest

from run_contracts.client.budget import Account, Budget
from run_contracts.client.checked_target import MOST_RUNS, Target, target
from run_contracts.client.connection import Connection
from run_contracts.client.permission import is_here
from run_contracts.client.session import Session
from run_contracts.errors import ProfileSpent, UsageError
from tests.client.bare_server import OK, BareServer, serving

REMOTE = "https://runs.example/v1"


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://[::1]/v1", True),
        ("http://localhost./v1", True),
        ("http://localhost.evil.example/v1", False),
        ("http://127.0.0.1.evil.example/v1", False),
        ("http://10.0.0.1/v1", False),
        ("http://0.0.0.0/v1", False),
        (REMOTE, False),
    ],
)
def test_only_this_machine_may_be_written_to_without_being_asked(
    url: str, *, is_local: bool
) -> None:
    """A name that only looks like it is another machine's."""
    assert is_here(url) is is_local
    assert target(url, insecure=True).is_read_only is not is_local
    assert not target(url, insecure=True, write=True).is_read_only


def test_a_target_that_is_only_read_is_sent_nothing_else() -> None:
    """Whoever asks for it: what would write is not sent, and says so."""
    with serving(BareServer(lambda _: OK)) as server:
        url = Target(url=server.url, is_read_only=True)
        with Session(url) as session:
            session.send("getRun", thread_id="thread_1", run_id="run_1")
            exchange = session.send("createRun", thread_id="thread_1", json_body={})
            raw = session.send_raw("DELETE", f"{server.url}/threads/a", headers={}, content=b"")
        assert [line.split()[0] for line in server.lines()] == ["GET"]
    for unsent in (exchange, raw):
        assert unsent.response.failure == (
            "not sent: the target is only read, for --write was not given"
        )


def test_a_key_does_not_go_over_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it is said to, or goes nowhere."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    for url in ("http://runs.example/v1", "http://10.0.0.1:8000/v1", "HTTP://10.0.0.1/v1"):
        with pytest.raises(UsageError, match=r"\$OPENAI_API_KEY would be sent .* --insecure"):
            target(url)
        assert target(url, insecure=True).key == "sk-secret"
    for url in (REMOTE, "http://127.0.0.1/v1"):
        assert target(url).key == "sk-secret"
    monkeypatch.delenv("OPENAI_API_KEY")
    assert target("http://runs.example/v1").key == ""


def test_a_run_is_named_on_its_thread() -> None:
    """Alone it has no place."""
    with pytest.raises(UsageError, match="--thread-id"):
        target(REMOTE, run_id="run_1")
    assert target(REMOTE, run_id="run_1", thread_id="thread_1").run_id == "run_1"


@pytest.mark.parametrize("profile", MOST_RUNS)
def test_a_profile_asks_for_so_many_runs_at_most(profile: str) -> None:
    """What a server answers cannot make it more; who wants another bound gives it."""
    most = Target(url=REMOTE, profile=profile).most_runs
    account = Account(Budget(), lambda: 0.0, None, most)
    for _ in range(most):
        account.spend(is_run=True)
    account.spend(is_run=False)
    with pytest.raises(ProfileSpent, match=f"{most} runs"):
        account.spend(is_run=True)
    assert Target(url=REMOTE, budget=Budget(runs=7)).most_runs == 7


def test_a_rate_is_kept() -> None:
    """Requests wait for their turn, however soon the answers come."""
    slept: list[float] = []
    with serving(BareServer(lambda _: OK)) as server:
        connection = Connection(now=lambda: sum(slept), sleep=slept.append)
        with Session(Target(url=server.url, rate=2), connection) as session:
            for _ in range(5):
                session.send("getRun", thread_id="thread_1", run_id="run_1")
    assert sum(slept) == pytest.approx(2.0)
