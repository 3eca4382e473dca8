"""The addon in a real mitmdump, where one is installed beside run-contracts."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

import run_contracts
from run_contracts.server import ServerOptions, running
from run_contracts.watching.mitmproxy_flows import STREAMED_PAST, WatchAddon
from tests.watching.raw_upstream import wait_until
from tests.watching.sdk_lives import lives

MITMDUMP = os.environ.get("RUN_CONTRACTS_MITMDUMP") or shutil.which("mitmdump")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
NEEDS_MITMDUMP = pytest.mark.skipif(
    MITMDUMP is None, reason="mitmdump is not on the path, and RUN_CONTRACTS_MITMDUMP names none"
)


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    """Say whether somebody listens at a port."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@NEEDS_MITMDUMP
@pytest.mark.parametrize(
    ("faults", "words", "options"),
    [
        ((), "holds", ()),
        (("RUN-STREAM-004",), "broken", ()),
        ((), "holds", ("--set", "stream_large_bodies=1")),
        (("RUN-SHAPE-001",), "broken", ("--set", "stream_large_bodies=1")),
    ],
)
def test_what_passes_mitmdump_is_judged(
    faults: tuple[str, ...], words: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    """Streams stay streams, whoever asked for them; the report is written when it ends."""
    spec = importlib.util.find_spec("run_contracts.mitmproxy_addon")
    assert spec is not None
    assert spec.origin is not None
    assert MITMDUMP is not None
    port, report = free_port(), tmp_path / "r.html"
    serving = ServerOptions(queue_seconds=0.01, work_seconds=0.05, faults=faults)
    with running(serving) as url:
        command = [MITMDUMP, "-q", "--mode", f"reverse:{url.removesuffix('/v1')}", "-p", str(port)]
        command += ["--set", f"confdir={tmp_path}", "--set", f"run_contracts_report={report}"]
        process = subprocess.Popen(
            [*command, *options, "-s", spec.origin],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(run_contracts.__file__).parents[1])},
        )
        try:
            wait_until(lambda: is_listening(port) or process.poll() is not None, 30)
            lives(f"http://127.0.0.1:{port}/v1", 1)
        finally:
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=60)
    assert f"the contract {'is ' * (words == 'broken')}{words}" in output
    assert [one for one in faults if f"{one} MUST broken" not in output] == []
    assert "not judged" not in output
    assert "RUN-STREAM-001" in report.read_text()


@pytest.mark.parametrize("side", ["request", "response"])
def test_a_body_that_was_streamed_past_it_is_not_judged(side: str) -> None:
    """Mitmproxy decides so when a body without a length has become long, and asks nobody."""
    addon = WatchAddon()
    headers = SimpleNamespace(fields=(), get=lambda _, default: default)
    url = "http://h:80/v1/threads/thread_1/runs"
    known = {"method": "GET", "pretty_url": url, "pretty_host": "h", "scheme": "http", "port": 80}
    sent, answer = (
        SimpleNamespace(headers=headers, stream=False, raw_content=b"{}", status_code=200, **known)
        for _ in range(2)
    )
    flow = SimpleNamespace(request=sent, response=answer, metadata={})
    addon.requestheaders(flow)
    addon.responseheaders(flow)
    late = getattr(flow, side)
    late.stream, late.raw_content = True, None
    addon.request(flow)
    addon.response(flow)
    watch = addon._watch
    assert watch is not None
    watch.close()
    assert watch.numbers()["unjudged"] == {STREAMED_PAST: 1}
    assert watch.numbers()["judged"] == 0
