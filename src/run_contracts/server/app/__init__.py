"""The ASGI application, and how it is served."""

from __future__ import annotations

from run_contracts.server.app.dispatcher import create_app

__all__ = ["create_app"]
