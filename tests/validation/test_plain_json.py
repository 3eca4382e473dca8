"""What people hand over: models are judged as what was sent, what is no value is refused."""

from __future__ import annotations

from collections import UserDict
from enum import StrEnum
from typing import Any
from unittest.mock import Mock

import httpx2
import pytest
from pydantic import BaseModel, Field, RootModel

from run_contracts import ContractViolation, UsageError, assert_valid_run, violations
from run_contracts.contract.loading import load
from run_contracts.factories import factory
from run_contracts.types import JudgedKind
from run_contracts.validation.plain_json import plain
from tests import samples


class Status(StrEnum):
    """Statuses as a project may have them."""

    COMPLETED = "completed"


class Answer(BaseModel):
    """A model as a project may have it."""

    status: Status | None = None
    cost: float = 0.0
    kind: str = Field(default="", alias="object")
    run: Any = None


async def _later() -> None:
    """Is never awaited."""


def _coroutine() -> Any:
    waiting = _later()
    waiting.close()
    return waiting


NO_VALUES = {
    "await it": _coroutine(),
    "give what json.loads.* makes of it": b"{}",
    r"give what its json\(\) returns": httpx2.Response(200, json={}),
    "give decoded JSON, or a model": object(),
    "the class Answer": Answer,
    "its model_dump.* gives a value of type Mock": Mock(),
    "cannot be written as JSON": Answer(run=object()),
}


@pytest.mark.parametrize("words", NO_VALUES)
def test_what_cannot_be_a_run_is_an_error_and_no_verdict(words: str) -> None:
    """It says what was given, and how to get a run from it."""
    with pytest.raises(UsageError, match=words):
        assert_valid_run(NO_VALUES[words])


@pytest.mark.parametrize("value", [None, 7, "run", [], [{}], {}])
def test_a_wrong_value_is_a_verdict(value: Any) -> None:
    """Any JSON value may have come where a run should."""
    with pytest.raises(ContractViolation):
        assert_valid_run(value)


def test_what_was_not_set_was_not_sent() -> None:
    """A default of the model is not judged; names are those of the wire."""
    assert plain(Answer(status=Status.COMPLETED)) == {"status": "completed"}
    assert plain(Answer(object="thread.run")) == {"object": "thread.run"}


def test_a_value_keeps_its_type() -> None:
    """Also where the field of the model is of another."""
    model = Answer.model_construct(cost=True)
    assert plain(model) == {"cost": True}
    assert plain(model)["cost"] is True


def test_json_is_not_copied() -> None:
    """A value that needs nothing is the value that is judged."""
    run = samples.run()
    history = [run, run]
    assert plain(run) is run
    assert plain(history) is history


def test_a_model_of_a_list_is_a_list() -> None:
    """As its items are what they are."""
    model = RootModel[list[Any]]([samples.run()])
    assert violations(model, kind="run_list") == violations([samples.run()], kind="run_list")


def test_models_of_the_agents_sdk_of_azure_are_taken_as_what_was_sent() -> None:
    """They are mappings and no dicts; alone or in a list, right or wrong as the answer."""
    agents = pytest.importorskip("azure.ai.agents.models")
    made = factory("v2", dialect="azure-agents", seed=7)
    models: list[tuple[JudgedKind, Any, dict[str, Any]]] = [
        ("run", agents.ThreadRun, dict(made.run("requires_action"))),
        ("run", agents.ThreadRun, dict(made.run("completed"))),
        ("run_step", agents.RunStep, dict(made.step())),
        ("message", agents.ThreadMessage, made.value("message")),
        ("thread", agents.AgentThread, made.value("thread")),
    ]
    for kind, model, value in models:
        contract = load("v2", dialect="azure-agents")
        assert violations(model(value), kind=kind, contract=contract) == ()
        assert plain([model(value)]) == [value]
        wrong = model({**value, "created_at": "yesterday"})
        assert violations(wrong, kind=kind, contract=contract) == violations(
            {**value, "created_at": "yesterday"}, kind=kind, contract=contract
        )


class Mapped(UserDict[str, Any]):
    """A mapping that gives itself as a dict, as models of Azure's SDKs do."""

    def as_dict(self) -> dict[str, Any]:
        """Return what was sent, unless there is what JSON does not have."""
        if "wrong" in self.data:
            raise TypeError("no JSON")
        return {**self.data}


def test_a_mapping_that_gives_itself_as_a_dict_is_judged_as_that() -> None:
    """And one that cannot is no value."""
    run = samples.run()
    assert violations(Mapped(run)) == ()
    assert violations(Mapped({**run, "status": 1})) == violations({**run, "status": 1}) != ()
    with pytest.raises(UsageError, match="of type Mapped cannot be written as JSON: no JSON"):
        violations(Mapped(wrong=1))
