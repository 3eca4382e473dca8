"""The same seed makes the same bytes; without one, the state of `random` decides."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from typing import Any

import pytest
from faker import Faker
from faker.config import AVAILABLE_LOCALES

from run_contracts import factories, violations
from run_contracts.factories import RunProvider

SAY = """
import json, sys
from run_contracts import factories
for edition in ("v1", "v2"):
    made = factories.factory(edition, seed=7, locale="de_DE")
    values = [made.runs(20), made.step(), made.run_list(3), made.history(), made.stream()]
    print(json.dumps(values))
"""


def _said(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", SAY], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_same_seed_gives_the_same_bytes_in_every_process() -> None:
    """Whatever order sets and dictionaries have in a process."""
    first, second = _said("0"), _said("4242")
    assert first == second
    assert first.count("\n") == 2


def test_other_seeds_give_other_runs() -> None:
    """Seeds differ, numbers and words."""
    ids = {factories.make_run(seed=seed)["id"] for seed in (1, 2, "1", "two")}
    assert len(ids) == 4


def test_without_a_seed_the_state_of_random_decides() -> None:
    """So that plugins which seed `random` make tests repeatable."""
    random.seed(5)
    first = factories.make_run()
    random.seed(5)
    assert factories.make_run() == first
    assert factories.make_run() != first


@pytest.mark.filterwarnings("ignore:fr_QC locale is deprecated")
@pytest.mark.parametrize("status", ["failed", "requires_action"])
def test_every_locale_makes_legal_runs(status: str) -> None:
    """Texts come from the locale, and stay within the bounds."""
    made = {one: factories.make_run(status, seed=1, locale=one) for one in AVAILABLE_LOCALES}
    assert {locale: violations(run) for locale, run in made.items() if violations(run)} == {}


def test_texts_are_of_the_locale() -> None:
    """A Japanese run is written in Japanese."""
    runs = factories.make_runs(20, seed=1, locale="ja_JP")
    texts = [run["instructions"] or "" for run in runs]
    assert any("\u3040" <= letter <= "\u30ff" for one in texts for letter in one)


def test_a_run_is_believable() -> None:
    """What is called or forced is offered, and a forced tool names a function only if it is one."""
    for run in factories.make_runs(300, seed=3):
        offered = {tool["function"]["name"] for tool in run["tools"] if "function" in tool}
        action: Any = run["required_action"]
        calls = action["submit_tool_outputs"]["tool_calls"] if action else []
        assert bool(calls) == (run["status"] == "requires_action")
        assert {call["function"]["name"] for call in calls} <= offered
        choice: Any = run["tool_choice"]
        if isinstance(choice, dict):
            assert (choice["type"] == "function") == ("function" in choice)
        for call in calls:
            assert isinstance(json.loads(call["function"]["arguments"]), dict)


def test_fakers_provider_makes_everything() -> None:
    """Runs, steps, lists, histories, streams and ids, by the generator's seed and locale."""
    fake = Faker("ja_JP")
    fake.add_provider(RunProvider)
    fake.seed_instance(4)
    first = fake.run("failed")
    assert violations(first) == ()
    assert violations(fake.run_step(), kind="run_step") == ()
    assert violations(fake.run_list(2, edition="v1"), kind="run_list", edition="v1") == ()
    assert fake.run_history("cancelled")[-1]["status"] == "cancelled"
    assert fake.run_stream()[-1]["data"] == "[DONE]"
    prefixes = {
        "run_": fake.run_id,
        "thread_": fake.thread_id,
        "asst_": fake.assistant_id,
        "step_": fake.run_step_id,
        "msg_": fake.message_id,
        "call_": fake.tool_call_id,
    }
    for prefix, make in prefixes.items():
        assert make().startswith(prefix)
    fake.seed_instance(4)
    assert fake.run("failed") == first
    assert first["last_error"]["message"].isascii()
