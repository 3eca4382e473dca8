"""The OpenAPI document with made answers as examples: what a mock server sends word for word.

From schemas alone it would make up runs that are queued and completed at once, and no stream.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, cast

from run_contracts.contract.lifecycle import CANCELLING, COMPLETED, QUEUED
from run_contracts.contract.openapi_document import bundled
from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE, operations
from run_contracts.making.factory import Factory, factory
from run_contracts.making.lives.stream_events import as_sse
from run_contracts.types import Edition, MadeKind, RunStatus

STATUSES: dict[str, RunStatus] = {
    "createThreadAndRun": QUEUED,
    "createRun": QUEUED,
    "submitToolOutputs": QUEUED,
    "cancelRun": CANCELLING,
}
"""The status of the run that an operation answers, where it is not one that completed."""
ANSWERS_SEED = 1
STREAMED_REPLY = "Hello! How can I help you?"


def answered(edition: Edition) -> dict[str, Any]:
    """Return the bundled document with an example of what each operation answers.

    >>> answers = answered("v2")["paths"]["/threads/{thread_id}/runs"]["post"]["responses"]
    >>> answers["200"]["content"]["application/json"]["example"]["status"]
    'queued'
    """
    document = deepcopy(bundled(edition))
    made = factory(edition, seed=ANSWERS_SEED)
    for known in operations(edition).values():
        described = document["paths"][known.path][known.method.lower()]
        content = described["responses"]["200"]["content"]
        answer = _answer(made, known.id, known.response)
        if answer is not None:
            content[JSON_TYPE]["example"] = answer
        if known.streams:
            content[STREAM_TYPE]["example"] = _stream(made, known.id)
    return document


def _answer(made: Factory, operation: str, kind: str) -> Any:
    """Return an answer of an operation; None for a list of what factories make no lists of."""
    if kind == "run":
        return made.run(STATUSES.get(operation, COMPLETED))
    if kind == "run_list":
        return made.run_list(2, COMPLETED)
    if kind == "run_step_list":
        return made.step_list(1, COMPLETED)
    if kind == "run_step":
        return made.step(COMPLETED)
    return None if kind.endswith("_list") else made.value(cast("MadeKind", kind))


def _stream(made: Factory, operation: str) -> str:
    """Return the text of the stream that an operation answers when it is asked for one."""
    is_resumed, is_with_thread = operation == "submitToolOutputs", operation == "createThreadAndRun"
    return as_sse(made.stream(resumed=is_resumed, with_thread=is_with_thread, text=STREAMED_REPLY))
