"""Proxies of the environment: obeyed for other machines, never for this one."""

from __future__ import annotations

import pytest

from run_contracts.client.checked_target import Target
from run_contracts.client.proxies import proxy_for
from run_contracts.client.session import Session
from run_contracts.errors import UsageError
from tests.client.bare_server import OK, BareServer, serving

REMOTE = "http://runs.example/v1"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_another_machine_is_reached_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is asked for the whole URL."""
    with serving(BareServer(lambda _: OK)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        with Session(Target(url=REMOTE)) as session:
            session.send("getRun", thread_id="thread_1", run_id="run_1")
        assert proxy.lines() == [f"GET {REMOTE}/threads/thread_1/runs/run_1 HTTP/1.1"]


def test_this_machine_never_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says, malformed proxies included."""
    for name in VARIABLES[:3]:
        monkeypatch.setenv(name, "http://nobody.invalid:99999")
    with serving(BareServer(lambda _: OK)) as server, Session(Target(url=server.url)) as session:
        assert session.send("getRun", thread_id="thread_1", run_id="run_1").is_success


def test_no_proxy_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As by every other program."""
    monkeypatch.setenv("all_proxy", "http://proxy.example:3128")
    assert proxy_for(REMOTE) is not None
    monkeypatch.setenv("no_proxy", "runs.example")
    assert proxy_for(REMOTE) is None


@pytest.mark.parametrize(
    "address",
    [
        "socks5://me:hush@proxy.example:1080",
        "http://proxy.example:99999",
        "http://proxy.example:hush",
        "http://",
        "http://[::1",
        "http://proxy example:1",
        "hush://proxy.example",
    ],
)
def test_a_proxy_that_cannot_be_used_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """It names the variable and says what to do, and repeats nothing that could be secret."""
    monkeypatch.setenv("http_proxy", address)
    with pytest.raises(UsageError, match=r"^\$http_proxy .*; give \$http_proxy a URL") as raised:
        Session(Target(url=REMOTE))
    assert "\n" not in str(raised.value)
    assert "me:hush" not in str(raised.value)


def test_user_and_password_of_a_proxy_are_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are sent to it alone."""
    monkeypatch.setenv("http_proxy", "http://me:a%20b@proxy.example")
    proxy = proxy_for(REMOTE)
    assert proxy is not None
    assert (proxy.auth, proxy.url.host) == ((b"me", b"a b"), b"proxy.example")
