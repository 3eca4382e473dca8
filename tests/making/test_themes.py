"""What a run is told, offers, calls and answers is of one theme, and what the caller fixed wins."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest
from hypothesis import given, settings

from run_contracts import strategies
from run_contracts.factories import factory, make_run
from run_contracts.making.called_functions import offer
from run_contracts.making.generators.content import PLAIN_THEME, REPLIES_ON, words_of
from run_contracts.making.generators.themes import THEMES
from run_contracts.making.wishes import Free

EDITIONS = pytest.mark.parametrize("edition", ["v1", "v2"])
TOOLS: dict[str, set[str]] = defaultdict(set)
"""What may be offered, by theme."""
for theme in THEMES:
    TOOLS[theme.assistant].update(*theme.offers)
    TOOLS[theme.assistant].add("retrieval")
TWICE: list[Any] = ["requires_action", "queued", "in_progress"] * 2
OWN: Any = {"type": "function", "function": {"name": "mine", "parameters": {"type": "object"}}}


def told(run: Any, locale: str = "en_US") -> str | None:
    """Return the theme of the instructions of a run; None if they are of none."""
    known = {one["instructions"]: one["theme"] for one in words_of(locale).assistants}
    theme: str | None = known.get(run["instructions"])
    return theme


def offered(run: Any) -> list[str]:
    """Return the names of the functions that a run offers, and the kinds of its other tools."""
    return [tool.get("function", {}).get("name") or tool["type"] for tool in run["tools"]]


def asked(run: Any) -> list[str]:
    """Return the names of the functions that a run waits for."""
    action = run["required_action"] or {"submit_tool_outputs": {"tool_calls": []}}
    return [call["function"]["name"] for call in action["submit_tool_outputs"]["tool_calls"]]


@EDITIONS
@pytest.mark.parametrize("locale", ["en_US", "ja_JP"])
def test_tools_and_calls_are_of_the_theme_of_the_instructions(edition: Any, locale: str) -> None:
    """And without instructions of one theme, whichever."""
    for run in factory(edition, seed=1, locale=locale).runs(400):
        theme = told(run, locale)
        names = {*offered(run), *asked(run)}
        assert any(names <= TOOLS[one] for one in ([theme] if theme else TOOLS))


@EDITIONS
def test_each_theme_comes_and_most_runs_have_one(edition: Any) -> None:
    """Runs without instructions are some, as recorded ones are."""
    found = Counter(told(run) for run in factory(edition, seed=2).runs(600))
    assert found.keys() == {None, *TOOLS}
    assert 60 < found[None] < 240


@EDITIONS
def test_lives_keep_to_their_theme(edition: Any) -> None:
    """What is called in any round is of it, and so is the reply."""
    made, words = factory(edition, seed=3), words_of("en_US")
    for _ in range(60):
        life: Any = made.history(path=["queued", "in_progress", *TWICE, "completed"])
        called = {name for run in life for name in asked(run)}
        assert any(called <= TOOLS[theme] for theme in TOOLS)
        events: Any = made.stream("completed", resumed=True)
        run = events[-2]["data"]
        if told(run) is not None:
            replies = words.sentences[f"{REPLIES_ON}{told(run)}"]
            said = "".join(pieces(events))
            assert not said or said.startswith(replies)


def pieces(events: Any) -> Any:
    """Yield the pieces of text of a stream's reply."""
    for event in events:
        if event["event"] == "thread.message.delta":
            for part in event["data"]["delta"]["content"]:
                yield part["text"]["value"] if part["type"] == "text" else ""


def test_beside_what_the_caller_fixed_stands_nothing_of_another_theme() -> None:
    """Of functions nobody knows nothing is said, and no others are offered."""
    for seed in range(30):
        runs: list[Any] = [
            make_run(seed=seed, calls=[("weather", {"city": "Oslo"})]),
            make_run("requires_action", seed=seed, tools=[OWN]),
            factory(seed=seed).history("completed", calls=["weather"])[-1],
        ]
        for run in runs:
            assert told(run) in {None, PLAIN_THEME}
            assert {*offered(run)} <= {"weather", "mine", "code_interpreter", "file_search"}


@EDITIONS
def test_a_tool_is_seldom_forced(edition: Any) -> None:
    """Recorded runs leave it to the model."""
    found = Counter(str(run["tool_choice"]) for run in factory(edition, seed=4).runs(600))
    assert found["auto"] > 480
    assert len(found) >= 4


def test_what_is_called_is_not_cut_from_full_tools() -> None:
    """A new function takes the place of a tool that nobody called, wherever the others stand."""
    run: Any = {"tools": [{"type": "function", "function": {"name": f"f{n}"}} for n in range(20)]}
    offer(run, ["f19", "new", "f7"], Free(), 20)
    assert len(run["tools"]) == 20
    assert {"f19", "new", "f7"} <= {*offered(run)}


@given(strategies.histories(path=["queued", "in_progress", *TWICE, "completed"]))
@settings(max_examples=100, deadline=None)
def test_what_any_round_called_is_offered_all_the_time(life: Any) -> None:
    """Also where the tools are as many as there may be, and another round calls others."""
    called = {name for run in life for name in asked(run)}
    assert called <= {*offered(life[-1])}
    assert {len(run["tools"]) for run in life} == {len(life[-1]["tools"])}
