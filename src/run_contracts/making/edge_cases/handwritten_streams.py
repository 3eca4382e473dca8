"""Edge cases of streams by hand: events that a server could send and readers do not expect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from run_contracts.contract.lifecycle import CANCELLED, COMPLETED, FAILED, REQUIRES_ACTION
from run_contracts.contract.loading import Contract
from run_contracts.contract.requirements import FOUNDING
from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.edge_cases.texts import UNUSUAL_TEXTS
from run_contracts.making.generators.typical import TYPICAL_TEXTS, numbered
from run_contracts.making.lives.stream_events import STREAM_ENDINGS
from run_contracts.making.typical_content import CALL, WEATHER_TOOL
from run_contracts.making.typical_objects import born_in
from run_contracts.making.typical_streams import typical_stream

REPLY_SAID = TYPICAL_TEXTS["reply"]
STEP_PIECE = "thread.run.step.delta"
StreamCase = tuple[str, str, Mapping[str, Any]]
"""What a stream is in a sentence without its stop, how it ends, and what else is chosen."""


def unusual_streams(edition: str) -> Iterator[CaseDescription]:
    """Yield streams that readers trip over."""
    cases = {**_endings(edition), **_replies(edition), **_calls(), **_work(edition)}
    for name, (what, ending, chosen) in cases.items():
        built = partial(typical_stream, ending=ending, **chosen)
        yield CaseDescription(name=name, what=f"{what}.", built=built)
    yield CaseDescription(
        name="calls-interleaved",
        what="The pieces of two parallel calls come by turns.",
        built=_interleaved,
    )


def _endings(edition: str) -> dict[str, StreamCase]:
    """Return streams that end in each status they can, and otherwise than expected."""
    born = born_in(edition)
    endings: dict[str, StreamCase] = {
        f"{ending}-plain": (f"The plain stream of a run that ends {ending}", ending, {})
        for ending in STREAM_ENDINGS
        if ending != "incomplete" or edition != FOUNDING
    }
    return {
        **endings,
        "with-its-thread": (
            "The thread was created, too, and comes first",
            COMPLETED,
            {"with_thread": True},
        ),
        "failed-with-an-error-event": (
            "The run fails, and an event of its own says why",
            FAILED,
            {"chosen": (True,), "text": REPLY_SAID},
        ),
        "failed-before-it-wrote": ("The run fails before a word", FAILED, {"text": ""}),
        "cancelled-before-it-wrote": (
            "The run is cancelled first",
            CANCELLED,
            {"text": ""},
        ),
        "in-one-second": (
            "All that happens happens in one second",
            COMPLETED,
            {"fixed": {"created_at": born, "started_at": born, "completed_at": born}},
        ),
    }


def _replies(edition: str) -> dict[str, StreamCase]:
    """Return streams of replies that are short, long, or cut where letters are joined."""
    pieces: dict[str, tuple[str, list[str]]] = {
        "one-word": ("The reply is one word", ["Sunny."]),
        "one-piece": ("The whole reply is one piece", [REPLY_SAID]),
        "no-text": ("The reply has no text", [""]),
        "empty-pieces": ("Some pieces are empty", ["", "It", "", " is sunny", "."]),
        "blank-pieces": ("Some pieces are blank", ["It", " ", "is", "\n\n", "sunny"]),
        "a-piece-a-letter": ("Every letter is a piece", list(REPLY_SAID)),
        "very-long": ("The reply has 1,000 pieces", [REPLY_SAID] * 1000),
        "pieces-within-a-sign": (
            "Pieces end within one sign that is made of many",
            ["\U0001f468", "\u200d", "\U0001f469", "\u200d", "\U0001f467 e", "\u0301"],
        ),
    }
    for name, (what, text) in UNUSUAL_TEXTS.items():
        pieces[f"text-{name}"] = (f"The reply holds {what}", ["It ", text])
    replies: dict[str, StreamCase] = {
        name: (what, COMPLETED, {"text": text}) for name, (what, text) in pieces.items()
    }
    replies["two-texts"] = ("The message has two texts", COMPLETED, {"chosen": ("two parts",)})
    if edition != FOUNDING:
        replies["refusal"] = ("The model refuses to answer", COMPLETED, {"chosen": ("refusal",)})
    return replies


def _calls() -> dict[str, StreamCase]:
    """Return streams of runs that call functions."""
    name, city = TYPICAL_TEXTS["name"], {"city": "Lisbon"}
    first, second = _numbered(1), _numbered(2)
    return {
        "parallel-calls": (
            "Two calls at once",
            REQUIRES_ACTION,
            {"calls": [first, second]},
        ),
        "call-without-arguments": (
            "A call has no arguments, and so one piece",
            REQUIRES_ACTION,
            {"calls": [(name, "")]},
        ),
        "call-cut-off": (
            "The arguments of a call were cut off",
            REQUIRES_ACTION,
            {"calls": [(name, '{"city": "Li')]},
        ),
        "call-in-unicode": (
            "The arguments of a call are beyond the basic plane",
            REQUIRES_ACTION,
            {"calls": [(name, '{"city": "\u00c9vora \U0001f9ea"}')]},
        ),
        "resumed": ("The run goes on after its outputs", COMPLETED, {"resumed": True}),
        "resumed-without-a-word": (
            "An output is empty, and so is the reply",
            COMPLETED,
            {"calls": [(name, city)], "outputs": [""], "text": "", "resumed": True},
        ),
        "two-tool-rounds": (
            "The run goes on after its second round of calls",
            COMPLETED,
            {"calls": [[first], [second]], "resumed": True},
        ),
        "asks-again": (
            "The run goes on and asks for outputs once more",
            REQUIRES_ACTION,
            {"calls": [[first], [second]], "resumed": True},
        ),
    }


def _numbered(at: int) -> dict[str, Any]:
    return {**CALL["function"], "id": numbered(CALL["id"], at)}


def _work(edition: str) -> dict[str, StreamCase]:
    """Return streams of runs that use their built-in tools."""
    search = "retrieval" if edition == FOUNDING else "file_search"
    tools = [WEATHER_TOOL, {"type": "code_interpreter"}, {"type": search}]
    code, searched = ("code",), ("search",)
    work = {
        "code-runs": ("Code is run before the reply", (code,)),
        "code-runs-twice": ("Code is run twice before the reply", (("code", "code"),)),
        "files-are-searched": ("Files are searched before the reply", (searched,)),
        "image": ("The reply has an image that code has drawn", (code, "image")),
        "file-path": ("The reply names a file that code has written", (code, "file")),
        "file-citation": ("The reply cites a file that was searched", (searched, "cited")),
    }
    return {
        name: (what, COMPLETED, {"chosen": chosen, "fixed": {"tools": tools}})
        for name, (what, chosen) in work.items()
    }


def _interleaved(contract: Contract) -> Any:
    """Return the stream of two calls, their pieces by turns once both have begun."""
    events = typical_stream(contract, REQUIRES_ACTION, calls=[_numbered(1), _numbered(2)])
    places = [at for at, one in enumerate(events) if one["event"] == STEP_PIECE]
    half = len(places) // 2
    turns = [place for pair in zip(places[:half], places[half:], strict=True) for place in pair]
    pieces = [events[place] for place in turns]
    return [*events[: places[0]], *pieces, *events[places[-1] + 1 :]]
