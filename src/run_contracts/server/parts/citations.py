"""Citations: the files that a planned reply cites, marked in its text and named beside it."""

from __future__ import annotations

from run_contracts.contract.requirements import FOUNDING
from run_contracts.server.lives.life import Life
from run_contracts.server.parts.records import RunRecord, Wire
from run_contracts.types import Edition


def mark_of(at: int) -> str:
    """Return what stands in a text where the file with this number is cited.

    >>> mark_of(0)
    '\u30104:0\u2020source\u3011'
    """
    return f"\u30104:{at}\u2020source\u3011"


def with_citations(run: RunRecord, life: Life) -> list[str]:
    """Return the words of a reply with the marks of what its life cites at their end."""
    words = run.reply if life.reply is None else life.reply.split(" ")
    return [*words, *(mark_of(at) for at in range(len(life.cites)))]


def citations(run: RunRecord, edition: Edition) -> list[Wire]:
    """Return the annotations of what is written of a reply: those whose marks are there."""
    cited = run.life.cites if run.life is not None else ()
    return [
        _annotation(run, edition, at, file_id)
        for at, file_id in enumerate(cited)
        if mark_of(at) in run.written
    ]


def _annotation(run: RunRecord, edition: Edition, at: int, file_id: str) -> Wire:
    mark, start = mark_of(at), run.written.index(mark_of(at))
    cited = {"file_id": file_id, "quote": ""} if edition == FOUNDING else {"file_id": file_id}
    return {
        "type": "file_citation",
        "text": mark,
        "start_index": start,
        "end_index": start + len(mark),
        "file_citation": cited,
    }
