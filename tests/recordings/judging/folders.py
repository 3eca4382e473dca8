"""A folder of recordings of every kind that a command meets: right, wrong, long and unreadable."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from run_contracts.factories import make_runs
from tests import samples
from tests.recordings.calls import calls, wrong
from tests.recordings.documents_of_calls import har
from tests.recordings.judging.mixed import lines

MIB = 1024**2


def fill(folder: Path, *, files: int = 40, long_mib: int = 6) -> None:
    """Write sessions, each tenth of them broken, a long file of lines, and what is none."""
    for number in range(files):
        written = har(wrong() if number % 10 == 3 else calls())
        (folder / f"session-{number:03}.har").write_text(json.dumps(written))
    runs = b"".join(json.dumps(run).encode() + b"\n" for run in make_runs(200, seed=1))
    broken = json.dumps(samples.run(model=7)).encode() + b"\n"
    (folder / "long.jsonl").write_bytes((runs + broken) * (long_mib * MIB // len(runs)))
    (folder / "mixed.jsonl").write_bytes(b"\n".join(lines()[::9]))
    (folder / "packed.jsonl.gz").write_bytes(gzip.compress(runs))
    (folder / "cut.jsonl.gz").write_bytes(gzip.compress(runs)[:-9])
    (folder / "photo.png").write_bytes(b"\x89PNG\0\0")
    (folder / "empty.json").write_bytes(b"")
    (folder / "gone.json").symlink_to("nowhere")
    _write_stubs(folder / "stubs")


def answers(number: int) -> bytes:
    """Return lines of answers, each third of them broken."""
    right, broken = samples.run(), samples.run(model=7)
    return b"\n".join(json.dumps(right if at % 3 else broken).encode() for at in range(number))


def _write_stubs(folder: Path) -> None:
    """Write a stub of WireMock whose body is in a file beside it, and one whose body is not."""
    (folder / "mappings").mkdir(parents=True)
    (folder / "__files").mkdir()
    (folder / "__files" / "run.json").write_text(json.dumps(samples.run()))
    for name in ("run.json", "lost.json"):
        stub = {
            "request": {"method": "GET", "url": "/v1/threads/thread_1/runs/run_1"},
            "response": {"status": 200, "bodyFileName": name},
        }
        (folder / "mappings" / name).write_text(json.dumps(stub))
