"""A form of recording: how it is recognised, and what reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from run_contracts.recordings.recorded import Entry


class Format(NamedTuple):
    """A form of recording that is one document of JSON or YAML, decoded.

    `library` is what reads its text. `recognises` says whether a document is of this form: a quick
    look that raises nothing, whatever the document is. `read` yields its entries in order; what is
    wrong with one entry is an `Unread`, and costs no other.
    """

    name: str
    library: str
    recognises: Callable[[Any], bool]
    read: Callable[[Any], Iterator[Entry]]
