"""What the caller wishes for: fixed fields, drawn fields, and clear words where it cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from run_contracts import UsageError, factories, strategies, violations

CALLS = "required_action__submit_tool_outputs__tool_calls"
IMPOSSIBLE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "status": ({"status": "complete"}, ["'complete'", "did you mean 'completed'"]),
    "status of the other edition": (
        {"status": "incomplete", "edition": "v1"},
        ["'incomplete'", "edition v1"],
    ),
    "edition": ({"edition": "v3"}, ["'v3'", "v1, v2"]),
    "dialect": ({"dialect": "azur"}, ["'azur'", "azure-agents"]),
    "field": ({"modle": "x"}, ["'modle'", "did you mean 'model'"]),
    "nested field": ({"usage__totl_tokens": 1}, ["usage of a run", "did you mean 'total_tokens'"]),
    "field of an item": ({"tools__0__typ": "function"}, ["tools__0", "did you mean 'type'"]),
    "contradiction with the status": (
        {"status": "queued", "completed_at": 5},
        ["RUN-STATUS-006", "completed_at=5", "near_misses('RUN-STATUS-006')"],
    ),
    "something inside what must be null": (
        {"status": "queued", f"{CALLS}__0__id": "c"},
        ["RUN-STATUS-012"],
    ),
    "sum that is none": (
        {"usage__prompt_tokens": 9, "usage__total_tokens": 5},
        ["RUN-USAGE-001", "/usage/total_tokens"],
    ),
    "time that runs backwards": (
        {"created_at": 9, "started_at": 5},
        ["RUN-TIME-001", "started_at"],
    ),
    "wrong type": ({"created_at": "now"}, ["RUN-SHAPE-003", "integer"]),
    "wrong word": ({"tool_choice": "maybe"}, ["RUN-SHAPE-025"]),
    "too much metadata": (
        {"metadata": {str(at): "x" for at in range(17)}},
        ["RUN-META-001", "16"],
    ),
    "foreign id": ({"id": "42"}, ["RUN-ID-001", "run_"]),
    "no JSON": ({"metadata__team": object()}, ["metadata__team", "of type object", "JSON"]),
    "not a number": ({"temperature": float("nan")}, ["temperature", "nan", "JSON"]),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_factory_refuses_what_cannot_be(name: str) -> None:
    """The error names the argument, what it would break, and what is allowed."""
    wish, words = IMPOSSIBLE[name]
    with pytest.raises(UsageError) as refusal:
        factories.make_run(**wish)
    assert "\n" not in str(refusal.value)
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_strategy_refuses_what_cannot_be(name: str) -> None:
    """The same words come as hypothesis' own error, when the strategy is asked for."""
    wish, words = IMPOSSIBLE[name]
    with pytest.raises(InvalidArgument) as refusal:
        strategies.runs(**wish)
    for word in words:
        assert word in str(refusal.value)


@pytest.mark.parametrize("n", [-1, True, 1.0, "2"])
def test_a_number_of_runs_is_a_whole_number(n: Any) -> None:
    """A negative or odd number is refused by name."""
    with pytest.raises(UsageError, match=r"n is .*; give how many"):
        factories.make_runs(n)


def test_an_unknown_locale_is_refused() -> None:
    """The locales that faker has are listed."""
    with pytest.raises(UsageError, match=r"locale 'xx'.*ja_JP"):
        factories.make_run(locale="xx")


def test_lists_ask_for_sizes_that_can_be() -> None:
    """More at least than at most is refused."""
    with pytest.raises(InvalidArgument, match="min_size=3 and max_size=1"):
        strategies.run_lists(min_size=3, max_size=1)


def test_streams_end_in_statuses_that_streams_end_in() -> None:
    """Queued is no end of a stream; the ends are listed."""
    with pytest.raises(InvalidArgument, match=r"'queued'; it may end completed"):
        strategies.event_streams(ending="queued")
    with pytest.raises(UsageError, match="'incomplete'"):
        factories.factory("v1").stream("incomplete")


def test_a_path_follows_the_life_cycle() -> None:
    """A history along a path that is none says where it leaves the life cycle."""
    made = factories.factory(seed=1)
    with pytest.raises(UsageError, match="'completed' cannot follow 'queued' at once"):
        made.history(path=["queued", "completed"])
    with pytest.raises(UsageError, match="a life begins queued"):
        made.history(path=["in_progress"])


@given(strategies.runs(status="completed", usage__total_tokens=7, metadata__team="x"))
@settings(max_examples=50, deadline=None)
def test_what_depends_on_a_fixed_field_follows_it(run: Any) -> None:
    """A fixed total splits into its parts, and a fixed pair stands in the metadata."""
    assert run["usage"]["prompt_tokens"] + run["usage"]["completion_tokens"] == 7
    assert run["metadata"]["team"] == "x"
    assert violations(run) == ()


