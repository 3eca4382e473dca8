"""Recordings read: what a file is says its content, and it is read a part at a time."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, BinaryIO

from run_contracts.filesystem.foreign import foreign_form
from run_contracts.filesystem.opening import (
    LARGEST_FILE,
    STANDARD_INPUT,
    FileName,
    opened,
    unreadable,
)
from run_contracts.filesystem.remote import is_url, opened_url
from run_contracts.filesystem.single_line import name_of
from run_contracts.filesystem.unpacking import begun, unpacked
from run_contracts.recordings.bodies_apart import BodiesApart
from run_contracts.recordings.documents import (
    Document,
    NotRead,
    as_text,
    json_documents,
    may_be_a_cassette,
    yaml_document,
)
from run_contracts.recordings.entries_at_once import document_parts, stream_parts
from run_contracts.recordings.file_parts import (
    PART_BYTES,
    BareLines,
    Entries,
    FilePart,
    bare,
    line_parts,
    rest_of_line,
)
from run_contracts.recordings.formats.exchange_records import PartNames
from run_contracts.recordings.formats.http_text import answers, is_http_text
from run_contracts.recordings.formats.mitmproxy import flows, starts_like_flows
from run_contracts.recordings.judging.bare_answers import is_broken_answer
from run_contracts.recordings.recorded import Entry, Unread
from run_contracts.recordings.recorded_streams import recorded_stream
from run_contracts.recordings.value_entries import (
    Found,
    Placed,
    entries_of,
    found_in,
    holds_more_than_answers,
    of_lines,
)
from run_contracts.traffic.sse import starts_like_a_stream
from run_contracts.validation.json_text import BODY_LIMIT, beyond_limit

LINES = (".jsonl", ".ndjson")
LOOKED_INTO = 1024 * 1024
"""Bytes of a file that are looked at to learn what it is, at most."""
LINES_LOOKED_AT = 50


def file_parts(
    file: FileName, names: PartNames | None = None, *, size: int = PART_BYTES
) -> Iterator[FilePart]:
    """Yield the parts of a file in order, lines of so many bytes together; none of it is kept.

    `names` are the fields in which records of exchanges have what they hold. Raises `UsageError`
    for a file that cannot be read. What is not understood is an `Unread`.
    """
    name = name_of(file)
    try:
        with opened_url(str(file)) if is_url(file) else opened(file) as reading:
            yield from _parts(unpacked(reading, name), os.fspath(file), names, size)
    except OSError as error:
        raise unreadable(file, error) from None


def data_parts(
    data: bytes, file: FileName, names: PartNames | None = None, *, size: int = PART_BYTES
) -> Iterator[FilePart]:
    """Yield the parts of a file of another machine, of which these are the bytes.

    Raises `BodiesElsewhere` where some of it is in files beside it, and else as `file_parts`.
    """
    reading = unpacked(io.BytesIO(data), name_of(file))
    yield from _parts(reading, os.fspath(file), names, size, is_elsewhere=True)


def _parts(
    reading: BinaryIO, file: str, names: PartNames | None, size: int, *, is_elsewhere: bool = False
) -> Iterator[FilePart]:
    name, apart = name_of(file), BodiesApart(file, is_elsewhere=is_elsewhere)
    start, whole = begun(reading, _is_enough)
    names = names or PartNames()
    if not start.strip() and len(start) < LOOKED_INTO:
        return
    if starts_like_flows(start):
        yield from stream_parts(flows(whole), name, "a mitmproxy dump, read by mitmproxy")
        return
    foreign = foreign_form(start)
    if foreign is not None:
        yield Entries(name=name, entries=(Unread("", f"it {foreign}"),))
        return
    lines = _first_lines(start)
    are_lines = not is_http_text(start) and _are_lines(lines, PurePath(file).suffix.lower())
    if are_lines and not any(holds_more_than_answers(one, names) for one in _values(lines)):
        yield from line_parts(whole, name, size)
    elif are_lines:
        yield from _of_records(whole, name, names, apart)
    else:
        yield from _of_document(whole, name, names, apart)


def _is_enough(start: bytes) -> bool:
    """Say whether it can be told what a file is: two lines that are not blank, or very much."""
    lines = [line for line in start.split(b"\n")[:-1] if line.strip()]
    return len(lines) > 1 or len(start) >= LOOKED_INTO


def _first_lines(start: bytes) -> list[bytes]:
    return [line for line in start.split(b"\n", LINES_LOOKED_AT)[:LINES_LOOKED_AT] if line.strip()]


def _values(lines: list[bytes]) -> Iterator[Any]:
    """Yield the values of those lines that are JSON."""
    for line in lines:
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            continue


def _are_lines(lines: list[bytes], suffix: str) -> bool:
    """Say whether a file holds lines of JSON: two that follow one another are, or its name says so.

    A single line is one document.
    """
    if not lines or starts_like_a_stream(lines[0]):
        return False
    objects = sum(isinstance(value, dict) for value in _values(lines[:LINES_LOOKED_AT]))
    is_first = lines[0].lstrip().startswith(b"{") and bool(list(_values(lines[:1])))
    if is_first and len(lines) > 1:
        return lines[1].lstrip().startswith(b"{")
    is_document = lines[0].lstrip().startswith((b"{", b"[")) and not is_first
    if suffix in LINES:
        return not is_document or bool(objects)
    return not is_document and objects > 1


def _of_records(
    whole: BinaryIO, name: str, names: PartNames, apart: BodiesApart
) -> Iterator[Entries]:
    """Yield the entries of lines that are more than answers, as many at once as are judged so."""
    entries, is_report, is_whole = of_lines(_decoded(whole), names)
    form = "a report of run-contracts" if is_report else "JSON lines"
    read = apart.joined(entries)
    yield from stream_parts(read, name, form, is_report=is_report, is_whole=is_whole)


def _decoded(whole: BinaryIO) -> Iterator[Placed]:
    """Yield the values of lines with their places; of what is no JSON, that it is not read."""
    number = 0
    while line := whole.readline(BODY_LIMIT + 1):
        number += 1
        place = f"line {number}"
        if len(line) > BODY_LIMIT and not line.endswith(b"\n"):
            size = len(line) + rest_of_line(whole)
            yield place, Unread(place, beyond_limit(size))
        elif line.strip():
            try:
                yield place, json.loads(line)
            except (ValueError, RecursionError):
                yield place, Unread(place, "no JSON")


def _of_document(
    whole: BinaryIO, name: str, names: PartNames, apart: BodiesApart
) -> Iterator[Entries]:
    """Yield what a file holds that is read as a whole."""
    data = whole.read(LARGEST_FILE + 1)
    try:
        document = _found(data, names)
    except NotRead as error:
        document = Found(entries=(Unread("", str(error)),), form="")
    if document.entries:
        yield from document_parts(document.entries, apart, name, document.form)


def _found(data: bytes, names: PartNames) -> Found:
    """Return what a document holds; raise `NotRead` for what is none."""
    if is_http_text(data):
        return Found(entries=tuple(answers(data)), form="HTTP text")
    if starts_like_a_stream(data):
        return Found(entries=(recorded_stream(data),), form="a stream of events")
    text = as_text(data)
    start = text.lstrip()[:1]
    if names.are_answers or (start and start in '{["'):
        return _of_json(text, names)
    if may_be_a_cassette(text):
        found = found_in(yaml_document(text), names)
        return Found(entries=found.entries, form=found.form.replace("json", "pyyaml"))
    first = " ".join(text.split())[:40]
    raise NotRead(f"it is of no form that is known; it begins with {first!r}")


def _of_json(text: str, names: PartNames) -> Found:
    """Return what one value of JSON holds, or several one after another."""
    documents: list[Document] = []
    wrong: list[Unread] = []
    try:
        documents += json_documents(text)
    except NotRead as error:
        if not documents and is_broken_answer(text.encode("utf-8", errors="surrogatepass")):
            return Found(entries=(bare(text.encode()),), form="one answer")
        if not documents:
            raise
        wrong.append(Unread(f"after value {len(documents)}", str(error)))
    if len(documents) == 1 and not wrong:
        return found_in(documents[0].value, names, text)
    placed = [(f"value {number}", one.value) for number, one in enumerate(documents, start=1)]
    return Found(entries=(*entries_of(placed, names), *wrong), form="JSON, value after value")


def entries(file: FileName, names: PartNames | None = None) -> tuple[Entry, ...]:
    """Return every entry of a file, for who wants all of it; raises as `file_parts` does."""
    every: list[Entry] = []
    for part in file_parts(file, names):
        if isinstance(part, Entries):
            every += part.entries
        elif part.reason:
            every.append(Unread(f"line {part.first}", part.reason))
        else:
            every += (bare(line, f"line {number}") for number, line in part.answers())
    return tuple(every)


__all__ = ["LINES", "STANDARD_INPUT", "BareLines", "entries", "file_parts"]
