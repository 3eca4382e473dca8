"""schemathesis generates requests for every endpoint from our OpenAPI document; we keep them.

Its cases are sent by our own session, so that they carry the same headers, keep the same limits
and become the same exchanges as those of the probes. Judging them is the checks' work.
Half of the cases have their ids replaced by real ones: with invented ids alone every request
would stop at 404.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import hypothesis
import requests
import schemathesis
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, Response
from schemathesis.config import SchemathesisConfig

from run_contracts.openapi import bundled
from run_contracts.probes import Inconclusive, Stage

if TYPE_CHECKING:
    from schemathesis import Case
    from schemathesis.schemas import APIOperation

    from run_contracts.exchange import Exchange

EXAMPLES = 6
"""Generated requests for each endpoint, once right and once wrong."""
WALKS, STEPS = 4, 6
"""Walks along the links between endpoints, and requests in each."""
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
LONGEST_URL = 8000
"""Characters of a URL; above it servers may refuse before they look."""


def explore(stage: Stage) -> None:
    """Send generated requests to every endpoint, right ones and wrong ones, then follow links.

    Raises what a probe raises: `Unreachable` when the target stops answering.
    """
    schema = _schema(stage.session.target.edition)
    real = _real_ids(stage)
    reached = 0
    for found in schema.get_all_operations():
        for mode in MODES:
            reached += _explore(stage, found.ok(), mode, real)
    _follow_links(stage, schema, real)
    if reached == 0:
        raise Inconclusive("schemathesis generated no request")


def _schema(edition: str) -> Any:
    """Load our document; an explicit configuration keeps the host project's own out of it."""
    config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
    return schemathesis.openapi.from_dict(bundled(edition), config=config)


def _real_ids(stage: Stage) -> dict[str, str]:
    """Return ids that exist: of a new run, its thread, and the assistant."""
    run = stage.new_run(stage.new_thread("Say hello."))
    return {
        "thread_id": run["thread_id"],
        "run_id": run["id"],
        "assistant_id": stage.assistant_id,
    }


def _explore(
    stage: Stage,
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    real: dict[str, str],
) -> int:
    """Send cases of one endpoint in one mode; return how many there were."""
    sent = 0
    stage.session.source = f"schemathesis {operation.label} {mode.value}"

    def send(case: Case[Any], uses_real_ids: bool) -> None:
        nonlocal sent
        sent += 1
        _send(stage, case, real if uses_real_ids else {})

    cases = operation.as_strategy(generation_mode=mode)
    test = hypothesis.given(case=cases, uses_real_ids=st.booleans())(send)
    seeded = hypothesis.seed(stage.session.target.seed)(_settings(EXAMPLES)(test))
    # Unsatisfiable: nothing about the endpoint can be made wrong, it has no parameter and no body.
    with suppress(Unsatisfiable):
        seeded()
    return sent


def _settings(examples: int) -> hypothesis.settings:
    """Return settings that only generate: nothing is stored, timed or complained about."""
    return hypothesis.settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.generate,),
        suppress_health_check=list(hypothesis.HealthCheck),
    )


def _send(stage: Stage, case: Case[Any], real: dict[str, str]) -> Exchange | None:
    """Send one case, its ids replaced by those given, as an exchange of our session."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = real.get(name, case.path_parameters[name])
    if isinstance(case.body, dict) and "assistant_id" in case.body and real:
        case.body["assistant_id"] = real["assistant_id"]
    prepared = _prepared(stage, case)
    if prepared is None or len(prepared.url) > LONGEST_URL:
        return None
    body = prepared.body or b""
    content = body if isinstance(body, bytes) else body.encode("utf-8", errors="surrogatepass")
    kept = ("content-type", "x-schemathesis-testcaseid")
    headers = {name: value for name, value in prepared.headers.items() if name.lower() in kept}
    return stage.session.send_raw(prepared.method, prepared.url, headers=headers, content=content)


def _prepared(stage: Stage, case: Case[Any]) -> Any:
    """Return the request of a case as bytes on the wire; None if it cannot be written as HTTP."""
    parts = case.as_transport_kwargs(base_url=stage.session.target.url)
    try:
        return requests.Request(**parts).prepare()
    except (requests.RequestException, UnicodeError, ValueError):
        return None


def _follow_links(stage: Stage, schema: Any, real: dict[str, str]) -> None:
    """Walk from answer to request along the links of the document, with a real assistant."""
    machine = schema.as_state_machine()
    assistant = {"assistant_id": real["assistant_id"]}

    class Walk(machine):  # type: ignore[misc, valid-type]  # made by schemathesis at run time
        def call(self, case: Case[Any], **_: Any) -> Response:
            stage.session.source = f"schemathesis link {case.operation.label}"
            exchange = _send(stage, case, assistant)
            if exchange is None:
                hypothesis.reject()
            return _as_response(exchange)

        def validate_response(self, *_: Any, **__: Any) -> None:
            """Judging is not done here."""

    Walk.run(settings=_settings(WALKS))


def _as_response(exchange: Exchange) -> Response:
    """Return an exchange's answer in the form that schemathesis reads ids from."""
    answer = exchange.response
    request = requests.Request(exchange.request.method, exchange.request.url).prepare()
    headers = {name.lower(): [value] for name, value in answer.headers}
    return Response(answer.status, headers, answer.body, request, answer.seconds, verify=False)
