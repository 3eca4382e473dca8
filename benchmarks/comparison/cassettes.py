"""VCR: a cassette plays what was, whatever the server does by now; and what is in it, judged."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import openai
import vcr

from benchmarks.clients.archive import broken_in
from benchmarks.comparison.planted import Told, planted, print_rows
from benchmarks.comparison.sdk_walk import Walk
from benchmarks.counted import counted
from run_contracts.server.options import DEFAULT_KEY

RIGHT = 2
SECONDS = 10.0


def measure(_place: Path, faults: int) -> None:
    """Print what a test on a stale cassette notices, and what cassettes show of servers."""
    chosen = planted(faults)
    with TemporaryDirectory() as name:
        folder = Path(name)
        right = frozenset[str]().union(
            *(_recorded(folder / f"right-{at}.yaml")[1] for at in range(RIGHT))
        )
        stale = folder / "stale.yaml"
        _print_stale(stale, *_recorded_alone(stale))
        told = {one: _recorded(folder / f"{one}.yaml", one)[1] for one in chosen}
    print_rows(Told(tool="run-contracts validate, its cassette", right=right, of_faults=told))


def _recorded_alone(file: Path) -> tuple[str, Walk, float]:
    began = time.monotonic()
    (url, walk), _ = _recorded(file)
    return url, walk, time.monotonic() - began


def _recorded(file: Path, *faults: str) -> tuple[tuple[str, Walk], frozenset[str]]:
    """Record the walk of a test on a server; return it, and what the cassette shows broken."""
    with counted(*faults) as server:
        walk, _ = _walked(server.url, file, "all")
    return (server.url, walk), broken_in(file)


def _walked(url: str, file: Path, mode: str) -> tuple[Walk, int]:
    """Walk with a cassette; return the walk, and how many answers the cassette has played."""
    with (
        warnings.catch_warnings(),
        vcr.use_cassette(str(file), record_mode=mode) as cassette,
        openai.OpenAI(base_url=url, api_key=DEFAULT_KEY, max_retries=0, timeout=SECONDS) as client,
    ):
        warnings.simplefilter("ignore")
        walk = Walk(client)
        walk.all()
        return walk, cassette.play_count


def _print_stale(file: Path, url: str, recorded: Walk, seconds: float) -> None:
    """Print what a test gets of a cassette once there is no server any more."""
    began = time.monotonic()
    walk, played = _walked(url, file, "none")
    again = time.monotonic() - began
    is_same = (walk.seen, walk.raised) == (recorded.seen, recorded.raised)
    events = [len(one.seen.get("streamed", ())) for one in (recorded, walk)]
    print(f"a cassette of {file.stat().st_size / 1024:.0f} KiB, without a server: {played} answers")
    seen = "the same" if is_same else "other things"
    print(f"  the test sees {seen}; raised: {walk.raised or 'nothing'}")
    print(f"  events of its stream {events[0]} live, {events[1]} played")
    print(f"  {seconds:.1f} s live, {again:.1f} s played")
