"""Texts read like the thing they are, in the language that was asked for."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from run_contracts.making.generators.offered_functions import FUNCTIONS, OfferedFunction
from run_contracts.making.generators.offered_models import (
    MODELS_BY_EDITION,
    REASONING_MODELS,
    YEARS_BY_EDITION,
)

functions = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda one: one.name)


@functions
def test_arguments_fit_the_parameters_of_their_function(function: OfferedFunction) -> None:
    """Judged as a schema of JSON Schema 2020-12, which it is itself."""
    Draft202012Validator.check_schema(function.parameters)
    validator = Draft202012Validator(function.parameters)
    assert [list(validator.iter_errors(one)) for one in function.arguments] == [[]] * len(
        function.arguments
    )
    assert not validator.is_valid({})


@functions
def test_each_call_of_a_function_has_its_output(function: OfferedFunction) -> None:
    """There are several, no two alike, and outputs are JSON texts."""
    assert len(function.arguments) == len(function.outputs) >= 3
    assert len(set(function.outputs)) == len(function.outputs)
    assert all(isinstance(json.loads(output), dict) for output in function.outputs)


@functions
def test_names_of_functions_are_those_that_servers_take(function: OfferedFunction) -> None:
    """Letters, digits, underscores and dashes, 64 at most."""
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", function.name)


def test_the_models_of_each_edition_are_apart_from_the_years_of_the_other() -> None:
    """No run of v1 has a model of v2 that was not there yet, nor does v2 begin before v1 ends."""
    assert not {one for one in MODELS_BY_EDITION["v1"] if one.startswith(("gpt-4o", "gpt-4.1"))}
    assert set(MODELS_BY_EDITION["v2"]) > REASONING_MODELS
    assert YEARS_BY_EDITION["v1"][1] < YEARS_BY_EDITION["v2"][0] < YEARS_BY_EDITION["v2"][1]
