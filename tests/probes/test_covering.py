"""The covering design: each member of a create is sent in every way; a refusal costs little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest

from run_contracts.contract.loading import load
from run_contracts.contract.operations import operations
from run_contracts.contract.out_of_reach import out_of_reach
from run_contracts.contract.requests import FALSY, form, legal, members
from run_contracts.events import Exchanged
from run_contracts.probes import planned
from run_contracts.probes.covering import (
    CARRIERS,
    FROM_PROBES,
    MOST_REFUSED,
    CoveringPlan,
    bodies,
)
from run_contracts.traffic.exchange import Exchange
from tests.engine.servers_in_the_way import seen
from tests.probes.lacking import checked, results

MODEL = "gpt-4o"
WAYS = ("value", "falsy", "null", "text outside ASCII")


def _wanted(edition: str, operation: str, name: str) -> set[str]:
    """Return in which ways a member can be sent, by its schema and what is out of reach."""
    contract = load(edition)
    schema = contract.schema(operations(edition)[operation].request or "")["properties"][name]
    is_text = "string" in str(schema.get("type")) and "enum" not in schema
    has_value = name != "stream" and schema.get("default") is not True
    values = [*([True] if has_value else []), *legal(contract, operation, name, (*FALSY, None))]
    return {
        *(["text outside ASCII"] if is_text and name != "model" else []),
        *(
            "null" if value is None else "value" if value else "falsy"
            for value in values
            if not out_of_reach(edition, "requests", form(operation, name, value))
        ),
    }


def _ways(value: Any) -> set[str]:
    """Return in which ways a value sends its member."""
    if value is None:
        return {"null"}
    if not value:
        return {"falsy"}
    return {"value"} | ({"text outside ASCII"} if not str(value).isascii() else set())


def _sent(exchanges: Iterable[Exchange]) -> dict[tuple[str, str], set[str]]:
    """Return in which ways each member was sent with what was accepted."""
    sent = defaultdict(set)
    for exchange in exchanges:
        if exchange.operation_id in CARRIERS and exchange.is_success:
            for name, value in exchange.asked.items():
                sent[exchange.operation_id, name] |= _ways(value)
    return sent


@pytest.mark.parametrize("operation", CARRIERS)
@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_design_covers_every_member(edition: str, operation: str) -> None:
    """Each has a value, a falsy one if it may, null where it is legal, and foreign letters."""
    contract = load(edition)
    sent = defaultdict(set)
    for body in bodies(contract, operation, MODEL):
        for name, value in body.items():
            sent[name] |= _ways(value)
    for name in members(contract, operation):
        if name not in FROM_PROBES:
            assert _wanted(edition, operation, name) <= sent[name], name


@pytest.mark.parametrize("operation", CARRIERS)
@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_what_the_design_sends_is_right(edition: str, operation: str) -> None:
    """No body breaks the schema of its request: a right server takes every one."""
    contract = load(edition)
    validator = contract.validator(operations(edition)[operation].request or "")
    for body in bodies(contract, operation, MODEL):
        assert validator.is_valid({"assistant_id": "asst_1", **body}), body


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_probes_send_all_of_the_design(edition: str) -> None:
    """A full check of a right server sends, and sees accepted, every member in every way."""
    exchanges = [one.exchange for one in seen(edition=edition) if isinstance(one, Exchanged)]
    sent = _sent(exchanges)
    for operation in CARRIERS:
        for name in members(load(edition), operation):
            if name not in FROM_PROBES:
                assert _wanted(edition, operation, name) <= sent[operation, name], (operation, name)


def test_smoke_sends_most_of_the_design() -> None:
    """Its few creates carry every value, every falsy one and every null of a run."""
    smoke = planned("smoke")
    exchanges = [one.exchange for one in seen(probes=smoke) if isinstance(one, Exchanged)]
    sent = _sent(exchanges)
    for name in members(load("v2"), "createRun"):
        if name not in FROM_PROBES:
            missing = _wanted("v2", "createRun", name) - sent["createRun", name]
            assert missing <= ({"falsy"} if name == "tools" else set()), name


def test_a_refused_body_comes_back_in_halves() -> None:
    """Until the member that is refused stands alone, and is left."""
    plan = CoveringPlan(load("v2"), MODEL, most_refused=100)
    accepted: set[str] = set()
    while body := plan.body("createRun"):
        if body.get("temperature") == 0.5:
            plan.refused("createRun", body)
        else:
            accepted |= {name for name, value in body.items() if value}
    assert accepted >= {"model", "instructions", "additional_messages", "metadata", "top_p"}


@pytest.mark.parametrize("profile", ["smoke", "full"])
def test_refusals_end_the_design(profile: str) -> None:
    """A server that refuses much is asked plainly after a few tries."""
    plan = CoveringPlan(load("v2"), MODEL, most_refused=MOST_REFUSED[profile])
    tries = 0
    while body := plan.body("createRun"):
        plan.refused("createRun", body)
        tries += 1
    assert tries == MOST_REFUSED[profile]


def test_a_server_that_refuses_null_is_seen_all_the_same() -> None:
    """That it does is told, and costs no other evidence."""

    def change(operation: str, asked: Any, status: int, answer: Any) -> tuple[int, Any]:
        refusal = {"error": {"message": "No.", "type": "x", "param": None, "code": None}}
        has_null = isinstance(asked, dict) and asked.get("temperature", 1) is None
        return (422, refusal) if operation == "createRun" and has_null else (status, answer)

    said = results(checked(change))
    assert said["RUN-CREATE-001"] == "fail"
    assert [one for one, result in said.items() if result == "fail"] == ["RUN-CREATE-001"]
    assert said["RUN-LIST-009"] == said["RUN-MODIFY-001"] == said["RUN-STREAM-001"] == "pass"
