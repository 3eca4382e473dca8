"""Refusals: what the server says when it does not do what it was asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Refusal(Exception):
    """A refused request: its HTTP status and the four keys of the error envelope."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        """Keep what the envelope will say."""
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.param = param

    def body(self) -> dict[str, Any]:
        """Return the error envelope."""
        return {
            "error": {
                "message": self.message,
                "type": "invalid_request_error",
                "param": self.param,
                "code": self.code,
            }
        }


class GatewayRefusal(Refusal):
    """A refusal by the gateway before a server: its envelope has a code and a message, no more."""

    def body(self) -> dict[str, Any]:
        """Return the error envelope; the code is the HTTP status as text."""
        return {"error": {"code": str(self.status), "message": self.message}}


def not_found(kind: str, wanted: str) -> Refusal:
    """Return the refusal of an id that names nothing."""
    return Refusal(f"No {kind} found with id '{wanted}'.", status=404)


def unsupported(param: str, given: object, allowed: Iterable[object]) -> Refusal:
    """Return the refusal of a value that is not among those allowed.

    >>> unsupported("order", "up", ("asc", "desc")).message
    "Invalid value: 'up'. Supported values are: 'asc' and 'desc'."
    """
    names = [f"'{value}'" for value in allowed if value is not None]
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
    shown = repr(given) if isinstance(given, str) else str(given)
    return Refusal(
        f"Invalid value: {shown}. Supported values are: {listed}.",
        param=param,
        code="invalid_value",
    )
