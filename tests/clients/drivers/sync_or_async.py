"""One program for the synchronous and the asynchronous half of a client."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


async def got(value: Any) -> Any:
    """Return what a call of a client gives, of an asynchronous one once it is there."""
    return await value if inspect.isawaitable(value) else value


async def each(values: Any) -> AsyncIterator[Any]:
    """Yield what is iterated over: pages of a list one after another, or a stream."""
    values = await values if inspect.iscoroutine(values) else values
    if hasattr(values, "__aiter__"):
        async for value in values:
            yield value
    else:
        for value in values:
            yield value


async def every(values: Any) -> list[Any]:
    """Return all that is iterated over."""
    return [value async for value in each(values)]


@asynccontextmanager
async def opened(manager: Any) -> AsyncIterator[Any]:
    """Enter a manager of a client."""
    manager = await got(manager)
    if hasattr(manager, "__aenter__"):
        async with manager as inner:
            yield inner
    else:
        with manager as inner:
            yield inner
