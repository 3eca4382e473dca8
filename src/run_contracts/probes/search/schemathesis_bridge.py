"""schemathesis makes requests for every endpoint from our OpenAPI document; we send and keep them.

Its phases are all here: the document's examples, its coverage of bounds and of what may be left
out or wrong, drawn requests right and wrong, and walks along the document's links. Cases are sent
by our own session, so that they carry the same headers, keep the same limits and become the same
exchanges as those of the probes. Half of them have their ids replaced by real ones: with invented
ids alone every request would stop at 404.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import hypothesis
import requests
import schemathesis
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, Response
from schemathesis.config import SchemathesisConfig

from run_contracts.contract.openapi import bundled
from run_contracts.probes import Inconclusive, ProbeContext
from run_contracts.probes.search import Hunt, settings

if TYPE_CHECKING:
    from schemathesis import Case
    from schemathesis.schemas import APIOperation

    from run_contracts.traffic.exchange import Exchange

    Endpoint = APIOperation[Any, Any, Any, Any]

WALKS, STEPS = 4, 6
"""Walks along the links between endpoints, and requests in each."""
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
LONGEST_URL = 8000
"""Characters of a URL; above it servers may refuse before they look."""


def explore(context: ProbeContext, hunt: Hunt) -> None:
    """Send made requests to every endpoint, right ones and wrong ones, then follow links.

    What breaks something new is sent again, smaller. Raises what a probe raises: `Unreachable`
    when the target stops answering, `Inconclusive` if nothing could be sent.
    """
    first = len(context.session.exchanges)
    schema = _schema(context.session.target.edition)
    sender = Sender(context, hunt)
    for found in schema.get_all_operations():
        sender.explore(schema, found.ok())
    _follow_links(sender, schema)
    if len(context.session.exchanges) == first:
        raise Inconclusive("schemathesis made no request that could be sent")


def _schema(edition: str) -> Any:
    """Load our document; an explicit configuration keeps the host project's own out of it.

    No method is made up: a DELETE may well be there, and do what it says to what is not ours.
    """
    config = {
        "generation": {"with-security-parameters": False},
        "phases": {"coverage": {"unexpected-methods": []}},
    }
    return schemathesis.openapi.from_dict(
        bundled(edition), config=SchemathesisConfig.from_dict(config)
    )


class Sender:
    """Sends cases of schemathesis in a hunt, some with ids that are real."""

    def __init__(self, context: ProbeContext, hunt: Hunt) -> None:
        """Take the ids of a run that exists."""
        self.context, self.hunt = context, hunt
        target = context.session.target
        self._cases, self._seed = target.cases, target.seed
        run = context.any_run
        self.assistant = {"assistant_id": context.assistant_id}
        self.real = {"thread_id": run["thread_id"], "run_id": run["id"], **self.assistant}

    def explore(self, schema: Any, endpoint: Endpoint) -> None:
        """Send cases of every phase for one endpoint."""
        examples = endpoint.get_strategies_from_examples()
        if examples:
            self._draw(f"example of {endpoint.label}", st.one_of(examples))
        self._cover(f"coverage of {endpoint.label}", self._covering(schema, endpoint))
        for mode in MODES:
            drawn = endpoint.as_strategy(generation_mode=mode)
            self._draw(f"{mode.value} {endpoint.label}", drawn)

    def _covering(self, schema: Any, endpoint: Endpoint) -> list[Case[Any]]:
        """Return cases of the coverage phase, spread over all there are."""
        every = schema.iter_coverage_cases(
            endpoint, generation_modes=list(MODES), generation_config=schema.config.generation
        )
        found = list(every)
        chosen = random.Random(self._seed)  # noqa: S311 - a choice, no secret
        return chosen.sample(found, min(self._cases, len(found)))

    def _cover(self, source: str, cases: Iterable[Case[Any]]) -> None:
        for number, case in enumerate(cases):
            ids = self.real if number % 2 else {}
            self.hunt.search(lambda: self._attempt(source, case, ids))  # noqa: B023 - used at once

    def _draw(self, source: str, cases: st.SearchStrategy[Case[Any]]) -> None:
        def attempt(case: Case[Any], is_real: bool) -> None:
            self._attempt(source, case, self.real if is_real else {})

        test = hypothesis.given(case=cases, is_real=st.booleans())(attempt)
        # Unsatisfiable: nothing about the endpoint can be wrong, it has no parameter and no body.
        with suppress(Unsatisfiable):
            self.hunt.search(hypothesis.seed(self._seed)(settings(self._cases)(test)))

    def _attempt(self, source: str, case: Case[Any], ids: dict[str, str]) -> None:
        self.hunt.attempt(f"schemathesis {source}", lambda: self.send(case, ids))

    def send(self, case: Case[Any], ids: dict[str, str]) -> Exchange | None:
        """Send a case, with these ids for its own; return None if it cannot be sent."""
        for name in case.path_parameters or {}:
            case.path_parameters[name] = ids.get(name, case.path_parameters[name])
        if isinstance(case.body, dict) and "assistant_id" in case.body and ids:
            case.body["assistant_id"] = ids["assistant_id"]
        prepared = _prepared(self.context, case)
        if prepared is None or len(prepared.url) > LONGEST_URL:
            return None
        body = prepared.body or b""
        content = body if isinstance(body, bytes) else body.encode("utf-8", errors="surrogatepass")
        kept = ("content-type", "x-schemathesis-testcaseid")
        headers = {name: value for name, value in prepared.headers.items() if name.lower() in kept}
        return self.context.session.send_raw(
            prepared.method, prepared.url, headers=headers, content=content
        )


def _prepared(context: ProbeContext, case: Case[Any]) -> Any:
    """Return the request of a case as bytes on the wire; None if it cannot be written as HTTP."""
    parts = case.as_transport_kwargs(base_url=context.session.target.url)
    try:
        return requests.Request(**parts).prepare()
    except (requests.RequestException, UnicodeError, ValueError):
        return None


def _follow_links(sender: Sender, schema: Any) -> None:
    """Walk from answer to request along the links of the document, with a real assistant."""
    machine = schema.as_state_machine()

    class Walk(machine):  # type: ignore[misc, valid-type]  # made by schemathesis at run time
        def setup(self) -> None:
            sender.hunt.begin("schemathesis links")

        def call(self, case: Case[Any], **_: Any) -> Response:
            answers: list[Exchange | None] = []
            sender.hunt.act(lambda: answers.append(sender.send(case, sender.assistant)))
            if not answers or answers[0] is None:
                hypothesis.reject()
            return _as_response(answers[0])

        def validate_response(self, *_: Any, **__: Any) -> None:
            sender.hunt.judge()

    sender.hunt.search(lambda: Walk.run(settings=settings(WALKS, STEPS)))


def _as_response(exchange: Exchange) -> Response:
    """Return an exchange's answer in the form that schemathesis reads ids from."""
    answer = exchange.response
    request = requests.Request(exchange.request.method, exchange.request.url).prepare()
    headers = {name.lower(): [value] for name, value in answer.headers}
    return Response(answer.status, headers, answer.body, request, answer.seconds, verify=False)
