"""The bridge to schemathesis: every call of it that this package makes, and its values as ours.

No other module imports schemathesis, or knows the shape of its cases and answers. A test stands
beside each function, so that a release that changes one says where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import hypothesis
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode, Response
from schemathesis.config import SchemathesisConfig
from schemathesis.errors import SchemathesisError

from run_contracts.contract.openapi_document import bundled
from run_contracts.contract.operations import JSON_TYPE, STREAM_TYPE, operations
from run_contracts.contract.requirements import EDITIONS
from run_contracts.traffic.exchange import BAD_REQUEST, OK, Exchange, Headers, Request
from run_contracts.traffic.exchange import Response as Answer
from run_contracts.traffic.streamed_events import DONE_DATA
from run_contracts.types import Edition

if TYPE_CHECKING:
    from schemathesis import Case
    from schemathesis.schemas import APIOperation

    Endpoint = APIOperation[Any, Any, Any, Any]

MOST_ITEMS = 3
"""Items of a drawn array for which the contract sets no bound."""
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
"""Right cases, and wrong ones."""
KEPT_HEADERS = ("content-type", "x-schemathesis-testcaseid")
"""Headers of a case that are sent; the session has its own for the rest."""


def loaded(edition: Edition) -> Any:
    """Return our document as a schema of schemathesis.

    An explicit configuration keeps the host project's own out of it. No method is made up: a
    DELETE may well be there, and do what it says to what is not ours.
    """
    config = {
        "generation": {"with-security-parameters": False},
        "phases": {"coverage": {"unexpected-methods": []}},
    }
    document = with_short_arrays(bundled(edition))
    return schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(config))


def with_short_arrays(schema: Any) -> Any:
    """Return a schema whose arrays are short where it sets them no bound.

    Drawing long ones is most of the cost of a search, and shows nothing that short ones do not.

    >>> with_short_arrays({"type": "array"})
    {'type': 'array', 'maxItems': 3}
    >>> with_short_arrays({"type": "array", "maxItems": 20})
    {'type': 'array', 'maxItems': 20}
    """
    if isinstance(schema, list):
        return [with_short_arrays(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: with_short_arrays(one) for name, one in schema.items()}
    is_unbounded = inner.get("type") == "array" and "maxItems" not in inner
    return {**inner, "maxItems": MOST_ITEMS} if is_unbounded else inner


def endpoints(schema: Any) -> Iterator[Endpoint]:
    """Yield the endpoints of a schema; each has a `label` like ``GET /threads/{thread_id}``."""
    for result in schema.get_all_operations():
        yield result.ok()


def example_cases(endpoint: Endpoint) -> st.SearchStrategy[Case[Any]] | None:
    """Return a strategy for the document's examples of an endpoint; None if it has none."""
    examples = endpoint.get_strategies_from_examples()
    return st.one_of(examples) if examples else None


def coverage_cases(schema: Any, endpoint: Endpoint) -> list[Case[Any]]:
    """Return the cases of the coverage phase: bounds, and what may be left out or wrong."""
    return list(
        schema.iter_coverage_cases(
            endpoint, generation_modes=list(MODES), generation_config=schema.config.generation
        )
    )


def drawn_cases(endpoint: Endpoint, mode: GenerationMode) -> st.SearchStrategy[Case[Any]]:
    """Return a strategy for right or wrong cases; it may be empty of wrong ones."""
    return endpoint.as_strategy(generation_mode=mode)


def modes_of(endpoint: Endpoint) -> tuple[GenerationMode, ...]:
    """Return the modes that cases can have: with neither query nor body nothing can be wrong."""
    return MODES if endpoint.query or endpoint.body else MODES[:1]


def with_ids(
    case: Case[Any], ids: dict[str, str], members: Mapping[str, Any] = MappingProxyType({})
) -> Case[Any]:
    """Put these ids into the path of a case, these members into its body, and return it.

    What it does not have it does not get; an assistant may stand among the ids.
    """
    for name in case.path_parameters or {}:
        case.path_parameters[name] = ids.get(name, case.path_parameters[name])
    for name, value in {**ids, **members}.items():
        if isinstance(case.body, dict) and name in case.body:
            case.body[name] = value
    return case


def body_and_query(case: Case[Any]) -> tuple[Any, Any]:
    """Return what a case sends beside ids: its body, and its query by the names in that."""
    return case.body, case.query


def headers_of(case: Case[Any]) -> Headers:
    """Return the headers of a case."""
    return tuple((str(name), str(value)) for name, value in dict(case.headers or {}).items())


