"""``run-contracts validate`` on whatever a file can be, of any length, and when it is ended."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import samples
from tests.cli.door import Door, run
from tests.cli.test_check import DONE, LEGAL_STREAM

RIGHT = json.dumps(samples.run()).encode()
WRONG = json.dumps(samples.run(model=7)).encode()
COMMAND = [sys.executable, "-m", "run_contracts", "validate"]
MIB = 1024**2
READ = "read as edition v2: parallel_tool_calls in run\n"
CHILDREN = Path("/proc/self/task") / str(os.getpid()) / "children"
needs_proc = pytest.mark.skipif(not CHILDREN.exists(), reason="the system does not name children")
needs_two = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core starts no processes")


@pytest.fixture(name="door")
def _door(tmp_path: Path) -> Door:
    return lambda *arguments, **environment: run(*arguments, folder=tmp_path, **environment)


HELD: dict[str, tuple[str, bytes]] = {
    "a mark before it": ("run.json", b"\xef\xbb\xbf" + RIGHT),
    "a mark before lines": ("runs.jsonl", b"\xef\xbb\xbf" + RIGHT + b"\r\n" + RIGHT + b"\r\n"),
    "ending in capitals": ("RUNS.JSONL", RIGHT + b"\n" + RIGHT),
    "the last blank line taken away": ("run.sse", (LEGAL_STREAM + DONE)[:-1]),
    "both last line breaks taken away": ("run.sse", (LEGAL_STREAM + DONE)[:-2]),
}


@pytest.mark.parametrize("name", HELD)
def test_what_editors_do_to_a_file_breaks_nothing(door: Door, tmp_path: Path, name: str) -> None:
    """A right answer holds, however it was saved."""
    file, content = HELD[name]
    (tmp_path / file).write_bytes(content)
    done = door("validate", file)
    assert done.stderr == ""
    assert done.stdout.startswith(READ)
    assert done.stdout.endswith(" hold\n")


def test_a_stream_that_was_cut_within_a_frame_is_broken(door: Door, tmp_path: Path) -> None:
    """Only what says all it has to is given its blank line back."""
    (tmp_path / "run.sse").write_bytes((LEGAL_STREAM + DONE)[:-3])
    done = door("validate", "run.sse")
    assert done.returncode == 1
    assert "RUN-STREAM-003" in done.stdout


def test_no_bad_file_costs_another_one(door: Door, tmp_path: Path) -> None:
    """Each is named in one line, with what to do, and the right and the wrong are judged."""
    (tmp_path / "right.json").write_bytes(RIGHT)
    (tmp_path / "wrong.json").write_bytes(WRONG)
    (tmp_path / "zero.jsonl").symlink_to("/dev/zero")
    (tmp_path / "loop.json").symlink_to("loop.json")
    (tmp_path / "nul.json").write_bytes(b"\0" * 9)
    (tmp_path / "printed.txt").write_bytes(b"Run(id='run_1', object='thread.run')")
    files = ["zero.jsonl", "loop.json", "a\nb.json", "nul.json", "/dev/null", "printed.txt"]
    done = door("validate", *files, "right.json", "wrong.json")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("wrong.json: RUN-SHAPE-015")
    assert done.stdout.splitlines()[2:] == [
        "8 files, 7 answers: 1 hold, 1 broken, 3 cannot be read, 2 not read"
    ]
    assert done.stderr.splitlines() == [
        "zero.jsonl: is a device; name a file",
        "loop.json: too many levels of symbolic links",
        "a\\nb.json: no such file or directory",
        "nul.json: not read: it holds nothing but NUL bytes: it was never written to its end; "
        "write it again",
        "/dev/null: empty, nothing to judge",
        "printed.txt: not read: it is of no form that is known; it begins with "
        "\"Run(id='run_1', object='thread.run')\"",
    ]


def test_what_is_not_understood_is_wrong_usage_alone(door: Door, tmp_path: Path) -> None:
    """It breaks no rule, and costs nothing if there is anything else."""
    (tmp_path / "right.json").write_bytes(RIGHT)
    (tmp_path / "odd.json").write_bytes(b'{"some": "thing"}')
    assert door("validate", "odd.json").returncode == 2
    assert door("validate", "odd.json", "right.json").returncode == 0


def test_nothing_in_a_file_steers_a_terminal(door: Door, tmp_path: Path) -> None:
    """Names and values are shown with their controls as escapes, and cut to a length."""
    name = "r\x1b[2J\u202e.json"
    run = samples.run() | {"\x1b[2J\n::error::" + "k" * 5000: 1, "metadata": {"a\u202e": 1}}
    (tmp_path / name).write_text(json.dumps(run, ensure_ascii=False), encoding="utf-8")
    done = door("validate", name)
    assert done.returncode == 1
    for line in done.stdout.splitlines():
        assert line.isprintable()
        assert len(line) <= 1000


PIPED: dict[str, tuple[bytes, int, str]] = {
    "one answer": (RIGHT, 0, "1 file, 1 answer: 1 hold"),
    "one answer on many lines": (json.dumps(samples.run(), indent=1).encode(), 0, "1 hold"),
    "lines": (b"\n" + RIGHT + b"\n" + WRONG, 1, "-, line 3: RUN-SHAPE-015"),
    "a stream": (LEGAL_STREAM + DONE, 0, "1 file, 1 answer: 1 hold"),
    "nothing": (b"", 3, "-: empty, nothing to judge"),
    "a cassette of nothing": (b"interactions: []\nversion: 1\n", 3, "-: empty, nothing to judge"),
    "compressed": (gzip.compress(RIGHT), 0, "1 file, 1 answer: 1 hold"),
    "compressed and cut off": (gzip.compress(RIGHT)[:-9], 2, "-: is damaged or cut off: "),
    "UTF-16": (RIGHT.decode().encode("utf-16"), 0, "1 file, 1 answer: 1 hold"),
    "UTF-16 without a mark": (RIGHT.decode().encode("utf-16-le"), 0, "1 answer: 1 hold"),
}


@pytest.mark.parametrize("name", PIPED)
def test_the_standard_input_is_judged(name: str) -> None:
    """It has no ending, and what it holds says its form."""
    content, code, text = PIPED[name]
    done = subprocess.run([*COMMAND, "-"], input=content, capture_output=True, check=False)
    assert text in (done.stdout + done.stderr).decode()
    assert done.returncode == code


@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="there is no bash")
def test_what_another_command_prints_is_judged() -> None:
    """Bash hands over a pipe that has a name."""
    script = f"{' '.join(COMMAND)} <(printf '%s\\n' '{RIGHT.decode()}')"
    done = subprocess.run(["/bin/bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"{READ}1 file, 1 answer: 1 hold\n"


def test_a_line_that_is_too_large_is_named(door: Door, tmp_path: Path) -> None:
    """It is passed over, and those around it are judged."""
    with (tmp_path / "runs.jsonl").open("wb") as file:
        file.write(RIGHT + b"\n")
        for _ in range(33):
            file.write(b" " * MIB)
        file.write(b"\n" + WRONG + b"\n")
    done = door("validate", "runs.jsonl")
    assert done.returncode == 1
    assert "runs.jsonl, line 2: not judged: 33 MiB in one body; at most 32" in done.stderr
    assert "runs.jsonl, line 3: RUN-SHAPE-015" in done.stdout
    assert "runs.jsonl: 3 answers: 1 hold, 1 broken, 1 not judged" in done.stdout


def test_findings_that_are_alike_are_folded(door: Door, tmp_path: Path) -> None:
    """The first few are printed with their lines, the others counted, file by file."""
    many = b"".join(
        json.dumps(samples.run(id=f"run_{at}", model=7)).encode() + b"\n" for at in range(3000)
    )
    for name in "ab":
        (tmp_path / f"{name}.jsonl").write_bytes(many + b"[1]\n")
    done = door("validate", "a.jsonl", "b.jsonl")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line.split(": ")[0] for line in lines[:4]] == [
        *(f"a.jsonl, line {at}" for at in (1, 2, 3)),
        "a.jsonl",
    ]
    assert lines[3] == "a.jsonl: 2,997 more alike: RUN-SHAPE-015 type /model"
    assert lines[7] == "b.jsonl: 2,997 more alike: RUN-SHAPE-015 type /model"
    assert lines[-1] == "2 files, 6,002 answers: 6,000 broken, 2 not judged"


def test_a_long_file_shows_how_far_it_is(tmp_path: Path) -> None:
    """Who watches sees how much was read; nothing of it is left, and nothing of it is printed."""
    (tmp_path / "runs.jsonl").write_bytes((RIGHT + b"\n") * ENOUGH)
    shown, own = os.openpty()
    done = subprocess.run(
        [*COMMAND, "runs.jsonl"],
        cwd=tmp_path,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"},
        stdout=subprocess.PIPE,
        stderr=own,
        check=True,
    )
    os.close(own)
    text = _all_of(shown)
    assert b" answers" in text
    assert b"runs.jsonl" in text
    assert text.rpartition(b"\x1b[2K")[2].strip() == b""
    assert done.stdout.decode().splitlines() == [
        f"runs.jsonl: {ENOUGH:,} answers: {ENOUGH:,} hold",
        READ.strip(),
        f"1 file, {ENOUGH:,} answers: {ENOUGH:,} hold",
    ]


def _all_of(terminal: int) -> bytes:
    """Return what a terminal was shown, after everybody let go of it."""
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError:  # so it says that there is no more
        pass
    os.close(terminal)
    return b"".join(parts)


@pytest.fixture
def judging() -> Iterator[subprocess.Popen[bytes]]:
    """Return a command that judges its standard input, and is ended whatever happens.

    It hears of Ctrl-C even where this test was started in the background, which is passed on.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(
            [*COMMAND, "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        yield process
        process.kill()


def _feed(process: subprocess.Popen[bytes], times: int) -> None:
    assert process.stdin is not None
    process.stdin.write((RIGHT + b"\n") * times)
    process.stdin.flush()


def _processes_of(process: subprocess.Popen[bytes], deadline: float = 60) -> list[int]:
    """Return the processes that judge for another, as soon as there are two."""
    ends = time.monotonic() + deadline
    while time.monotonic() < ends:
        text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        found = [pid for pid in map(int, text.split()) if b"spawn_main" in _command(pid)]
        if len(found) >= 2:
            return found
        time.sleep(0.05)
    raise AssertionError("no processes were started")


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


ENOUGH = 6 * MIB // len(RIGHT)
"""Lines after which there are processes that judge."""


@needs_proc
@needs_two
def test_a_process_that_is_killed_costs_nothing(judging: subprocess.Popen[bytes]) -> None:
    """What it judged is judged again, and every line is counted once."""
    _feed(judging, ENOUGH)
    os.kill(_processes_of(judging)[0], signal.SIGKILL)
    _feed(judging, ENOUGH)
    output, errors = judging.communicate(timeout=120)
    assert errors == b""
    assert output.decode().splitlines() == [
        f"-: {2 * ENOUGH:,} answers: {2 * ENOUGH:,} hold",
        READ.strip(),
        f"1 file, {2 * ENOUGH:,} answers: {2 * ENOUGH:,} hold",
    ]


@needs_proc
@needs_two
def test_no_process_outlives_the_command(judging: subprocess.Popen[bytes]) -> None:
    """Whatever ends the command, even without a word, ends those that judge for it."""
    _feed(judging, ENOUGH)
    found = _processes_of(judging)
    judging.kill()
    ends = time.monotonic() + 30
    while any(_command(pid) for pid in found) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not any(_command(pid) for pid in found)


@needs_proc
@needs_two
def test_an_interrupt_ends_a_long_file_quietly(judging: subprocess.Popen[bytes]) -> None:
    """Ctrl-C reaches all processes of a terminal; one line says so, with no traceback."""
    _feed(judging, ENOUGH)
    _processes_of(judging)
    os.killpg(judging.pid, signal.SIGINT)
    _, errors = judging.communicate(timeout=60)
    assert errors.strip() == b"run-contracts: interrupted"
    assert judging.returncode == 130


NAMED: dict[str, tuple[str, bytes, str]] = {
    "null": ("run", b"null", "RUN-SHAPE-032"),
    "an empty array": ("run_list", b"[]", "RUN-LIST-013"),
    "a number": ("run_step", b"7", "RUN-STEP-017"),
    "an object without a field": ("error", b"{}", "RUN-ERR-001"),
}


@pytest.mark.parametrize("name", NAMED)
def test_what_a_person_named_is_judged_as_that(door: Door, tmp_path: Path, name: str) -> None:
    """By itself it says nothing, and is not read."""
    kind, content, requirement = NAMED[name]
    (tmp_path / "odd.json").write_bytes(content)
    done = door("validate", "--kind", kind, "odd.json")
    assert done.returncode == 1
    assert f"odd.json: {requirement} (MUST)" in done.stdout
    assert door("validate", "odd.json").returncode == 2


def test_a_wrong_name_hides_no_kind(door: Door, tmp_path: Path) -> None:
    """An object that has the fields of one is told by them."""
    for name, value, requirement in (
        ("run", samples.run(object="run"), "RUN-SHAPE-002"),
        ("step", samples.step(object="step"), "RUN-STEP-002"),
        ("page", samples.page(samples.run(), object="page"), "RUN-LIST-001"),
    ):
        (tmp_path / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
        assert requirement in door("validate", f"{name}.json").stdout