@given(strategies.runs(completed_at=1_700_000_000))
@settings(max_examples=50, deadline=None)
def test_a_status_is_chosen_that_allows_what_is_fixed(run: Any) -> None:
    """Only statuses with completed_at remain, and earlier moments come before it."""
    assert run["status"] in ("completed", "incomplete", "expired")
    assert run["created_at"] <= (run["started_at"] or 0) <= 1_700_000_000 or not run["started_at"]
    assert violations(run) == ()


@given(
    strategies.runs(
        status="completed",
        drawn={
            "metadata__team": st.sampled_from(["red", "blue"]),
            "usage__prompt_tokens": st.integers(1, 3),
        },
    )
)
@settings(max_examples=50, deadline=None)
def test_a_field_is_drawn_from_the_callers_strategy(run: Any) -> None:
    """Strategies go into `drawn`, by the same names, and what depends on them follows."""
    assert run["metadata"]["team"] in ("red", "blue")
    assert run["usage"]["prompt_tokens"] in (1, 2, 3)
    assert violations(run) == ()


def test_what_is_drawn_must_be_legal_too() -> None:
    """A drawn value that breaks a rule is an invalid argument, which names the rule."""
    with pytest.raises(InvalidArgument, match=r"drawn breaks RUN-STATUS-018 .*near_misses"):
        find(strategies.runs(status="completed", drawn={"usage": st.none()}), lambda _: True)


def test_drawn_holds_strategies_and_nothing_twice() -> None:
    """A plain value in `drawn`, or a field given both ways, is refused by name."""
    with pytest.raises(InvalidArgument, match=r"drawn\['model'\] is of type str"):
        strategies.runs(drawn={"model": "gpt-4o"})  # type: ignore[dict-item] # on purpose
    with pytest.raises(InvalidArgument, match="model is given twice"):
        strategies.runs(model="a", drawn={"model": st.just("b")})


def test_items_are_reached_by_their_number() -> None:
    """A number reaches into a list, and everything before it is there, too."""
    run = factories.make_run(seed=1, tools__1__function__name="f", **{f"{CALLS}__0__id": "call_9"})
    assert run["tools"][1]["function"]["name"] == "f"
    assert run["required_action"] is not None
    assert run["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"] == "call_9"
    assert run["status"] == "requires_action"


def test_the_type_of_a_step_decides_its_details() -> None:
    """A fixed type takes its details with it."""
    step = factories.factory(seed=1).step(type="tool_calls")
    assert step["type"] == step["step_details"]["type"] == "tool_calls"


def test_fixed_containers_are_not_shared() -> None:
    """What is done to one run is not seen in the next."""
    tools = [{"type": "code_interpreter"}]
    one, other = factories.make_runs(2, "completed", tools=tools)
    one["tools"].clear()
    assert other["tools"] == tools == [{"type": "code_interpreter"}]


def test_texts_that_differ_from_call_to_call_stand_where_they_were_fixed() -> None:
    """One plan makes them all; each run has its own."""
    made = factories.factory(seed=1)
    for number in range(20):
        name = f"run_{number:024d}"
        run = made.run("completed", id=name, model=f"m-{number}", metadata__n=str(number))
        assert (run["id"], run["model"]) == (name, f"m-{number}")
        assert run["metadata"] is not None
        assert run["metadata"]["n"] == str(number)
        assert violations(run) == ()


@pytest.mark.parametrize(
    ("wish", "rule"),
    [({"id": "42"}, "RUN-ID-001"), ({"metadata__a": "x" * 513}, "RUN-META-003")],
)
def test_a_text_that_cannot_be_is_refused_after_one_that_can(
    wish: dict[str, Any], rule: str
) -> None:
    """The plan of a legal text serves no other."""
    made = factories.factory(seed=1)
    (name,) = wish
    made.run("completed", **{name: "run_1" if name == "id" else "x"})
    with pytest.raises(UsageError, match=rule):
        made.run("completed", **wish)


def test_what_the_caller_does_to_a_value_later_is_not_seen() -> None:
    """A list that was fixed is what it was when it was fixed."""
    made, tools = factories.factory(seed=1), [{"type": "code_interpreter"}]
    made.run("completed", tools=tools)
    tools.append({"type": "file_search"})
    assert made.run("completed", tools=[{"type": "code_interpreter"}])["tools"] == tools[:1]
    assert made.run("completed", tools=tools)["tools"] == tools


@given(strategies.runs(drawn={"usage__total_tokens": st.integers(3, 9)}))
@settings(max_examples=50, deadline=None)
def test_a_status_is_chosen_that_allows_what_is_drawn(run: Any) -> None:
    """As with a fixed value, only statuses with a usage remain."""
    assert run["usage"]["total_tokens"] in range(3, 10)
    assert violations(run) == ()
