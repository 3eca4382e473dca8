"""A watch inside an ASGI server: ``app = Watch(app, report="traffic.html")``."""

from __future__ import annotations

from run_contracts.extras import named_extras

with named_extras(extra="check"):
    from run_contracts.watching.application import Watch

__all__ = ["Watch"]
