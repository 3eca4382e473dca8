"""What a skilled user of hypothesis would write instead of `runs`, and what hypothesis infers."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

EXACT = 2**53 - 1
LATEST = 99_999_000_000
SPAN = 100_000
TOKENS = 2**31 - 1
Value = dict[str, Any]
Values = st.SearchStrategy[Any]
ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much containers hold at most; as it stands, what the contract allows."""

    tools: int = 20
    pairs: int = 16
    files: int = 20
    members: int | None = None
    inner: int = 3
    leaves: int = 5


WIDE = Sizes()
SMALL = Sizes(tools=2, pairs=2, files=2, members=2, inner=2, leaves=4)
"""As many different things as `runs` puts into a container, without its copies up to the bound."""


def completed_runs(sizes: Sizes) -> st.SearchStrategy[Value]:
    """Return completed v2 runs: the same fields and ranges as those of `runs`."""
    optional = {
        "temperature": st.none() | numbers(),
        "top_p": st.none() | numbers(),
        "tool_resources": st.none() | tool_resources(sizes),
        "reasoning_effort": st.none() | st.text(),
    }
    return st.fixed_dictionaries(lived() | asked(sizes), optional=optional).map(in_order)


def lived() -> dict[str, Values]:
    """Return the fields that the life of a run decides; spans stand for moments."""
    never = ("required_action", "last_error", "expires_at", "cancelled_at", "failed_at")
    return {
        "id": ids("run_"),
        "object": st.just("thread.run"),
        "created_at": st.integers(0, LATEST),
        "status": st.just("completed"),
        "started_at": st.integers(0, SPAN),
        "completed_at": st.integers(0, SPAN),
        "usage": usage(),
        **dict.fromkeys((*never, "incomplete_details"), st.none()),
    }


def asked(sizes: Sizes) -> dict[str, Values]:
    """Return the fields that the request for a run decides."""
    return {
        "thread_id": ids("thread_"),
        "assistant_id": ids("asst_"),
        "model": st.text(),
        "instructions": st.none() | st.text(),
        "tools": st.lists(tools(sizes), max_size=sizes.tools),
        "metadata": st.none() | metadata(sizes),
        "max_prompt_tokens": st.none() | st.integers(0, EXACT),
        "max_completion_tokens": st.none() | st.integers(0, EXACT),
        "truncation_strategy": st.none() | truncation_strategies(),
        "tool_choice": st.none() | tool_choices(),
        "parallel_tool_calls": st.booleans(),
        "response_format": st.none() | response_formats(sizes),
    }


def in_order(run: Value) -> Value:
    """Return a run whose spans have become moments that follow one another."""
    started = run["created_at"] + run["started_at"]
    return run | {"started_at": started, "completed_at": started + run["completed_at"]}


def ids(prefix: str) -> st.SearchStrategy[str]:
    return st.text(ALPHABET, min_size=24, max_size=24).map(prefix.__add__)


def numbers() -> st.SearchStrategy[float]:
    return st.floats(allow_nan=False, allow_infinity=False)


def objects(sizes: Sizes) -> Values:
    """Return what a JSON Schema may be: an object of any JSON values."""
    scalars = st.none() | st.booleans() | st.integers(-EXACT, EXACT) | numbers() | st.text()
    anything = st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=sizes.inner)
            | st.dictionaries(st.text(), inner, max_size=sizes.inner)
        ),
        max_leaves=sizes.leaves,
    )
    return st.dictionaries(st.text(min_size=1, max_size=64), anything, max_size=sizes.members)


def metadata(sizes: Sizes) -> Values:
    names, texts = st.text(min_size=1, max_size=64), st.text(max_size=512)
    return st.dictionaries(names, texts, max_size=sizes.pairs)


def usage() -> Values:
    """Return token counts whose total is the sum of the parts."""
    tokens, some = st.integers(0, TOKENS), st.integers(-EXACT, EXACT)
    cached = st.fixed_dictionaries({}, optional={"cached_tokens": some})
    reasoning = st.fixed_dictionaries({}, optional={"reasoning_tokens": some})
    parts = st.fixed_dictionaries(
        {"completion_tokens": tokens, "prompt_tokens": tokens},
        optional={
            "prompt_token_details": st.none() | cached,
            "completion_tokens_details": st.none() | reasoning,
        },
    )
    return parts.map(
        lambda one: one | {"total_tokens": one["prompt_tokens"] + one["completion_tokens"]}
    )


def tools(sizes: Sizes) -> Values:
    ranking = st.fixed_dictionaries(
        {"score_threshold": st.floats(0, 1)},
        optional={"ranker": st.sampled_from(["auto", "default_2024_08_21", "default-2024-08-21"])},
    )
    search = st.fixed_dictionaries(
        {}, optional={"max_num_results": st.integers(1, 50), "ranking_options": ranking}
    )
    return st.one_of(
        st.just("code_interpreter").map(lambda kind: {"type": kind}),
        st.fixed_dictionaries({"type": st.just("file_search")}, optional={"file_search": search}),
        st.fixed_dictionaries(
            {"type": st.just("function"), "function": named("parameters", sizes)}
        ),
    )


def named(schema: str, sizes: Sizes) -> Values:
    """Return functions or output forms: a name, and what else may be said of them."""
    return st.fixed_dictionaries(
        {"name": st.text()},
        optional={
            "description": st.text(),
            schema: objects(sizes),
            "strict": st.none() | st.booleans(),
        },
    )


def tool_choices() -> Values:
    forced = st.fixed_dictionaries(
        {"type": st.sampled_from(["function", "code_interpreter", "file_search"])},
        optional={"function": st.fixed_dictionaries({"name": st.text()})},
    )
    return st.sampled_from(["none", "auto", "required"]) | forced


def response_formats(sizes: Sizes) -> Values:
    return st.one_of(
        st.just("auto"),
        st.sampled_from(["text", "json_object"]).map(lambda kind: {"type": kind}),
        st.fixed_dictionaries(
            {"type": st.just("json_schema"), "json_schema": named("schema", sizes)}
        ),
    )


def truncation_strategies() -> Values:
    return st.fixed_dictionaries(
        {"type": st.sampled_from(["auto", "last_messages"])},
        optional={"last_messages": st.none() | st.integers(1, EXACT)},
    )


def tool_resources(sizes: Sizes) -> Values:
    files = st.fixed_dictionaries(
        {}, optional={"file_ids": st.lists(st.text(), max_size=sizes.files)}
    )
    stores = st.fixed_dictionaries(
        {}, optional={"vector_store_ids": st.lists(st.text(), max_size=1)}
    )
    return st.fixed_dictionaries({}, optional={"code_interpreter": files, "file_search": stores})


def inferred_runs() -> st.SearchStrategy[Any]:
    """Return what hypothesis infers from the SDK's model; raise ImportError without the SDK.

    The SDK builds its models when they are first used, and says nothing of their fields before.
    """
    from openai import BaseModel  # noqa: PLC0415 - a peer that may not be installed
    from openai.types.beta.threads import Run  # noqa: PLC0415

    for model in descendants(BaseModel):
        model.model_rebuild()
    return st.from_type(Run)


def descendants(model: type[Any]) -> list[type[Any]]:
    children = model.__subclasses__()
    return children + [one for child in children for one in descendants(child)]
