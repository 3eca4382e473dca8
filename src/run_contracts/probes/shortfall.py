"""Shortfalls: why a scenario, or a part of it, could not be carried out."""

from __future__ import annotations


class Shortfall(Exception):
    """Something that a part of a scenario needs is not there; it costs that part alone."""


class Blocked(Shortfall):
    """A prerequisite failed: what depends on it could not be exercised."""


class NotStreamed(Blocked):
    """The server refuses to stream a run, and never did; without a stream it may do the same."""


class Inconclusive(Shortfall):
    """What was needed depends on the model or on time, and did not come about."""


class NotOffered(Shortfall):
    """The server does not offer what the part is about."""
