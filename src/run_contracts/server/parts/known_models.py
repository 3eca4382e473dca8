"""The models that the server says it has: any name is known, some are listed."""

from __future__ import annotations

from collections.abc import Iterable

from run_contracts.server.parts.records import Wire

LISTED_MODELS = ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "o3-mini")
MODEL_CREATED_AT = 1_715_367_049
"""Seconds since the epoch; no model of this server is older or newer than another."""


def model_object(name: str) -> Wire:
    """Return the object of a model; there is one of every name.

    >>> model_object("my-deployment")["id"]
    'my-deployment'
    """
    return {
        "id": name,
        "object": "model",
        "created": MODEL_CREATED_AT,
        "owned_by": "reference-server",
    }


def model_objects(assistants: Iterable[Wire]) -> list[Wire]:
    """Return the models that are listed: some well-known ones, and those that assistants name."""
    named = [str(assistant["model"]) for assistant in assistants]
    return [model_object(name) for name in dict.fromkeys((*LISTED_MODELS, *named))]
