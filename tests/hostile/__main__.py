"""Serve one behaviour: ``python -m tests.hostile NAME`` prints its base URL, until it is ended."""

from __future__ import annotations

import sys
import threading

from tests.hostile.behaviour import Behaviour, passed
from tests.hostile.behaviours import BEHAVIOURS
from tests.hostile.double import KEY, serving

RIGHT = Behaviour(name="right", kind="right", sentence="Is right.", act=passed, on=lambda _: False)


def main(names: list[str]) -> None:
    """Serve a behaviour by its name, or the right server."""
    behaviour = {**BEHAVIOURS, "right": RIGHT}.get(names[0] if names else "right")
    if behaviour is None:
        sys.exit(f"no behaviour {names[0]!r}; there are {', '.join(BEHAVIOURS)}")
    with serving(behaviour) as double:
        print(double.url, KEY, flush=True)  # noqa: T201 - what it is for
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
