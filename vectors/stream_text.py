"""Streams as text: what is decoded from it, and the forms in which one stream may be written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from run_contracts.making import edge_case
from run_contracts.making.lives.stream_events import as_sse
from run_contracts.traffic.sse import frames
from run_contracts.types import Edition
from vectors.identities import Identities
from vectors.vector_files import Vector

PLAIN = "completed-plain"
"""The stream that is written in every form."""


def decoded(text: str) -> list[dict[str, Any]]:
    r"""Return the events in the text of a stream; data that is no JSON is a string as it stands.

    >>> decoded("event: done\ndata: [DONE]\n\ndata: 1\n\n")
    [{'event': 'done', 'data': '[DONE]'}, {'event': None, 'data': 1}]
    """
    return [{"event": one.name, "data": _data(one.data)} for one in frames(text.encode())]


def _data(data: str | None) -> Any:
    try:
        return None if data is None else json.loads(data)
    except ValueError:
        return data


def form_vectors(edition: str, ids: Identities) -> Iterator[Vector]:
    """Yield one stream in each form that the HTML standard has for the same events."""
    events = edge_case(PLAIN, cast("Edition", edition), kind="stream").value
    for name, (what, text) in _forms(as_sse(events)).items():
        if decoded(text) != events:
            raise ValueError(f"the form {name} is of other events")
        yield {
            "id": ids.named(f"{edition}/stream-form/{name}", what),
            "what": what,
            "operation": "createRun",
            "text": text,
            "events": events,
        }


def _forms(plain: str) -> Mapping[str, tuple[str, str]]:
    """Return the forms of a text of events, by name, each with what it is in a sentence."""
    named = plain.split("\n\n")[:-1]
    parted = "".join(f"{_in_two_lines(frame)}\n\n" for frame in named)
    numbered = "".join(f"id: {at}\n{frame}\n\n" for at, frame in enumerate(named))
    turned = "".join("\n".join(reversed(frame.split("\n"))) + "\n\n" for frame in named)
    return {
        "crlf": ("Lines end with CR LF.", plain.replace("\n", "\r\n")),
        "cr": ("Lines end with CR.", plain.replace("\n", "\r")),
        "byte-order-mark": ("A byte order mark comes first.", f"\ufeff{plain}"),
        "comments": (
            "A comment stands before every event.",
            plain.replace("event: ", ": \nevent: "),
        ),
        "keep-alive": (
            "Comments that keep the connection alive stand between the events.",
            plain.replace("\n\n", "\n\n: keep-alive\n\n"),
        ),
        "no-space": (
            "No space follows the colon.",
            plain.replace("event: ", "event:").replace("\ndata: ", "\ndata:"),
        ),
        "data-in-two-lines": ("Each JSON text is in two lines of data.", parted),
        "data-first": ("The data of an event stands before its name.", turned),
        "ids": ("Each event has an id.", numbered),
        "retry": (
            "The stream begins with a time to wait before it is opened again.",
            f"retry: 3000\n\n{plain}",
        ),
        "unknown-field": (
            "Each event has a field that the standard does not know.",
            plain.replace("\ndata: ", "\nnote: 1\ndata: "),
        ),
        "blank-lines": (
            "Several blank lines stand between the events.",
            plain.replace("\n\n", "\n\n\n"),
        ),
    }


def _in_two_lines(frame: str) -> str:
    """Return a frame whose JSON text is broken after its first brace, where a blank may stand."""
    return frame.replace("\ndata: {", "\ndata: {\ndata: ", 1)
