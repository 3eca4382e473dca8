"""The reference server: both editions of the protocol, right, in memory, the same for one seed.

A client reaches every status by ordinary means:

- ``completed``: create a run on a thread with a message.
- ``requires_action``: force a function by ``tool_choice``, or ask for ``required`` with a function
  among the tools (two calls if there are two functions and ``parallel_tool_calls`` is true). Submit
  the outputs, and the run completes.
- ``incomplete`` (v1: ``completed`` with ``incomplete_details``): set ``max_completion_tokens``
  below the words of the reply, which are more than 40, or ``max_prompt_tokens`` below the words of
  the thread and the instructions.
- ``cancelled``: cancel it; ``cancelling`` is seen for ``cancel_seconds``.
- ``expired``: leave ``requires_action`` unanswered for ``expires_after`` seconds, or create the
  run with metadata ``{"run_contracts_outcome": "expired"}``, which keeps it working till then.
- ``failed``: create the run with metadata ``{"run_contracts_outcome": "failed"}``.

A ``tool_choice`` of ``code_interpreter`` or ``file_search`` (v1: ``retrieval``) gives the run a
completed step of that kind before the one that writes the message.

The edition of a request is what its ``OpenAI-Beta`` header says: ``assistants=v1`` or ``v2``. Each
edition has assistants, threads and runs of its own; what is made in one is unknown in the other.

Files, vector stores and models need no such header. Files are those of all editions; what is put
into a vector store is there at once, status ``completed``; any name of a model is known.

Azure's clients find the same below ``/openai``, where an ``api-version`` in the query names the
edition, and below ``/openai/v1``; a request with an ``api-version`` is Azure's below ``/v1``, too.
Its key may be in ``api-key`` or Bearer. Answers have the fields of the newest version whichever is
named, those that it came to have later included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from run_contracts.lazy_imports import lazy_names

if TYPE_CHECKING:
    from run_contracts.server.app import create_app
    from run_contracts.server.app.serving import running, serve
    from run_contracts.server.faults import FAULTS, Fault
    from run_contracts.server.options import ServerOptions
    from run_contracts.server.planned_lives import Lives, life

_HOMES = {
    "create_app": "app",
    "FAULTS": "faults",
    "Fault": "faults",
    "Lives": "planned_lives",
    "life": "planned_lives",
    "ServerOptions": "options",
    "running": "app.serving",
    "serve": "app.serving",
}

__all__ = ["FAULTS", "Fault", "Lives", "ServerOptions", "create_app", "life", "running", "serve"]

__getattr__, __dir__ = lazy_names(__name__, _HOMES)
