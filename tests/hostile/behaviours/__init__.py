"""Every behaviour by its name, in the order of its kind."""

from __future__ import annotations

from tests.hostile.behaviour import Behaviour
from tests.hostile.behaviours import (
    bodies,
    events,
    framing,
    headers,
    identity,
    lists,
    lives,
    refusals,
    transport,
    values,
)

MODULES = (transport, framing, headers, refusals, events, bodies, values, identity, lists, lives)
BEHAVIOURS: dict[str, Behaviour] = {one.name: one for module in MODULES for one in module.ALL}
"""The behaviours by name."""
