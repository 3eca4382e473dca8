"""The addon in a real mitmdump, where one is installed beside run-contracts."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import pytest

import run_contracts
from run_contracts.server import ServerOptions, running
from tests.watching.raw_upstream import wait_until
from tests.watching.sdk_lives import lives

MITMDUMP = os.environ.get("RUN_CONTRACTS_MITMDUMP") or shutil.which("mitmdump")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.skipif(
        MITMDUMP is None,
        reason="mitmdump is not on the path, and RUN_CONTRACTS_MITMDUMP names none",
    ),
]


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    """Say whether somebody listens at a port."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize(("faults", "words"), [((), "holds"), (("RUN-STREAM-004",), "broken")])
def test_what_passes_mitmdump_is_judged(
    faults: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    """Streams stay streams; the report is written when it ends."""
    spec = importlib.util.find_spec("run_contracts.mitmproxy_addon")
    assert spec is not None
    assert spec.origin is not None
    assert MITMDUMP is not None
    port, report = free_port(), tmp_path / "r.html"
    options = ServerOptions(queue_seconds=0.01, work_seconds=0.05, faults=faults)
    with running(options) as url:
        command = [MITMDUMP, "-q", "--mode", f"reverse:{url.removesuffix('/v1')}", "-p", str(port)]
        command += ["--set", f"confdir={tmp_path}", "--set", f"run_contracts_report={report}"]
        process = subprocess.Popen(
            [*command, "-s", spec.origin],
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
    assert "RUN-STREAM-001" in report.read_text()
