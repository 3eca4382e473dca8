"""Which assistant an exchange creates, shows or changes."""

from __future__ import annotations

from run_contracts.traffic.exchange import Exchange

CREATES_ASSISTANTS = "createAssistant"
COLLECTION = "assistants"
LONGEST_NAMED = 512
"""Characters of what is an id."""


def assistant_named(exchange: Exchange) -> str | None:
    """Return the id of the assistant that an exchange created, or that its path names.

    None if it is about none, or about all of them.
    """
    if exchange.operation_id == CREATES_ASSISTANTS:
        made = exchange.answered_as("assistant")
        id_ = made.get("id") if made is not None else None
        return id_ if isinstance(id_, str) and 0 < len(id_) <= LONGEST_NAMED else None
    if exchange.operation is not None:
        return None
    *_, collection, named = ("", *exchange.request.url.partition("?")[0].rsplit("/", 2))
    return named if collection == COLLECTION and 0 < len(named) <= LONGEST_NAMED else None
