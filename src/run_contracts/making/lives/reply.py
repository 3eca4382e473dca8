"""The reply of a run: the parts of its message, and the pieces they come in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from run_contracts.making.forms import Choice, Make, Text
from run_contracts.making.generators.content import REPLIES_ON
from run_contracts.making.lives.story import Story
from run_contracts.making.lives.work import EVERYTHING, FILE_ID, PLAIN_REPLY
from run_contracts.types import JSONObject

REFUSAL_TEXT = Text(least=1, most=200, name="refusal")
WRITTEN_FILE = Text(least=1, most=100, name="file_name")
MARKER = "\u30104:0\u2020source\u3011"
"""How the text of a reply marks what it cites."""
HAS_EMPTY_PIECE = Choice(values=(False, False, False, True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a message: as it is at its end, and in pieces."""

    whole: JSONObject
    pieces: tuple[JSONObject, ...] = field(default=())


def parts_of(kind: str, make: Make, plot: Story) -> list[Part]:
    """Return the parts of a reply of a kind; of the caller's own pieces, if there are any."""
    pieces, text = plot.wishes.pieces, reply_text(plot.theme)
    if pieces is not None:
        return [_text(list(pieces))] if any(pieces) else []
    if kind == "refusal":
        return [_refusal(str(make(REFUSAL_TEXT)))]
    parts = [_image(make)] if kind in ("image", EVERYTHING) else []
    if kind in ("cited", EVERYTHING):
        citation = _citation(make, plot.contract.edition)
        parts.append(_text(_words(make, text), annotation=citation))
    if kind in ("file", EVERYTHING):
        parts.append(_text([*_words(make, text), "\n\n"], annotation=_path(make)))
    plain = {"image": 1, PLAIN_REPLY: 1, "two parts": 2}.get(kind, 0)
    return [*parts, *(part for _ in range(plain) for part in _plain(make, text))]


@lru_cache
def reply_text(theme: str) -> Text:
    """Return the form of a reply on a theme."""
    return Text(least=0, most=2000, name=REPLIES_ON + theme)


def _plain(make: Make, text: Text) -> list[Part]:
    words = _words(make, text)
    return [_text(words)] if any(words) else []


def _words(make: Make, text: Text) -> list[str]:
    """Return a reply in the pieces a stream sends; one in some is empty."""
    words = pieces_of(str(make(text)))
    return ["", *words] if words and make(HAS_EMPTY_PIECE) else words


def pieces_of(text: str) -> list[str]:
    """Return a text in the pieces a stream sends: words with the space before them.

    >>> pieces_of("one and  two ")
    ['one', ' and', '  two', ' ']
    """
    return re.findall(r"\s*\S+|\s+$", text)


def _text(words: list[str], annotation: JSONObject | None = None) -> Part:
    """Return a text; the first piece says that there are no annotations yet."""
    pieces: list[JSONObject] = [{"value": word} for word in words]
    if pieces:
        pieces[0] = {**pieces[0], "annotations": []}
    value, annotations = "".join(words), []
    if annotation is not None:
        start = len(value)
        mark = annotation["text"]
        value += mark
        ends = {"start_index": start, "end_index": start + len(mark)}
        annotations = [{**annotation, **ends}]
        pieces.append({"value": mark, "annotations": [{"index": 0, **annotation, **ends}]})
    return Part(
        whole={"type": "text", "text": {"value": value, "annotations": annotations}},
        pieces=tuple({"type": "text", "text": piece} for piece in pieces),
    )


def _image(make: Make) -> Part:
    image: JSONObject = {"type": "image_file", "image_file": {"file_id": make(FILE_ID)}}
    return Part(whole=image, pieces=(image,))


def _refusal(text: str) -> Part:
    pieces = tuple({"type": "refusal", "refusal": piece} for piece in pieces_of(text))
    return Part(whole={"type": "refusal", "refusal": text}, pieces=pieces)


def _citation(make: Make, edition: str) -> JSONObject:
    cited: JSONObject = {"file_id": make(FILE_ID)}
    if edition == "v1":
        cited["quote"] = ""
    return {"type": "file_citation", "text": MARKER, "file_citation": cited}


def _path(make: Make) -> JSONObject:
    name = make(WRITTEN_FILE)
    path = {"file_id": make(FILE_ID)}
    return {"type": "file_path", "text": f"sandbox:/mnt/data/{name}", "file_path": path}


def deltas(message: JSONObject, parts: list[Part]) -> Iterator[JSONObject]:
    """Yield the pieces of a message as stream frames carry them."""
    for index, part in enumerate(parts):
        for piece in part.pieces:
            yield {
                "id": message["id"],
                "object": "thread.message.delta",
                "delta": {"content": [{"index": index, **piece}]},
            }
