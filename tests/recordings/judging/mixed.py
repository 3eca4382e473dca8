"""A recording of everything: right and wrong answers, and what is none, in lines and in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

from run_contracts.contract.requirements import EDITIONS
from run_contracts.factories import make_runs
from run_contracts.making.edge_cases import edge_cases
from run_contracts.making.near_misses import near_misses
from tests.samples import page, refusal, run, step

APART = ("history", "walk", "stream", "exchanges")
"""Near misses that are more than one answer."""
NO_ANSWERS = (
    b"oops",
    b"[1]",
    b"7",
    b"null",
    b'{"object": "chat"}',
    b'{"id": 1}',
    b'{"object": "\\ud800"}',
    b"[" * 300 + b"]" * 300,
    b'{"a": ' + b"9" * 5000 + b"}",
    b"\xff\xfe\x00",
    b"",
    b"   ",
    b"event: done",
    b'{"object": "thread.run"} \r',
    b"\x1b[2J\x07",
)


@cache
def lines() -> tuple[bytes, ...]:
    """Return the lines, about a thousand, none with a line break in it."""
    return tuple(line.replace(b"\n", b" ") for line in _lines())


def _lines() -> Iterator[bytes]:
    for edition in EDITIONS:
        for miss in near_misses(edition=edition):
            if miss.kind not in APART:
                yield miss.text.encode("utf-8", errors="surrogatepass")
        yield from (json.dumps(made).encode() for made in make_runs(20, seed=3, edition=edition))
        yield from (json.dumps(case.value).encode() for case in edge_cases(edition=edition))
    again = run(status="completed")
    lists = page(run(), run(id="run_2")), page(again, again), page(step())
    yield from (json.dumps(value).encode() for value in (*lists, refusal(), step()))
    yield from NO_ANSWERS
