"""``run-contracts watch`` as people run it, with the real SDK and a server of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from run_contracts.report import jsonlines
from run_contracts.server import ServerOptions, running
from tests.cli.door import run as run_command
from tests.watching.raw_upstream import Arrived, RawUpstream, Speaker, wait_until
from tests.watching.sdk_lives import KEY, async_lives, lives

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
QUICK = {"queue_seconds": 0.01, "work_seconds": 0.05, "cancel_seconds": 0.01}


@dataclass
class Running:
    """A watch that runs: where it listens, and what it said in the end."""

    process: subprocess.Popen[str]
    url: str
    code: int = -1
    output: str = ""

    def end(self, by: signal.Signals = signal.SIGINT) -> None:
        """End it by a signal, and keep what it said."""
        self.process.send_signal(by)
        self.output, _ = self.process.communicate(timeout=60)
        self.code = self.process.returncode


@contextmanager
def watching(upstream: str, *options: str) -> Iterator[Running]:
    """Run the command while the block does."""
    command = [sys.executable, "-m", "run_contracts", "watch", "--upstream", upstream, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert " at http" in line, line + process.stdout.read()
        yield Running(process, line.split(" at ")[1].partition(";")[0])
    finally:
        process.kill()
        process.communicate(timeout=10)


def test_a_right_server_holds_with_the_real_sdk() -> None:
    """Runs that are polled and streamed, sync and async; nothing is broken, and that is said."""
    with running(ServerOptions(**QUICK)) as url, watching(url, "--judge", "both") as watch:
        lives(watch.url)
        asyncio.run(async_lives(watch.url))
        watch.end()
    assert watch.code == 0, watch.output
    assert "the contract holds" in watch.output
    assert " broken" not in watch.output


@pytest.mark.parametrize("fault", ["RUN-LIFE-002-b", "RUN-STREAM-004"])
def test_a_wrong_server_is_broken_by_the_name_of_its_fault(fault: str, tmp_path: Path) -> None:
    """What is found is printed, and in the report; no secret is in either."""
    report, page = tmp_path / "r.jsonl", tmp_path / "r.html"
    with (
        running(ServerOptions(**QUICK, faults=(fault,))) as url,
        watching(url, "--report", str(report), "--html", str(page)) as watch,
    ):
        lives(watch.url)
        watch.end(signal.SIGTERM)
    assert watch.code == 1, watch.output
    rule = fault.removesuffix("-b")
    assert f"{rule} MUST broken" in watch.output
    events = jsonlines.read(report)
    assert KEY not in report.read_text() + page.read_text() + watch.output
    assert rule in {getattr(event, "requirement", "") for event in events}


def test_a_finding_is_printed_when_it_is_seen_and_once() -> None:
    """Nobody waits for the end."""
    options = ServerOptions(**QUICK, faults=("RUN-STREAM-004",))
    with running(options) as url, watching(url) as watch:
        lives(watch.url, 3)
        assert watch.process.stdout is not None
        line = watch.process.stdout.readline()
        lives(watch.url, 1)
        watch.end()
    assert line.startswith("RUN-STREAM-004 broken: createRun: found")
    assert watch.output.count(line) == 0


def test_nothing_that_passed_is_nothing_verified() -> None:
    """Green on nothing does not exist."""
    with RawUpstream() as upstream, watching(upstream.url) as watch:
        httpx2.get(f"{watch.url}/v1/models")
        watch.end()
    assert watch.code == 3, watch.output
    assert "not verified" in watch.output
    assert "no run was seen" in watch.output


def test_the_numbers_and_the_page_are_there_while_it_runs() -> None:
    """What was judged so far, for people and programs; neither is asked of the server."""
    with running(ServerOptions(**QUICK)) as url, watching(url) as watch:
        lives(watch.url)
        origin = watch.url.removesuffix("/v1")

        def numbers() -> dict[str, object]:
            seen: dict[str, object] = httpx2.get(f"{origin}/__run_contracts.json").json()
            return seen

        wait_until(lambda: numbers()["judged"], 30)
        assert numbers()["requests"] == numbers()["requests"]
        page = httpx2.get(f"{origin}/__run_contracts", timeout=30)
        watch.end()
    assert page.status_code == 200
    assert "RUN-LIFE-001" in page.text


def endless() -> Iterator[bytes]:
    """Yield an answer that nobody would keep."""
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    for _ in range(40):
        yield b" " * 1_048_576


HOSTILE = {
    "a body of 40 MiB": endless,
    "no answer": lambda: iter(()),
    "noise": lambda: iter([b"\x00\xff" * 5000]),
    "a header without end": lambda: iter([b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000]),
    "a wrong length": lambda: iter([b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc"]),
    "no chunk": lambda: iter([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"]),
    "deep JSON": lambda: iter([b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 100_000]),
    "a stream of noise": lambda: iter(
        [b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + b"data: {\xff\n\n" * 999]
    ),
    "gzip that is none": lambda: iter(
        [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b" + b"x" * 99]
    ),
}


HOSTILE_GET = b"GET /v1/threads/thread_1/runs HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n"


def test_a_hostile_upstream_leaves_the_watch_alive() -> None:
    """Whatever a server does to one client, the next one is served, and no error is ours."""
    answers = iter(HOSTILE.values())
    upstream = RawUpstream(lambda _: next(answers)())
    with upstream, watching(upstream.url) as watch:
        for _ in HOSTILE:
            with Speaker(watch.url) as client:
                client.ask(HOSTILE_GET)
                client.rest()
        numbers = httpx2.get(f"{watch.url}/__run_contracts.json").json()
        watch.end()
    assert numbers["requests"] == len(HOSTILE)
    assert "error of run-contracts" not in watch.output
    assert "Traceback" not in watch.output
    assert watch.code in (1, 3)


def test_a_stream_that_is_under_way_at_the_end_is_no_error() -> None:
    """Ctrl-C ends it, and prints the summary and nothing of the server inside."""
    ended = threading.Event()

    def streamed(_: Arrived) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n"
        ended.wait(30)

    with RawUpstream(streamed) as upstream, watching(upstream.url) as watch:
        with Speaker(watch.url) as client:
            client.ask(HOSTILE_GET)
            wait_until(lambda: b"data: 1" in client.socket.recv(65536))
            watch.end()
        ended.set()
    assert "Traceback" not in watch.output
    assert "Exception" not in watch.output
    assert "watch       done, 1 request," in watch.output


def test_an_upgrade_to_websockets_is_forwarded_as_a_request() -> None:
    """What is of one hop stays on it; the server answers what is left."""
    answer = b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n"
    upgrade = (
        b"GET /v1/threads/thread_1/runs HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\n"
        b"upgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"sec-websocket-version: 13\r\n\r\n"
    )
    with RawUpstream(lambda _: iter([answer])) as upstream, watching(upstream.url) as watch:
        with Speaker(watch.url) as client:
            client.ask(upgrade)
            assert client.until(b"\r\n").startswith(b"HTTP/1.1 426 ")
        watch.end()
    assert "Traceback" not in watch.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--upstream", "nonsense"), "no base URL"),
        (("--upstream", "http://h", "--listen", "nowhere"), "--listen is no place"),
        (("--upstream", "http://h", "--listen", "127.0.0.1:99999"), "--listen is no place"),
        (("--upstream", "http://127.0.0.1:8089", "--listen", "8089"), "where --listen is"),
        (("--upstream", "http://localhost:8089/v1", "--listen", "0.0.0.0:8089"), "where --listen"),
        (("--upstream", "http://h", "--dialect", "none-such"), "none-such"),
        ((), "--upstream"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(options: tuple[str, ...], words: str) -> None:
    """Exit code 2, and what to do."""
    done = run_command("watch", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_place_that_is_taken_is_said() -> None:
    """Two cannot listen at one place."""
    with RawUpstream() as taken:
        place = taken.url.removeprefix("http://")
        done = run_command("watch", "--upstream", "http://127.0.0.1:9", "--listen", place)
    assert done.returncode == 2
    assert f"cannot listen on {place}" in done.stderr


def test_listening_for_others_is_warned_of() -> None:
    """Whoever reaches the port reaches the server through it."""
    with RawUpstream() as upstream:
        command = ["watch", "--upstream", upstream.url, "--listen", "0.0.0.0:0", "-q"]
        process = subprocess.Popen(
            [sys.executable, "-m", "run_contracts", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(2)]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert "listens on 0.0.0.0: whoever reaches this port" in lines[1]


def test_json_is_one_array_of_events() -> None:
    """For programs that read the standard output."""
    with running(ServerOptions(**QUICK)) as url, watching(url, "--format", "json") as watch:
        lives(watch.url, 1)
        watch.end()
    events = json.loads(watch.output)
    assert (events[0]["event"], events[-1]["event"]) == ("started", "finished")
    assert events[0]["profile"] == "watch"


@pytest.mark.parametrize("options", [("--format", "json"), ("--quiet",)])
def test_what_a_program_reads_has_no_greeting_in_it(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    """Where it listens goes to the standard error; what is printed is JSON, or the verdict."""
    command = [sys.executable, "-m", "run_contracts", "watch", "--upstream", "http://127.0.0.1:9"]
    with (tmp_path / "printed").open("w+", encoding="utf-8") as printed:
        process = subprocess.Popen(
            [*command, *options], stdout=printed, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        greeting = process.stderr.readline()
        httpx2.get(f"{greeting.rpartition(' ')[2].strip()}.json", timeout=30)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 3
    assert greeting.startswith("watching http://127.0.0.1:9 at http://127.0.0.1:")
    said = (tmp_path / "printed").read_text(encoding="utf-8")
    assert "watching" not in said
    if "json" in options:
        assert {one["event"] for one in json.loads(said)} >= {"started", "finished"}
