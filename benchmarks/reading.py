"""How often a smoke check with its reports decodes JSON, beside how many texts there are."""

from __future__ import annotations

from tests.engine.decoding import checked, counted, reported, there_are

from run_contracts.events import exchanges

FAULT, EDITION = "RUN-LIST-005", "v2"


def measure() -> None:
    with counted() as decoded:
        events = checked(FAULT, EDITION)
        in_check = decoded.total()
        reported(events)
    requests, texts = len(list(exchanges(events))), there_are(events).total()
    print(
        f"JSON decoded by a smoke check of {requests} exchanges: {in_check}, and by page, lines, "
        f"JUnit and scripts {decoded.total() - in_check} more; there are {texts} bodies and frames"
    )
