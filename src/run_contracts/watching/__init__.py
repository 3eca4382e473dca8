"""Watching: live traffic judged as it passes, without one request of ours.

>>> from run_contracts.watching import Watched
>>> Watched.__name__
'Watched'
"""

from __future__ import annotations

from run_contracts.lazy_imports import lazy_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from run_contracts.watching.live_watch import LiveWatch
    from run_contracts.watching.transports import Watched

__all__ = ["LiveWatch", "Watched"]

_HOMES = {"LiveWatch": "live_watch", "Watched": "transports"}

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
