"""Texts read like the thing they are, in the language that was asked for."""

from __future__ import annotations

import contextlib
import io
import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from run_contracts import factories
from run_contracts.making.generators.content import PHRASES, words_of
from run_contracts.making.generators.error_messages import (
    API_ERRORS,
    MESSAGES_BY_CODE,
    about_model,
)
from run_contracts.making.generators.offered_functions import (
    FUNCTIONS,
    FUNCTIONS_BY_NAME,
    OfferedFunction,
)
from run_contracts.making.generators.offered_models import (
    MODELS_BY_EDITION,
    REASONING_MODELS,
    YEARS_BY_EDITION,
)
from run_contracts.making.generators.specimens import CODE_AND_LOGS, PAIRS

LANGUAGES = {
    "de": "de_DE",
    "en": "en_US",
    "es": "es_ES",
    "fr": "fr_FR",
    "it": "it_IT",
    "ja": "ja_JP",
    "nl": "nl_NL",
    "pl": "pl_PL",
    "pt": "pt_BR",
    "zh": "zh_CN",
}
LOCALES = tuple(LANGUAGES.values())
"""A locale of each language that has sentences of its own."""
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


def test_each_language_has_its_sentences() -> None:
    """There are ten files, of the same kinds of sentences with the same number of each."""
    assert {path.stem for path in PHRASES.iterdir()} == LANGUAGES.keys()
    kinds = [{kind: len(all_) for kind, all_ in words_of(one).sentences.items()} for one in LOCALES]
    assert kinds == [kinds[0]] * len(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_people_say_is_in_the_language_of_the_locale(locale: str) -> None:
    """Instructions, questions and answers are of its file, with all names filled in."""
    made, words = factories.factory("v1", seed=1, locale=locale), words_of(locale)
    for _ in range(20):
        assert made.run()["instructions"] in {None, *words.sentences["instructions"]}
        asked = made.value("create_message_request")
        kind = "questions" if asked["role"] == "user" else "replies"
        assert asked["content"] in words.sentences[kind]
        assistant = made.value("assistant")
        names = {key: assistant[key] for key in ("name", "description") if assistant[key]}
        assert any(names.items() <= one.items() for one in words.assistants)
    assert not any("{" in text for texts in words.sentences.values() for text in texts)


@pytest.mark.parametrize("locale", ["ko_KR", "zh_TW"])
def test_other_locales_have_english_sentences_with_their_own_names(locale: str) -> None:
    """Taiwan does not write as the file of Chinese does."""
    text = words_of(locale).texts("instructions")[0]
    assert text.startswith("You are a patient support agent of ")
    assert not text.isascii()


def said_of(model: str, messages: tuple[str, ...]) -> set[str]:
    """Return what messages say when they are about a model."""
    return {about_model(message, model) for message in messages}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_the_message_of_an_error_fits_its_code(edition: str, locale: str) -> None:
    """Of runs and of steps, in English in each locale, also where the code is fixed."""
    made = factories.factory(edition, seed=2, locale=locale)
    for code, messages in MESSAGES_BY_CODE.items():
        run: Any = made.run("failed", last_error__code=code)
        assert run["last_error"]["message"] in said_of(run["model"], messages)
    for _ in range(20):
        run = made.run("failed")
        error: Any = run["last_error"]
        assert error["message"] in said_of(run["model"], MESSAGES_BY_CODE[error["code"]])
        error = made.step("failed")["last_error"]
        assert error["message"] in MESSAGES_BY_CODE[error["code"]]


def test_a_message_that_is_fixed_stays_with_a_code_that_it_fits() -> None:
    """One that no server ever said comes with any code."""
    for code, messages in MESSAGES_BY_CODE.items():
        for message in messages:
            error: Any = factories.make_run("failed", last_error__message=message)["last_error"]
            assert error == {"code": code, "message": message}
    error = factories.make_run("failed", last_error__message="Bang!")["last_error"]
    assert error["message"] == "Bang!"
    assert error["code"] in MESSAGES_BY_CODE


def test_a_message_is_about_the_model_of_the_run() -> None:
    """Where it names one at all, and nobody fixed it."""
    for seed in range(30):
        run: Any = factories.make_run("failed", seed=seed, model="m-1")
        assert "gpt-" not in run["last_error"]["message"]
    limit = MESSAGES_BY_CODE["rate_limit_exceeded"][1]
    assert about_model(limit, "o1").startswith("Rate limit reached for o1 on tokens per min")
    sorry = MESSAGES_BY_CODE["server_error"][0]
    assert about_model(sorry, "o1") == sorry


def test_what_a_refusal_says_fits_together() -> None:
    """Type, code, parameter and message are of one kind, also where one of them is fixed."""
    made = factories.factory("v2", seed=3)
    for _ in range(50):
        assert made.value("error")["error"] in API_ERRORS
    fixed = made.value("error", error__param="tool_choice")["error"]
    assert fixed["code"] == "invalid_value"
    assert "'required'" in fixed["message"]


def test_a_tool_and_a_call_are_those_of_one_function() -> None:
    """What a tool offers is a function of the table, and a call has arguments that fit it."""
    made = factories.factory("v2", seed=4)
    for _ in range(50):
        request = made.value("create_run_request")
        for tool in request.get("tools") or ():
            if tool["type"] == "function":
                offered = FUNCTIONS_BY_NAME[tool["function"]["name"]]
                described = {
                    name: getattr(offered, name) for name in tool["function"].keys() - {"strict"}
                }
                assert {**tool["function"], **described} == tool["function"]
        action: Any = made.run("requires_action")["required_action"]
        for call in action["submit_tool_outputs"]["tool_calls"]:
            called = FUNCTIONS_BY_NAME[call["function"]["name"]]
            assert json.loads(call["function"]["arguments"]) in called.arguments


def test_a_function_of_the_callers_own_keeps_its_name() -> None:
    """The description and the parameters are those of one function of the table."""
    fixed: Any = {"tools__0__type": "function", "tools__0__function__name": "my_function"}
    described = {one.description: one.parameters for one in FUNCTIONS}
    found = 0
    for seed in range(20):
        offered: Any = factories.make_run(seed=seed, **fixed)["tools"][0]["function"]
        assert offered["name"] == "my_function"
        if "description" in offered and "parameters" in offered:
            found += 1
            assert described[offered["description"]] == offered["parameters"]
    assert found


@pytest.mark.parametrize(("code", "logs"), CODE_AND_LOGS, ids=lambda text: text.split()[0])
def test_code_gives_its_logs(code: str, logs: str) -> None:
    """What is printed is what the logs say."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, {})
    assert printed.getvalue().strip() == logs


def test_code_that_ran_has_its_own_logs_or_an_image() -> None:
    """In steps of the code interpreter."""
    made, found = factories.factory("v2", seed=6), set()
    for _ in range(40):
        details: Any = made.step("completed", step_details__tool_calls__0__type="code_interpreter")
        ran = details["step_details"]["tool_calls"][0]["code_interpreter"]
        (output,) = ran["outputs"]
        found.add(output["type"])
        if output["type"] == "logs":
            assert (ran["input"], output["logs"]) in CODE_AND_LOGS
        else:
            assert "plt." in ran["input"]
            assert re.fullmatch(r"file-\w{24}", output["image"]["file_id"])
    assert found == {"logs", "image"}


def test_an_answer_that_cites_a_file_says_where() -> None:
    """The mark of a citation stands in the text at the indices it has."""
    made, cited = factories.factory("v2", seed=7), 0
    for _ in range(200):
        content: Any = made.value("message")["content"]
        for part in content:
            for mark in part["text"]["annotations"] if part["type"] == "text" else ():
                cited += 1
                assert (
                    part["text"]["value"][mark["start_index"] : mark["end_index"]] == mark["text"]
                )
    assert cited > 3


def test_pairs_of_metadata_go_together() -> None:
    """A key has a value of its own kind, and what is fixed stays."""
    made, usual = factories.factory("v2", seed=8), PAIRS["metadata"]
    sizes = set()
    for _ in range(50):
        pairs: Any = made.run(metadata__tenant="acme")["metadata"]
        assert pairs.pop("tenant") == "acme"
        sizes.add(len(pairs))
        assert all(value in usual[key] for key, value in pairs.items())
    assert sizes == {0, 1, 2}


def test_metadata_that_is_fixed_is_not_written_over() -> None:
    """Even if it has a key that is made otherwise, with a value of another kind."""
    for seed in range(20):
        fixed = factories.make_run(seed=seed, metadata__team="x", metadata__ticket="y")["metadata"]
        assert fixed is not None
        assert (fixed["team"], fixed["ticket"]) == ("x", "y")
