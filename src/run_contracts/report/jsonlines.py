"""The report for machines: one event a line, a footer at the end."""

from __future__ import annotations

import json
from typing import IO

from run_contracts.events import Event, as_dict


def write(event: Event, file: IO[str]) -> None:
    """Append an event to a file as one line of JSON and hand it to the system at once."""
    file.write(json.dumps(as_dict(event), ensure_ascii=True) + "\n")
    file.flush()
