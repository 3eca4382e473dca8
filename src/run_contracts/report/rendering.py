"""The forms that a whole check is written in, besides the text and the JSON lines, by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from run_contracts.events import Event

REPORT_FORMS = ("html", "junit", "badge", "har", "sarif")
"""Every form: the name of the option that asks for it."""


def rendered(form: str, events: Sequence[Event], *, file: str = "") -> str:
    """Return a whole check in one of `REPORT_FORMS`; `file` is the report that holds its events.

    What a form needs is imported when it is asked for.
    """
    from run_contracts.report.summary import Summary  # noqa: PLC0415 - each only when asked

    match form:
        case "html":
            from run_contracts.report import html  # noqa: PLC0415

            return html.page(events, file=file)
        case "junit":
            from run_contracts.report import junit  # noqa: PLC0415

            return junit.document(events, file=file).decode()
        case "har":
            from run_contracts.report import http_archive  # noqa: PLC0415

            return http_archive.archive(Summary.of(events))
        case "sarif":
            from run_contracts.report import sarif  # noqa: PLC0415

            return sarif.document(Summary.of(events, file=file))
    from run_contracts.report import badge  # noqa: PLC0415

    return badge.picture(Summary.of(events))