def wire_request(case: Case[Any], base_url: str) -> Request | None:
    """Return the request of a case as bytes on the wire; None if it cannot be written as HTTP."""
    parts = case.as_transport_kwargs(base_url=base_url)
    try:
        prepared = requests.Request(**parts).prepare()
    except (requests.RequestException, UnicodeError, ValueError):
        return None
    headers = [
        (name, str(value))
        for name, value in prepared.headers.items()
        if name.lower() in KEPT_HEADERS
    ]
    return Request(
        method=str(prepared.method),
        url=str(prepared.url),
        headers=tuple(headers),
        body=_encoded(prepared.body or b""),
    )


def link_machine(
    schema: Any,
    *,
    begin: Callable[[], None],
    send: Callable[[Case[Any]], Exchange | None],
    judge: Callable[[], None],
) -> Any:
    """Return a state machine that goes from answer to request along the document's links.

    `begin` is called before each of its runs, `send` with each case, `judge` after each answer. A
    case for which `send` returns None, or that has no answer, is passed over.
    """
    machine = schema.as_state_machine()

    class LinkMachine(machine):  # type: ignore[misc, valid-type]  # made at run time
        def setup(self) -> None:
            begin()

        def call(self, case: Case[Any], **_: Any) -> Response:
            exchange = send(case)
            if exchange is None or not exchange.is_answered:
                hypothesis.reject()
            return as_response(exchange)

        def validate_response(self, *_: Any, **__: Any) -> None:
            judge()

    return LinkMachine


def as_response(exchange: Exchange) -> Response:
    """Return an exchange's answer in the form that schemathesis reads ids from."""
    answer = exchange.response
    request = requests.Request(exchange.request.method, exchange.request.url).prepare()
    headers = {name.lower(): [value] for name, value in answer.headers}
    return Response(answer.status, headers, answer.body, request, answer.seconds, verify=False)


def as_exchange(response: Any, case: Any) -> Exchange:
    """Return a case of somebody's own run, and its answer, as an exchange.

    The edition is the one that the request's ``OpenAI-Beta`` header names, the newest if none.
    """
    sent = response.request
    headers = tuple((str(name), str(value)) for name, value in sent.headers.items())
    return Exchange(
        number=1,
        edition=_edition(dict(headers)),
        request=Request(
            method=case.method.upper(),
            url=str(sent.url),
            headers=headers,
            body=_encoded(sent.body or b""),
        ),
        response=Answer(
            status=response.status_code,
            headers=tuple((name, values[0]) for name, values in response.headers.items()),
            body=response.content,
            seconds=response.elapsed,
            is_whole=_is_whole(response),
        ),
        source="schemathesis",
    )


def is_right(case: Case[Any]) -> bool:
    """Say whether a case was generated, and nothing about it made wrong on purpose."""
    meta = case.meta
    if meta is None:
        return False
    modes = [meta.generation.mode, *(component.mode for component in meta.components.values())]
    return all(mode.is_positive for mode in modes)


def is_linked(case: Case[Any]) -> bool:
    """Say whether a case takes its ids from earlier answers, by the links of the document."""
    return case.meta is not None and case.meta.phase.name.value == "stateful"


def operation_of(case: Case[Any]) -> str:
    """Return the id of the operation that a case is about; empty if the contract has none."""
    for operation in operations(EDITIONS[-1]).values():
        if (operation.method, operation.path) == (case.method.upper(), case.operation.path):
            return operation.id
    return ""


def call_beside(case: Case[Any], operation: str, ids: dict[str, str], body: Any) -> Any:
    """Send a request to the server of a case, as that is sent; return the JSON of a success.

    None stands for any other answer, and for none: for want of a base URL, or of the operation in
    the document of the case.
    """
    meant = operations(EDITIONS[-1])[operation]
    parts = {} if body is None else {"body": body, "media_type": JSON_TYPE}
    try:
        endpoint = case.operation.schema[meant.path][meant.method]
        beside = endpoint.Case(path_parameters=dict(ids), **parts)
        response = beside.call(headers=dict(case.headers or {}))
        return response.json() if OK <= response.status_code < BAD_REQUEST else None
    except (requests.RequestException, SchemathesisError, LookupError, ValueError):
        return None


def before_each_call(hook: Callable[[Any], None]) -> None:
    """Show each case of this process to a hook before it is sent."""

    def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
        hook(case)

    schemathesis.hook(before_call)


def register(check: Callable[[Any, Any, Any], None]) -> None:
    """Switch a check on for every schema in this process."""
    schemathesis.check(check)


def _encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else str(body).encode("utf-8", "surrogatepass")


def _is_whole(response: Any) -> bool:
    """Say whether an answer came to its end: schemathesis leaves off reading a long stream."""
    is_stream = any(STREAM_TYPE in name for name in response.headers.get("content-type", ()))
    return not is_stream or DONE_DATA.encode() in response.content


def _edition(headers: dict[str, str]) -> Edition:
    """Return the edition a request names, or the newest."""
    beta = {name.lower(): value for name, value in headers.items()}.get("openai-beta", "")
    return next((name for name in EDITIONS if f"assistants={name}" in beta), EDITIONS[-1])
