"""The SDK in Python, 1.x to 3.x: `python openai_python BASE_URL KEY [MODE]`.

The mode is ``sync`` or ``async``, and with ``azure-`` before it that of AzureOpenAI.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

import files_and_refusals  # noqa: F401 - importing it names its operations
import runs  # noqa: F401
import threads  # noqa: F401
from driving import drive
from sync_or_async import got
from work import Work


@asynccontextmanager
async def at_work() -> AsyncIterator[Work]:
    """Open a client for one operation, and close it."""
    work = Work()
    try:
        yield work
    finally:
        await got(work.sdk.close())


drive(at_work)
