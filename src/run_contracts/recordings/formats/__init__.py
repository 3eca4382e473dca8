"""The forms in which recorders keep traffic: one module each, recognised by content."""

from __future__ import annotations

from typing import Any

from run_contracts.recordings.formats.azure_proxy import AZURE_PROXY
from run_contracts.recordings.formats.format import Format
from run_contracts.recordings.formats.har import HAR, HAR_ENTRIES, HAR_ENTRY
from run_contracts.recordings.formats.langfuse import LANGFUSE
from run_contracts.recordings.formats.mockoon import MOCKOON
from run_contracts.recordings.formats.nock import NOCK
from run_contracts.recordings.formats.postman import POSTMAN
from run_contracts.recordings.formats.telemetry import OPENTELEMETRY
from run_contracts.recordings.formats.vcr import VCR
from run_contracts.recordings.formats.wiremock import WIREMOCK
from run_contracts.recordings.formats.wiremock_requests import WIREMOCK_REQUESTS

DOCUMENT_FORMATS: tuple[Format, ...] = (
    HAR,
    HAR_ENTRIES,
    HAR_ENTRY,
    WIREMOCK,
    WIREMOCK_REQUESTS,
    VCR,
    AZURE_PROXY,
    NOCK,
    POSTMAN,
    MOCKOON,
    OPENTELEMETRY,
    LANGFUSE,
)
"""Every form of document, the more particular first."""


def format_of(document: Any) -> Format | None:
    """Return the form of a document; None if it is of none."""
    return next((one for one in DOCUMENT_FORMATS if one.recognises(document)), None)
