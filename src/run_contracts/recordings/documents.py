"""Documents: text to the values in it, JSON or YAML, within bounds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from run_contracts.extras import missing_extra
from run_contracts.filesystem.opening import LARGEST_FILE

DEEPEST_DOCUMENT = "it is nested too deep to be read"
YAML_STARTS = (
    *("interactions:", "http_interactions:", "version:", "command:", "recorded_with:"),
    *("- request:", "-  request:", "-   request:"),
)
"""How a line of a cassette begins, at its first column."""


class NotRead(ValueError):
    """A document cannot be read; the message says why, in a clause."""


class Document(NamedTuple):
    """A value of a text, and the text of it alone where that is known."""

    value: Any
    text: str = ""


def json_documents(text: str) -> Iterator[Document]:
    r"""Yield the values of a text, one after another, as some programs write them.

    Raises `NotRead` where it is no JSON; what stands before that was yielded.

    >>> [one.value for one in json_documents('{"a": 1}\n[2]')]
    [{'a': 1}, [2]]
    """
    decoder, at, end = json.JSONDecoder(), 0, len(text)
    while at < end:
        while at < end and text[at] in " \t\r\n,":
            at += 1
        if at == end:
            return
        try:
            value, after = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            what = error.msg.removesuffix(" at")
            raise NotRead(f"no JSON: {what} at line {error.lineno}, column {error.colno}") from None
        except RecursionError:
            raise NotRead(DEEPEST_DOCUMENT) from None
        except ValueError as error:
            raise NotRead(f"a number too long to read: {error}") from None
        yield Document(value, text[at:after])
        at = after


def may_be_a_cassette(start: str) -> bool:
    """Say whether a text may be a cassette in YAML, by the beginnings of its lines."""
    return any(line.startswith(YAML_STARTS) or line == "-" for line in start.splitlines())


def yaml_document(text: str) -> Any:
    """Return the value of a text in YAML, of which nothing is run; raise `NotRead` of others."""
    try:
        import yaml  # noqa: PLC0415 - only cassettes need it
    except ModuleNotFoundError as error:
        raise NotRead(f"it is YAML: {missing_extra(error) or error}") from None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        value = yaml.load(text, loader)  # noqa: S506 - a safe loader
        size = _written_out(value, {})
    except yaml.YAMLError as error:
        raise NotRead(f"no YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise NotRead(DEEPEST_DOCUMENT) from None
    except (ValueError, TypeError, OverflowError) as error:  # of a date or a number in it
        raise NotRead(f"no YAML that can be read: {error}") from None
    if size > LARGEST_FILE:
        raise NotRead("its aliases stand for too much, written out")
    return value


def _written_out(value: Any, known: dict[int, int]) -> int:
    """Return about how long a value is where each alias is written out; endless within itself."""
    if not isinstance(value, dict | list):
        return len(value) + 1 if isinstance(value, str | bytes) else 1
    if id(value) not in known:
        known[id(value)] = LARGEST_FILE  # as long as it is looked into
        inner = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_written_out(one, known) for one in inner)
    return known[id(value)]


def as_text(data: bytes) -> str:
    """Return the text of a document; raise `NotRead` for what is not UTF-8, or too large."""
    if len(data) > LARGEST_FILE:
        raise NotRead(f"it is larger than the {LARGEST_FILE // 2**20} MiB that are read at once")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotRead(f"no text: byte {error.start} is not UTF-8") from None
