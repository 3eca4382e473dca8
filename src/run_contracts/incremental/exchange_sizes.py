"""What it costs to keep an exchange: its bytes, and what is decoded of them."""

from __future__ import annotations

from dataclasses import replace

from run_contracts.traffic.exchange import Exchange, Response

MEMORY_OF_EACH = 6_000
"""Bytes of memory of an exchange and all that is made of it, beside its bodies."""
TIMES_JSON, TIMES_STREAM = 6, 15
"""How many bytes of memory a byte of JSON takes with all that is decoded of it; one of a stream."""


def size_of(exchange: Exchange) -> int:
    """Return how many bytes of memory an exchange takes once it was read, about."""
    return (
        MEMORY_OF_EACH + len(exchange.request.body) * TIMES_JSON + size_of_answer(exchange.response)
    )


def size_of_answer(response: Response) -> int:
    """Return how many bytes of memory the body of an answer takes once it was read, about."""
    return len(response.body) * (TIMES_STREAM if response.is_stream else TIMES_JSON)


def size_undecoded(exchange: Exchange) -> int:
    """Return how many bytes of memory an exchange takes of which nothing is decoded, about."""
    return MEMORY_OF_EACH + len(exchange.request.body) + len(exchange.response.body)


def undecoded(exchange: Exchange) -> Exchange:
    """Return an exchange without what was decoded of it; whoever looks into it decodes it anew."""
    return replace(exchange, request=replace(exchange.request), response=replace(exchange.response))
