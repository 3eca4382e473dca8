"""Probes that are refused: what does not exist, what is wrong, what few clients send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Unpack

from run_contracts.client.request_parts import RequestParts, path_segment
from run_contracts.client.session import WRONG_KEY
from run_contracts.contract.operations import JSON_TYPE
from run_contracts.probes.absent_ids import NO_ASSISTANT, NO_RUN, NO_STEP, NO_THREAD
from run_contracts.probes.catalogue import probe
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.run_requests import (
    METADATA_TOO_LARGE,
    RunValue,
    answers,
)
from run_contracts.traffic.exchange import Intent

ODD_IDS = ("1234", "Z" * 300, "\N{SNOWMAN}", "'; --", "..%2f")
"""Ids that no server gives: without a prefix, long, with odd characters.

None holds what a gateway refuses by itself, a null character for example.
"""
Requests = Iterator[Callable[[], object]]
"""Requests that are sent when they are called."""


@probe(
    "ask for what does not exist, and send what is wrong",
    creates="nothing",
    exercises=("RUN-ERR-*", "RUN-HTTP-00[34]"),
)
def refusals(context: ProbeContext) -> None:
    """Be refused in every common way."""
    run = context.any_run
    thread_id, send = run["thread_id"], context.session.send
    send("getRun", thread_id=thread_id, run_id=NO_RUN, intent=Intent.ABSENT)
    body = {"assistant_id": NO_ASSISTANT}
    _ask_wrongly(context, json_body=body, intent=Intent.NO_ASSISTANT)
    _ask_wrongly(context, json_body={})
    _ask_wrongly(context, json_body={"assistant_id": 7})
    _ask_wrongly(context, json_body={"assistant_id": context.assistant_id, "temperature": 9})
    says_json = {"Content-Type": JSON_TYPE}
    _ask_wrongly(context, content=b'{"assistant_id": ', headers=says_json)
    wrong = context.session.target.key_headers(WRONG_KEY)
    send("getRun", of=run, headers=wrong, intent=Intent.WRONG_KEY)
    send("getRun", of=run, headers={"OpenAI-Beta": None}, intent=Intent.NO_EDITION)
    context.session.send_raw("PUT", _url(context, run), headers={}, content=b"")


def _ask_wrongly(
    context: ProbeContext, *, intent: Intent = Intent.NONE, **parts: Unpack[RequestParts]
) -> None:
    """Ask for a run that is to be refused, where no other keeps it away; wait for one let in."""
    parts["thread_id"] = context.home
    exchange = context.session.send("createRun", intent=intent, **parts)
    if exchange.shown("run"):
        with context.part():
            context.wait(context.run_in(exchange))


def _url(context: ProbeContext, run: RunValue, run_id: str | None = None) -> str:
    """Return the URL of a run, or of another one on its thread."""
    thread, asked = path_segment(str(run["thread_id"])), path_segment(str(run_id or run["id"]))
    return f"{context.session.target.url}/threads/{thread}/runs/{asked}"


@probe(
    "ask for more that does not exist, and send more that is wrong; in smoke, as long as requests "
    "are left",
    creates="nothing",
    exercises=("RUN-ERR-00[15678]", "RUN-ERR-01[01]", "RUN-HTTP-00[34]", "RUN-LIST-01[79]"),
)
def rarer_refusals(context: ProbeContext) -> None:
    """Be refused in less common ways, the commonest of them first."""
    run = context.any_run
    for request in (*_commoner(context, run), *_absent(context, run), *_wrong(context, run)):
        if not context.may_send_more:
            return
        request()


def _commoner(context: ProbeContext, run: RunValue) -> Requests:
    """Yield what authors of servers forget most often; the first of it is not to be refused."""
    send = context.session.send
    yield partial(send, "modifyRun", json_body={"metadata": None}, of=run)
    yield partial(_ask_wrongly, context, content=b"", headers={"Content-Type": JSON_TYPE})
    yield partial(send, "listRuns", thread_id=run["thread_id"], query={"order": "up"})
    for fields in _wrong_fields():
        yield partial(_create_wrongly, context, fields)
    yield partial(send, "getRunStep", of=run, step_id=NO_STEP, intent=Intent.ABSENT)
    for query in ({"after": NO_RUN}, {"limit": 0}):
        yield partial(send, "listRuns", thread_id=run["thread_id"], query=query)
    bodies: tuple[Any, ...] = (
        {"outputs": []},
        {"tool_outputs": [{"tool_call_id": 7}]},
        answers([""]),
    )
    for body in bodies:
        yield partial(send, "submitToolOutputs", json_body=body, of=run)


def _wrong_fields() -> Iterator[dict[str, Any]]:
    """Yield fields of a create of which each is wrong in one way, and the rest in none."""
    yield {"metadata": {"k" * 65: "a key of 65 characters"}}
    yield {"metadata": {"value of 513 characters": "v" * 513}}
    yield {"tools": [{"type": "function"}]}
    yield {"additional_messages": [{"role": "nobody", "content": "Hello."}]}
    yield METADATA_TOO_LARGE


def _create_wrongly(context: ProbeContext, fields: dict[str, Any]) -> None:
    """Ask for a run with fields that are wrong."""
    _ask_wrongly(context, json_body={"assistant_id": context.assistant_id, **fields})


def _absent(context: ProbeContext, run: RunValue) -> Requests:
    """Yield requests for what does not exist; a run's unknown neighbours are safe to delete."""
    thread_id, absent = run["thread_id"], Intent.ABSENT
    ask = partial(context.session.send, intent=absent)
    body = {"assistant_id": context.assistant_id}
    yield partial(ask, "getRun", thread_id=NO_THREAD, run_id=NO_RUN)
    yield partial(ask, "cancelRun", thread_id=thread_id, run_id=NO_RUN)
    yield partial(ask, "listRunSteps", thread_id=thread_id, run_id=NO_RUN)
    pairs, outputs = {"metadata": {"a": "b"}}, answers(["call_of_no_run"])
    yield partial(ask, "modifyRun", thread_id=thread_id, run_id=NO_RUN, json_body=pairs)
    yield partial(ask, "submitToolOutputs", thread_id=thread_id, run_id=NO_RUN, json_body=outputs)
    yield partial(ask, "createRun", thread_id=NO_THREAD, json_body=body)
    yield partial(ask, "getRun", thread_id=thread_id, run_id=NO_THREAD)
    yield partial(ask, "listRuns", thread_id=" ")
    for odd in (*ODD_IDS, "".join(ODD_IDS)):
        yield partial(ask, "getRun", thread_id=thread_id, run_id=odd)
        yield partial(ask, "listRuns", thread_id=odd)
    yield partial(ask, "getRun", thread_id=NO_THREAD, run_id=run["id"])
    url = _url(context, run, NO_RUN)
    yield partial(context.session.send_raw, "DELETE", url, headers={}, content=b"")


def _wrong(context: ProbeContext, run: RunValue) -> Requests:
    """Yield requests whose bodies, or queries, no server can take."""
    wrong, nobodys = {"assistant_id": 7}, {"assistant_id": NO_ASSISTANT}
    send = context.session.send
    yield partial(send, "createThreadAndRun", json_body=wrong)
    yield partial(send, "createThreadAndRun", json_body=nobodys, intent=Intent.NO_ASSISTANT)
    yield partial(send, "listRunSteps", of=run, query={"limit": "many"})
    bodies: tuple[Any, ...] = ([], "run", None)
    for body in bodies:
        yield partial(_ask_wrongly, context, json_body=body)
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        yield partial(_ask_wrongly, context, content=b"assistant_id=7", headers=headers)
    yield partial(send, "modifyRun", json_body={"metadata": "none"}, of=run)
