"""What runs and assistants are about: instructions, tools, calls and answers of one theme.

A row is of one theme, so that nobody who edits texts searches flights. Some rows are plain: beside
what the caller fixed, of which nothing is known, they say nothing that could contradict it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from run_contracts.making.forms import Identifier
from run_contracts.making.generators.content import PLAIN_THEME, PREFIXES, Words
from run_contracts.making.generators.offered_functions import FUNCTIONS_BY_NAME
from run_contracts.making.generators.specimens import ANSWER_FORMS

THEME = "#theme"
"""The field of a row that names its theme; of no object that is sent."""
BESIDE = "#beside"
"""The field of a row that names the fields beside which it can stand, whatever they hold."""
ABOUT_RUNS = ("tools", "instructions")
"""The fields without which an object has no theme."""
COMPUTES, SEARCHES_FILES, RETRIEVES = "code_interpreter", "file_search", "retrieval"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The tools that are offered together, by the names of functions and the kinds of others.

    `assistant` is who speaks of it in each language; `form` the form of an answer that fits.
    """

    assistant: str
    offers: tuple[tuple[str, ...], ...]
    form: str = ""


THEMES = (
    Theme(
        assistant="orders",
        form="support_reply",
        offers=(
            ("look_up_order",),
            ("look_up_order", "create_ticket"),
            ("create_ticket", SEARCHES_FILES),
            (SEARCHES_FILES,),
            (),
        ),
    ),
    Theme(assistant="equations", form="equation_solution", offers=((COMPUTES,), (COMPUTES,), ())),
    Theme(
        assistant="travel",
        form="trip",
        offers=(
            ("search_flights",),
            ("get_weather",),
            ("search_flights", "get_weather"),
            ("search_flights", "convert_currency", COMPUTES),
        ),
    ),
    Theme(
        assistant="figures",
        offers=(
            (COMPUTES,),
            ("get_stock_price", COMPUTES),
            ("get_stock_price", "convert_currency"),
        ),
    ),
    Theme(
        assistant="manuals",
        offers=(
            (SEARCHES_FILES,),
            ("search_articles",),
            ("search_articles", "create_ticket", SEARCHES_FILES),
        ),
    ),
    Theme(assistant="texts", offers=((), (SEARCHES_FILES,), (COMPUTES, SEARCHES_FILES))),
    Theme(
        assistant=PLAIN_THEME,
        offers=(("get_weather",), ("send_reminder",), ("send_reminder", "get_weather")),
    ),
    Theme(assistant=PLAIN_THEME, offers=((), (COMPUTES,), (SEARCHES_FILES,))),
)
TURNS = 3
"""How many rows there are of the same tools and calls."""
ODD = 6
"""One row in so many forces a tool, or allows none; recorded runs leave it to the model."""
CALL_ID = Identifier(prefix=PREFIXES["tool_call_id"])


def themed_rows(words: Words) -> list[Row]:
    """Return rows of what belongs together in an object that has instructions and tools."""
    speakers = {
        key: [one for one in words.assistants if one["theme"] == key] for key in words.themes
    }
    numbers = count()
    return [
        _row(theme, speakers[theme.assistant], offer, action, next(numbers))
        for theme in THEMES
        for offer in _offers(theme)
        for action in (None, *_actions(offer))
        for _ in range(TURNS)
    ]


def _offers(theme: Theme) -> Iterator[list[Row]]:
    """Yield tools that are offered together; in v1 files were searched by another tool."""
    for at, names in enumerate(theme.offers):
        yield [_tool(name, is_strict=at % 2 == 1) for name in names]
        if SEARCHES_FILES in names:
            yield [_tool(RETRIEVES if name == SEARCHES_FILES else name) for name in names]


def _tool(name: str, *, is_strict: bool = False) -> Row:
    function = FUNCTIONS_BY_NAME.get(name)
    if function is None:
        return {"type": name}
    strict = {"strict": True} if is_strict else {}
    return {"type": "function", "function": function.described | strict}


def _actions(offer: Sequence[Row]) -> Iterator[Row]:
    """Yield what a run may ask for that offers functions: one call, or two at once."""
    functions = [FUNCTIONS_BY_NAME[name] for name in _names(offer)]
    calls = [
        {
            "id": CALL_ID,
            "type": "function",
            "function": {"name": each.name, "arguments": json.dumps(arguments)},
        }
        for each in functions
        for arguments in each.arguments
    ]
    several = [calls[0], calls[-1]] if calls else []
    for made in (*([call] for call in calls), *([several] if several else [])):
        yield {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": made}}


def _names(offer: Sequence[Row]) -> list[str]:
    return [tool["function"]["name"] for tool in offer if "function" in tool]


def _row(
    theme: Theme,
    speakers: Sequence[Mapping[str, Any]],
    tools: list[Row],
    action: Row | None,
    number: int,
) -> Row:
    speaker, is_plain = speakers[number % len(speakers)], theme.assistant == PLAIN_THEME
    calls = action["submit_tool_outputs"]["tool_calls"] if action else []
    beside = ABOUT_RUNS if _names(tools) else (*ABOUT_RUNS, "required_action", "tool_choice")
    return {
        "required_action": action,
        "tools": tools,
        "instructions": speaker["instructions"] if (number + is_plain) % 4 else None,
        "name": speaker["name"],
        "description": speaker["description"],
        "tool_choice": _choice(tools, calls, number // ODD) if number % ODD == 0 else "auto",
        "parallel_tool_calls": len(calls) > 1 or number % (2 * ODD) > 0,
        "response_format": _answers(theme)[number % 5],
        THEME: theme.assistant,
        BESIDE: beside if is_plain else (),
    }


def _choice(tools: Sequence[Row], calls: Sequence[Row], turn: int) -> Any:
    """Return what is seldom asked for: that a tool is used, this one, or none."""
    if not tools:
        return "auto"
    if calls:
        names = {call["function"]["name"] for call in calls}
        return _forced(calls[0]) if turn % 2 and len(names) == 1 else "required"
    return ("required", _forced(tools[0]), "none")[turn % 3]


def _forced(tool: Row) -> Row:
    names = [{"function": {"name": name}} for name in _names([tool])]
    return {"type": tool["type"]} | (names[0] if names else {})


@cache
def _answers(theme: Theme) -> tuple[Any, ...]:
    """Return the forms in which answers are wanted: mostly any."""
    known = [form for form in ANSWER_FORMS if form["name"] == theme.form]
    schemas = [{"type": "json_schema", "json_schema": {**form, "strict": True}} for form in known]
    return ("auto", "auto", {"type": "text"}, "auto", schemas[0] if schemas else "auto")
