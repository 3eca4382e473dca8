"""Refusals: what the server says when it does not do what it was asked."""

from __future__ import annotations

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


def absent(kind: str, wanted: str) -> Refusal:
    """Return the refusal for an id that names nothing."""
    return Refusal(f"No {kind} found with id '{wanted}'.", status=404)
