"""The contract data: schemas, errata, dialects, life cycle, register."""

from __future__ import annotations

import datetime as dt
import json
import re
import warnings
from typing import Any

import jsonpatch
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openai._models import construct_type
from openai.types.beta.threads import Message, Run
from openai.types.beta.threads.runs import RunStep

from run_contracts import load, violations
from run_contracts.contract.files import read_toml
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.readings import Erratum, dialect_named, dialects, errata, inverse
from run_contracts.contract.requirements import Level, client_register, register, register_of
from run_contracts.errors import ContractError, UsageError
from run_contracts.making.edge_cases import edge_cases
from run_contracts.making.near_misses import near_misses
from tests import samples

EDITIONS = ("v1", "v2")
REGISTERS = ("requirements.toml", "client_requirements.toml")
MODELS = {"run": Run, "run_step": RunStep, "message": Message}
NOT_SEEN_IN_DUMPS = {"v1": {"RUN-STATUS-018"}, "v2": {"RUN-SHAPE-027"}}
"""MUSTs that are broken by what a dated dialect lacked, so that null in a dump may be that."""
KINDS = [(edition, kind) for edition in EDITIONS for kind in load(edition).kinds]


@pytest.mark.parametrize(("edition", "kind"), KINDS)
def test_every_schema_is_valid_described_and_resolves(edition: str, kind: str) -> None:
    """Each file is a JSON Schema 2020-12 with a title, a description and no dangling reference."""
    contract = load(edition)
    schema = contract.schema(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["title"]
    assert schema["description"].endswith(".")
    contract.validator(kind)
    list(contract.explainer(kind).iter_errors({}))


@pytest.mark.parametrize("edition", EDITIONS)
def test_errata_undone_and_applied_again_give_the_wire(edition: str) -> None:
    """The published reading and the patches forward are the wire reading, document by document."""
    documents = dict(load(edition, reading="published").documents)
    for erratum in errata():
        for changed, kind, patch in erratum.changes:
            if changed == edition:
                documents[kind] = jsonpatch.apply_patch(documents[kind], patch)
    assert documents == load(edition).documents


@pytest.mark.parametrize("erratum", errata(), ids=lambda one: one.id)
def test_every_erratum_says_what_why_and_when(erratum: Erratum) -> None:
    """A correction without evidence is an opinion."""
    assert erratum.what.endswith(".")
    assert erratum.evidence.endswith(".")
    assert isinstance(erratum.date, dt.date)
    assert erratum.changes


def test_a_patch_that_forgets_the_old_value_cannot_be_undone() -> None:
    """A replace without its test has lost what was published."""
    with pytest.raises(ContractError, match="has no test before it"):
        list(inverse([{"op": "replace", "path": "/a", "value": 1}]))


@pytest.mark.parametrize("name", dialects())
def test_every_dialect_loosens_and_never_tightens(name: str) -> None:
    """What an edition requires of runs a dialect of it requires at most."""
    spoken = dialect_named(name)
    for edition in spoken.editions:
        loose = load(edition, dialect=name).schema("run")
        wire = load(edition).schema("run")
        assert set(loose["required"]) <= set(wire["required"])
        assert set(spoken.fields) <= lifecycle(edition).statuses


OPENED = {
    "tools": [{"type": "mcp", "server_label": "docs"}],
    "required_action": {"type": "submit_tool_approval", "submit_tool_approval": {"tool_calls": []}},
    "tool_choice": {"type": "bing_grounding"},
}


@pytest.mark.parametrize("name", OPENED)
def test_an_open_union_lets_other_types_pass(name: str) -> None:
    """And judges those that it names as everybody does."""
    run = samples.run("requires_action") | {name: OPENED[name]}
    assert violations(run)
    assert violations(run, dialect="azure-agents") == ()
    wrong = samples.run() | {"tools": [{"type": "function", "function": {}}]}
    assert [one.requirement for one in violations(wrong, dialect="azure-agents")] == [
        one.requirement for one in violations(wrong)
    ]


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_what_an_sdk_dumps_holds_in_its_dialect(edition: Any) -> None:
    """Null stands for what was absent, in runs, steps and messages of every edge case."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic's, of values that its models do not know
        for kind, model in MODELS.items():
            for case in edge_cases(edition, kind=kind):
                dumped = json.loads(construct_type(value=case.value, type_=model).model_dump_json())
                assert not violations(dumped, kind=kind, edition=edition, dialect="sdk-dump"), case


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_what_is_wrong_is_wrong_in_a_dump(edition: Any) -> None:
    """By the same rule, unless all that is wrong is that something is absent.

    SDKs write null for that, 1 for true, and what they read as integers as such.
    """
    kept, lost = 0, []
    for miss in near_misses(edition=edition):
        if miss.kind not in MODELS or not isinstance(miss.value, dict):
            continue
        every = violations(miss.value, kind=miss.kind, edition=edition)
        own = [one for one in every if one.requirement == miss.requirement]
        if any(
            one.code == "missing" or one.found is True or one.level is Level.SHOULD for one in own
        ):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = construct_type(value=miss.value, type_=MODELS[miss.kind])
            dumped = json.loads(model.model_dump_json())
        broken = violations(dumped, kind=miss.kind, edition=edition, dialect="sdk-dump")
        is_kept = miss.requirement in {one.requirement for one in broken}
        kept += is_kept
        lost += [] if is_kept else [miss.requirement]
    assert kept > 250
    assert set(lost) == NOT_SEEN_IN_DUMPS[edition]


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    """Every wrong argument of `load` says in one line what is allowed."""
    for arguments in (
        {"edition": "v3"},
        {"reading": "literal"},
        {"dialect": "openai-2022"},
        {"edition": "v2", "dialect": "openai-2023-11"},
    ):
        with pytest.raises(UsageError) as caught:
            load(**arguments)  # type: ignore[arg-type]
        assert (
            "v1" in str(caught.value) or "wire" in str(caught.value) or "azure" in str(caught.value)
        )
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("edition", EDITIONS)
def test_terminal_statuses_have_no_successor_and_all_are_reached_from_birth(edition: str) -> None:
    """The graph of the life cycle begins at create and ends at its terminal statuses."""
    life = lifecycle(edition)
    assert {edge.source for edge in life.edges} | {edge.target for edge in life.edges} == (
        life.statuses | {""}
    )
    assert not any(life.reachable.get(status) for status in life.terminal)
    assert life.reachable[""] == life.statuses


@given(data=st.data(), edition=st.sampled_from(EDITIONS))
def test_reachability_is_transitive(data: Any, edition: str) -> None:
    """What may follow what may follow, may follow."""
    life = lifecycle(edition)
    a, b, c = (data.draw(st.sampled_from(sorted(life.statuses))) for _ in range(3))
    if life.may_follow(a, b) and life.may_follow(b, c):
        assert life.may_follow(a, c)
    assert life.may_follow(a, a)


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_cell_of_the_table_has_exactly_one_requirement(edition: str) -> None:
    """No expectation is judged twice or not at all, and no rule speaks of nothing."""
    life, rules = lifecycle(edition), [r for r in register(edition).on("run") if r.expect]
    used = set()
    for status, cells in life.fields.items():
        for name, wanted in cells.items():
            matching = [
                r
                for r in rules
                if r.fields == (name,) and r.expect == wanted and r.holds_for(status)
            ]
            assert len(matching) == (wanted != "either"), (status, name)
            used |= {r.id for r in matching}
    assert used == {r.id for r in rules}


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_register_is_well_formed(edition: str) -> None:
    """Ids have one form, sentences end, sources are named, and nothing inferred is a MUST."""
    known = [*register(edition).values(), *client_register(edition).values()]
    assert len({requirement.id for requirement in known}) == len(known)
    for requirement in known:
        assert re.fullmatch(r"(RUN|CLIENT)-[A-Z]+-\d{3}", requirement.id)
        assert requirement.sentence.endswith(".")
        assert requirement.source
        assert requirement.why.endswith(".")
        assert requirement.mark in ("STATED", "OBSERVED", "INFERRED")
        assert requirement.mark != "INFERRED" or requirement.level is Level.SHOULD


@pytest.mark.parametrize("file", REGISTERS)
def test_ids_stand_in_order_and_once_in_their_area(file: str) -> None:
    """New numbers are appended; none is given twice."""
    rows = read_toml(file)["requirement"]
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids))
    for area in {row["area"] for row in rows}:
        own = [row["id"] for row in rows if row["area"] == area]
        assert own == sorted(own)


def test_what_was_left_out_says_what_whence_and_why() -> None:
    """A rule that is known and not judged is an entry of its own, not a silence."""
    left_out = read_toml("requirements.toml")["excluded"]
    assert len(left_out) >= 30
    assert len({one["rule"] for one in left_out}) == len(left_out)
    for one in left_out:
        assert set(one) == {"rule", "source", "reason"}
        assert one["rule"].endswith(".")
        assert one["reason"].endswith(".")
        assert one["source"]


def test_no_two_requirements_say_the_same() -> None:
    """Each rule is written once, of servers or of clients."""
    sentences = [row["sentence"] for file in REGISTERS for row in read_toml(file)["requirement"]]
    assert len(sentences) == len(set(sentences))


def test_an_unknown_requirement_is_answered_with_the_nearest() -> None:
    """A typo in an id is easy to mend."""
    with pytest.raises(UsageError, match="did you mean RUN-LIFE-002"):
        register("v2")["RUN-LIFE-02"]
    assert "RUN-LIFE-02" not in register("v2")
    with pytest.raises(UsageError, match="did you mean CLIENT-POLL-001"):
        register_of("client-poll-01", "v2")["client-poll-01"]
