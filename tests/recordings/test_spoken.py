"""What recordings speak is found out: nothing right is called wrong, and faults stay faults."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from openai._models import construct_type

from run_contracts import violations
from run_contracts.factories import factory
from run_contracts.making.edge_cases import edge_cases
from run_contracts.recordings.spoken import Spoken, spoken_by, spoken_in
from run_contracts.traffic.exchange import Request, Response
from run_contracts.types import DialectName, Edition, JudgedKind
from tests import samples
from tests.contract.test_data import MODELS

DECEMBER_2023 = 1_701_388_800
EXAMPLE_DAY = 1_699_075_072
"""The day of the examples in documents of both editions, which people copy into mocks."""
MAY_2024 = 1_714_566_000
MAY_2025 = 1_747_000_000
KINDS: tuple[JudgedKind, ...] = (
    "run",
    "run_step",
    "run_step_delta",
    "message",
    "message_delta",
    "thread",
    "assistant",
    "error",
    "run_list",
    "run_step_list",
    "message_list",
)
CALL = {"id": "call_1", "type": "retrieval", "retrieval": {}}
CALLS = {"type": "tool_calls", "tool_calls": [CALL]}
SIGNS: dict[str, tuple[Any, tuple[Edition, DialectName | None]]] = {
    "the day": (
        samples.run(edition="v1") | {"created_at": DECEMBER_2023},
        ("v1", "openai-2023-11"),
    ),
    "file_ids": ({"object": "assistant", "created_at": MAY_2025, "file_ids": []}, ("v1", None)),
    "retrieval": (
        {"object": "thread.run", "created_at": MAY_2025, "tools": [{"type": "retrieval"}]},
        ("v1", None),
    ),
    "a call of retrieval": (
        {"object": "thread.run.step", "created_at": MAY_2025, "step_details": CALLS},
        ("v1", None),
    ),
    "a delta of retrieval": (
        {"object": "thread.run.step.delta", "delta": {"step_details": CALLS}},
        ("v1", None),
    ),
    "fields of v2 on an old day": (samples.run() | {"created_at": EXAMPLE_DAY}, ("v2", None)),
    "milliseconds": (samples.run() | {"created_at": MAY_2025 * 1000}, ("v2", None)),
    "an approval": (
        samples.run() | {"required_action": {"type": "submit_tool_approval"}},
        ("v2", "azure-agents"),
    ),
    "a gateway": (
        {"error": {"code": "404", "message": "Resource not found"}},
        ("v2", "azure-agents"),
    ),
    "what is absent in May 2024": (
        {k: v for k, v in samples.run().items() if k != "parallel_tool_calls"}
        | {"created_at": MAY_2024},
        ("v2", "openai-2024-04-v2"),
    ),
    "required_action absent": (
        {k: v for k, v in samples.run().items() if k != "required_action"},
        ("v2", None),
    ),
    "a tool whose parameters are of such a type": (
        samples.run()
        | {
            "tools": [
                {"type": "function", "function": {"name": "f", "parameters": {"type": "mcp"}}}
            ]
        },
        ("v2", None),
    ),
    "nothing": ([1, "x", None], ("v2", None)),
}


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_shows_edition_and_dialect(sign: str) -> None:
    """Fields beat days; what is absent, copied or odd is no sign by itself."""
    value, expected = SIGNS[sign]
    assert spoken_by(value)[:2] == expected


def test_what_says_nothing_speaks_as_what_was_before() -> None:
    """A list of nothing, a text delta."""
    before = Spoken("v1", "openai-2024-01", "created on 2024-02-01")
    for value in ({"object": "list", "data": []}, {"delta": {"content": []}}, None):
        assert spoken_by(value, otherwise=before) == before


def _values(edition: Edition) -> Iterator[tuple[JudgedKind, Any]]:
    made = factory(edition, seed=11)
    for kind in KINDS:
        yield from ((kind, case.value) for case in edge_cases(edition, kind=kind))
        if not kind.endswith("_list"):
            yield from ((kind, made.value(kind)) for _ in range(20))


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_what_is_right_in_its_edition_is_right_in_what_is_found_out(edition: Edition) -> None:
    """Alone, and as the SDK writes it."""
    wrong, seen = [], Counter[str]()
    for kind, value in _values(edition):
        for shown in (value, *_dumps(kind, value)):
            spoken = spoken_by(shown)
            wrong += violations(shown, kind=kind, edition=spoken.edition, dialect=spoken.dialect)
            seen[str(spoken.dialect)] += 1
    assert wrong == []
    assert seen["sdk-dump"] > 80


def _dumps(kind: str, value: Any) -> Iterator[Any]:
    if kind in MODELS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydantic's, of values that its models do not know
            yield json.loads(construct_type(value=value, type_=MODELS[kind]).model_dump_json())


def test_a_null_of_a_server_is_no_dump() -> None:
    """A clone that has null where nothing belongs is wrong; only a dump's order excuses it."""
    tools = [{"type": "file_search", "file_search": None}]
    assert spoken_by(samples.run() | {"tools": tools}).dialect is None


def _pair(
    value: Any, url: str = "https://h/v1/threads/t/runs/r", **headers: str
) -> tuple[Request, Response]:
    answered = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    asked = tuple(one for one in answered if one[0] == "openai-beta")
    return (
        Request(method="GET", url=url, headers=asked),
        Response(
            status=200,
            headers=(("content-type", "application/json"), *answered),
            body=json.dumps(value).encode(),
        ),
    )


AZURE = "https://x.openai.azure.com/openai/threads/t/runs/r?api-version="
AGENTS = "https://x.services.ai.azure.com/api/projects/p/threads/t/runs/r?api-version=v1"
RUN = samples.run() | {"created_at": MAY_2025}
EMPTY = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
SESSIONS: dict[str, tuple[tuple[Request, Response], tuple[Edition, DialectName | None]]] = {
    "a header": (_pair(EMPTY, openai_beta="assistants=v1"), ("v1", None)),
    "a header that was rewritten": (_pair(RUN, openai_beta="assistants=v1"), ("v2", None)),
    "api-version": (_pair(EMPTY, AZURE + "2024-02-15-preview"), ("v1", "azure-2024-02-15-preview")),
    "a host of agents": (_pair(RUN, AGENTS), ("v2", "azure-agents")),
    "a header of Azure": (_pair(RUN, apim_request_id="1"), ("v2", "azure-2024-08-01-preview")),
    "no sign of Azure": (_pair(RUN), ("v2", None)),
}


@pytest.mark.parametrize("sign", SESSIONS)
def test_a_session_shows_edition_and_dialect(sign: str) -> None:
    """By what it holds, then by its days, headers and versions."""
    pair, expected = SESSIONS[sign]
    assert spoken_in([pair])[:2] == expected


def test_wrong_answers_stay_wrong_in_what_is_found_out() -> None:
    """A status that is none, in a dump, in an old run, in a run of Azure's agents."""
    dumped = next(_dumps("run", samples.run() | {"tools": [{"type": "file_search"}]}))
    for value in (dumped, *(SIGNS[name][0] for name in ("the day", "an approval"))):
        spoken = spoken_by(value)
        broken = violations(
            value | {"status": "done"}, edition=spoken.edition, dialect=spoken.dialect
        )
        assert "RUN-SHAPE-006" in {one.requirement for one in broken}, spoken
