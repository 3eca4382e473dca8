"""Others read what we make: the SDK's models, schemathesis, type checkers."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from openai.types.beta.assistant_stream_event import AssistantStreamEvent
from openai.types.beta.threads import Message
from openai.types.beta.threads import Run as SdkRun
from openai.types.beta.threads.runs import RunStep as SdkStep
from openai.types.shared import ErrorObject
from pydantic import TypeAdapter
from requests import Request
from schemathesis import Response
from schemathesis.config import SchemathesisConfig

from run_contracts import UsageError, factories, load, strategies
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.openapi_document import bundled

SOME = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


WIRE_ONLY = "default-2024-08-21"
"""A ranker as servers write it; the SDK's types have only the published spelling."""


INSTRUCTED = {"instructions": "Be brief."}
"""The SDK's types follow the published document, which knows no run without instructions."""


@given(strategies.runs(**INSTRUCTED))
@SOME
def test_the_sdk_accepts_every_drawn_run(run: Any) -> None:
    """Its model validates what was drawn, and keeps every field as it is."""
    assume(WIRE_ONLY not in str(run))
    model = SdkRun.model_validate(run)
    assert model.status == run["status"]
    assert model.completed_at == run["completed_at"]


@given(strategies.run_steps())
@SOME
def test_the_sdk_accepts_every_drawn_step(step: Any) -> None:
    """Its model validates steps of both types."""
    assume(WIRE_ONLY not in str(step))
    assert SdkStep.model_validate(step).status == step["status"]


@given(strategies.event_streams(**INSTRUCTED))
@SOME
def test_the_sdk_accepts_every_drawn_event(events: Any) -> None:
    """Each event but the end marker is one of those that the SDK knows."""
    assume(WIRE_ONLY not in str(events))
    adapter: TypeAdapter[Any] = TypeAdapter(AssistantStreamEvent)
    for event in events[:-1]:
        if event["event"] == "thread.created":
            continue  # the SDK wants a field `enabled` there, a slip of the published document
        if event["event"] == "error":
            # Its stream reader looks for the envelope, its model for what is in it.
            assert ErrorObject.model_validate(event["data"]["error"]).code
            continue
        assert adapter.validate_python(event).event == event["event"]


@pytest.mark.parametrize("status", lifecycle("v2").fields)
def test_a_made_run_becomes_the_sdks_model(status: str) -> None:
    """It is of the SDK's class and gives back what was made."""
    run = factories.make_run(status, seed=1)
    model = factories.as_model(run)
    assert isinstance(model, SdkRun)
    assert json.loads(model.to_json(exclude_unset=True)) == run


def test_steps_messages_and_pages_become_models() -> None:
    """Each object has a model, and a page of runs is a page of models."""
    made = factories.factory(seed=1)
    assert isinstance(factories.as_model(made.step()), SdkStep)
    assert isinstance(factories.as_model(made.value("message")), Message)
    page = factories.as_model(made.run_list(2))
    assert isinstance(page, openai.pagination.SyncCursorPage)
    assert [type(run) for run in page.data] == [SdkRun, SdkRun]


@pytest.mark.parametrize("value", [{}, [{}], {"object": "thread.cat"}, "run"])
def test_what_has_no_model_is_refused(value: Any) -> None:
    """The names of those that have one are listed."""
    with pytest.raises(UsageError, match=r"thread\.run"):
        factories.as_model(value)


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_schemathesis_accepts_made_runs_and_refuses_near_misses(edition: str) -> None:
    """Its validation of answers by our document agrees with what was made."""
    config = SchemathesisConfig.from_dict({})
    schema = schemathesis.openapi.from_dict(bundled(edition), config=config)
    operation = schema["/threads/{thread_id}/runs/{run_id}"]["GET"]
    request = Request("GET", "http://127.0.0.1/v1/threads/t/runs/r").prepare()

    def answer(value: Any) -> Response:
        body = json.dumps(value).encode()
        headers = {"content-type": ["application/json"]}
        return Response(200, headers, body, request, 0.1, verify=False)

    for run in factories.make_runs(30, edition=edition, seed=1):
        assert operation.is_valid_response(answer(run))
    broken = {**factories.make_run(edition=edition, seed=1), "created_at": "now"}
    assert not operation.is_valid_response(answer(broken))
    assert "created_at" in load(edition).schema("run")["required"]
