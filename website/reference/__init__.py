"""The reference: pages that are made of the facts where they stand once.

`pages` returns them all. What takes real time to show, examples of clients, is committed in
``examples.json``; everything else is made when it is asked for, and the same each time.
"""

from __future__ import annotations

from collections.abc import Mapping


def pages() -> Mapping[str, str]:
    """Return each page of the reference as Markdown, by its path below ``reference/``."""
    # What makes a page loads the server, the checks and pytest; that is not needed to import this.
    from website.reference.command_pages import command_pages  # noqa: PLC0415
    from website.reference.contract_pages import contract_pages  # noqa: PLC0415
    from website.reference.data_pages import data_pages  # noqa: PLC0415
    from website.reference.overview import overview  # noqa: PLC0415
    from website.reference.plugin_pages import plugin_pages  # noqa: PLC0415
    from website.reference.python_pages import python_pages  # noqa: PLC0415
    from website.reference.requirement_pages import requirement_pages  # noqa: PLC0415
    from website.reference.server_pages import server_pages  # noqa: PLC0415

    return {
        "index.md": overview(),
        **requirement_pages(),
        **contract_pages(),
        **data_pages(),
        **command_pages(),
        **plugin_pages(),
        **python_pages(),
        **server_pages(),
    }
