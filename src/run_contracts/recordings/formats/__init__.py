"""The forms in which recorders keep traffic: one module each, recognised by content."""

from __future__ import annotations

from typing import Any

from run_contracts.recordings.formats import har
from run_contracts.recordings.formats.format import Format

DOCUMENT_FORMATS: tuple[Format, ...] = (har.HAR,)
"""Every form of document, the more particular first."""


def format_of(document: Any) -> Format | None:
    """Return the form of a document; None if it is of none."""
    return next((one for one in DOCUMENT_FORMATS if one.recognises(document)), None)
