"""A long file of JSON lines through `run-contracts validate`: lines and MB a second, and memory."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from run_contracts.factories import make_runs

MIB = 1024**2
BAD = (b"oops", b'{"object": "thread.run"', b"[1]", b"\xff\xfe", b'{"object": "chat"}')


def measure(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks files")
    parser.add_argument("--mib", type=int, default=1024, help="size of the file")
    parser.add_argument("--wrong", type=float, default=0.01, help="share of runs that are wrong")
    parser.add_argument("--bad", type=float, default=0.01, help="share of lines that are no run")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "runs.jsonl")
        lines = _write(file, asked)
        _judge(file, lines)


def _write(file: Path, asked: argparse.Namespace) -> int:
    """Write valid runs, wrong runs and bad lines, mixed, and return how many."""
    runs = make_runs(500, seed=1)
    right = [json.dumps(run).encode() + b"\n" for run in runs]
    wrong = [json.dumps({**run, "model": 7}).encode() + b"\n" for run in runs]
    draw, size, lines = Random(1), 0, 0
    with file.open("wb") as writing:
        while size < asked.mib * MIB:
            kind = draw.random()
            if kind < asked.bad:
                line = draw.choice(BAD) + b"\n"
            else:
                line = draw.choice(wrong if kind < asked.bad + asked.wrong else right)
            size += writing.write(line)
            lines += 1
    return lines


def _judge(file: Path, lines: int) -> None:
    """Judge the file by the command, and print how long it took and what it held."""
    command = [sys.executable, "-m", "run_contracts", "validate", str(file)]
    started, before = time.monotonic(), os.times()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as judging:
        assert judging.stdout is not None
        own, all_, printed = 0, 0, b""
        os.set_blocking(judging.stdout.fileno(), False)
        while judging.poll() is None:
            memory = _memory(judging.pid)
            own, all_ = max(own, memory[0]), max(all_, sum(memory))
            printed += judging.stdout.read() or b""
            time.sleep(0.25)
        printed += judging.stdout.read() or b""
    seconds, after = time.monotonic() - started, os.times()
    cpu = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    mib = file.stat().st_size / MIB
    print(f"{mib:,.0f} MiB, {lines:,} lines: {seconds:.0f} s, {cpu:.0f} s of cpu time")
    print(f"  {lines / seconds:,.0f} lines/s, {mib / seconds:.1f} MiB/s")
    print(f"  memory at most: the command {own:,} MiB, with its processes {all_:,} MiB")
    print(f"  printed {len(printed) / 1024:,.0f} KiB; the last lines:")
    for line in printed.decode().splitlines()[-3:]:
        print(f"  {line[:200].replace(str(file), file.name)}")


def _memory(pid: int) -> list[int]:
    """Return what a process and its children hold now, in MiB, what is shared counted each time."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [_held(one) for one in (str(pid), *children)]
    except OSError:
        return [0]


def _held(pid: str) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    return next((int(line.split()[1]) // 1024 for line in text.splitlines() if "VmRSS" in line), 0)
