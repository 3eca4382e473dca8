"""How much memory a check takes of a server whose every answer has 30 MB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from run_contracts.events import ExitCode

SIZE = 30 * 2**20
LIMIT_MB = 400
"""What a check may take at most: the smallest machines of hosted CI have a few times as much."""
STEP = {"object": "thread.run.step", "run_id": "run_1", "usage": {"total_tokens": 1}}


def _of_one_text() -> bytes:
    return json.dumps({"id": "run_1", "object": "thread.run", "instructions": "x" * SIZE}).encode()


def _of_many_objects() -> bytes:
    items = [{**STEP, "id": f"step_{number}"} for number in range(SIZE // 110)]
    return json.dumps({"object": "list", "data": items, "has_more": False}).encode()


ANSWERS: dict[str, Callable[[], bytes]] = {
    "one text": _of_one_text,
    "many objects": _of_many_objects,
    "brackets": lambda: b'{"data": [' + b"[]," * (SIZE // 3) + b"[]]}",
    "no JSON": lambda: b'"' * SIZE,
}


def measure(options: list[str]) -> None:
    """Print the largest size in memory of a smoke check for each kind of answer, or of those named.

    Exits with 1 if one is above the limit, or if a check ends with an error of ours.
    """
    is_wrong = False
    for name in options or ANSWERS:
        size, code, seconds = _checked(ANSWERS[name]())
        is_wrong |= size > LIMIT_MB or code == ExitCode.OUR_ERROR
        print(f"{name}: {size:.0f} MB, exit code {code}, {seconds:.0f} cpu seconds", flush=True)
    if is_wrong:
        raise SystemExit(1)


def _checked(body: bytes) -> tuple[float, int, float]:
    """Return what a check of a server takes in MB, how it ended, and its cpu seconds."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True

        do_POST = do_DELETE = do_GET  # noqa: N815 - the names of http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    command = [sys.executable, "-m", "run_contracts", "check", url, "--profile", "smoke"]
    options = ["--quiet", "--html", os.devnull, "--junit", os.devnull, "--report", os.devnull]
    with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    server.shutdown()
    server.server_close()
    return usage.ru_maxrss / 1024, process.returncode, usage.ru_utime + usage.ru_stime
