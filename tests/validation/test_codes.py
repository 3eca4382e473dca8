"""Codes: each is in the table, is used, and has the parameters that its sentence needs."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import run_contracts
from run_contracts import violations
from run_contracts.errors import HarnessError
from run_contracts.validation.codes import RENDERERS, codes, sentence
from tests.samples import run

SOURCE = Path(run_contracts.__file__).parent
OWN = frozenset({"holds", "actual", "code", "pointer"})
"""Parameters of what decides, which are not those of the sentence."""
FOURTH = frozenset({"broken", "body_violation"})
"""Functions whose fourth argument is a code."""


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((*(SOURCE / "checks").rglob("*.py"), *(SOURCE / "validation").glob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.stem, node


def _used() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield where a code is used, the code, and the parameters that are given with it."""
    for module, call in _calls():
        given = {one.arg: one.value for one in call.keywords if one.arg}
        code = given.get("code")
        if isinstance(call.func, ast.Name) and call.func.id in FOURTH and len(call.args) > 3:
            code = call.args[3]
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            yield f"{module}:{call.lineno}", code.value, frozenset(given) - OWN


def test_a_code_that_is_used_is_in_the_table_with_its_parameters() -> None:
    """A sentence that lacks a parameter would fail while a failure is told."""
    used = list(_used())
    table = codes()
    assert len(used) > 80
    assert [
        one for one in used if one[1] not in table or one[2] != table[one[1]].parameters.keys()
    ] == []


def test_every_code_of_the_table_is_used() -> None:
    """A code that nothing breaks is a promise to nobody."""
    texts = [path.read_text(encoding="utf-8") for path in (SOURCE / "validation").glob("*.py")]
    for room in ("checks", "conduct"):
        texts += [path.read_text(encoding="utf-8") for path in (SOURCE / room).rglob("*.py")]
    assert [code for code in codes() if not any(f'"{code}"' in text for text in texts)] == []


def test_a_code_is_a_short_word_whose_sentence_names_its_parameters() -> None:
    """Lower case and hyphens; each parameter has a type that can be rendered, and is rendered."""
    for name, code in codes().items():
        named = {field for _, field, _, _ in string.Formatter().parse(code.sentence) if field}
        assert re.fullmatch("[a-z]+(-[a-z]+){0,3}", name)
        assert named == code.parameters.keys(), name
        assert set(code.parameters.values()) <= RENDERERS.keys(), name


def test_a_value_in_a_sentence_is_short_and_is_no_template() -> None:
    """What a server answered is rendered as it is, braces and all, and cut."""
    said = sentence("not-as-asked", {"wanted": ["{wanted}" * 100]})
    assert said.startswith('what was asked for: ["{wanted}{wanted}')
    assert said.endswith(" ...")


@pytest.mark.parametrize("parameters", [{}, {"first": "created_at"}, {"least": 1, "most": 2}])
def test_parameters_that_do_not_fit_are_our_own_error(parameters: dict[str, object]) -> None:
    """Neither too few nor others."""
    with pytest.raises(HarnessError, match="parameters of order"):
        sentence("order", parameters)


def test_an_unknown_code_is_our_own_error() -> None:
    """No sentence is made up."""
    with pytest.raises(HarnessError, match="no code 'tea'"):
        sentence("tea", {})


def _most(bound: int, unit: str) -> dict[str, Any]:
    return {"bound": bound, "unit": unit}


WITHOUT_OBJECT = {name: value for name, value in run().items() if name != "object"}
SHAPES: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "characters": (run(metadata={"k": "v" * 513}), "too-many", _most(512, " characters")),
    "pairs": (run(metadata={f"k{at}": "v" for at in range(17)}), "too-many", _most(16, " pairs")),
    "items": (run(tools=[{"type": "file_search"}] * 129), "too-many", _most(128, " items")),
    "no unit": (run(max_prompt_tokens=-1), "too-few", _most(0, "")),
    "type": (run(created_at="now"), "type", {"types": ["integer"]}),
    "types": (run(started_at="now"), "type", {"types": ["integer", "null"]}),
    "constant": (run(object="thread"), "const", {"value": "thread.run"}),
    "missing": (WITHOUT_OBJECT, "missing", {"form": "thread.run"}),
    "union": (run(usage="none"), "form", {"forms": ["a usage", "null"]}),
    "word": (
        run(truncation_strategy={"type": "shorter"}),
        "enum",
        {"values": ["auto", "last_messages"]},
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_departure_from_the_schema_has_its_code_and_parameters(name: str) -> None:
    """What a sentence is rendered from is data that others can read."""
    value, code, parameters = SHAPES[name]
    (violation,) = violations(value)
    assert (violation.code, dict(violation.parameters)) == (code, parameters)
