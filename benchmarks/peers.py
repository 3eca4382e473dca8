"""What people write instead of `make_run`: by hand, and with libraries that make data."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable
from typing import Any

from faker import Faker

ALPHABET = string.ascii_letters + string.digits
YEARS = (1_704_067_200, 1_798_761_599)
MODELS = ("gpt-4o", "gpt-4o-mini", "gpt-4.1")
STATUSES = (
    "queued",
    "in_progress",
    "requires_action",
    "cancelling",
    "cancelled",
    "failed",
    "completed",
    "incomplete",
    "expired",
)
Value = dict[str, Any]
Maker = Callable[[], Any]


def identifier(prefix: str) -> str:
    return prefix + "".join(random.choices(ALPHABET, k=24))


def literal() -> Value:
    """Return a completed v2 run: a dict literal and `random`, the floor of any factory."""
    created = random.randint(*YEARS)
    prompt, completion = random.randint(1, 4000), random.randint(1, 4000)
    return {
        "id": identifier("run_"),
        "object": "thread.run",
        "created_at": created,
        "thread_id": identifier("thread_"),
        "assistant_id": identifier("asst_"),
        "status": "completed",
        "required_action": None,
        "last_error": None,
        "expires_at": None,
        "started_at": created + 1,
        "cancelled_at": None,
        "failed_at": None,
        "completed_at": created + random.randint(2, 60),
        "incomplete_details": None,
        "model": "gpt-4o",
        "instructions": "You are a helpful assistant.",
        "tools": [{"type": "code_interpreter"}],
        "metadata": {"team": "blue"},
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        },
        "temperature": 1.0,
        "top_p": 1.0,
        "max_prompt_tokens": None,
        "max_completion_tokens": 1000,
        "truncation_strategy": {"type": "auto", "last_messages": None},
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "response_format": "auto",
    }


def literal_of(seed: int) -> Value:
    """Return the same literal for the same seed: what repeating costs by hand."""
    random.seed(seed)
    return literal()


FAKE = Faker("en_US")


def faked_id(prefix: str) -> str:
    return prefix + FAKE.pystr(min_chars=24, max_chars=24)


def by_faker() -> Value:
    """Return the same completed run, with plain calls of faker for what varies."""
    created = FAKE.random_int(*YEARS)
    return literal_with(
        id=faked_id("run_"),
        thread_id=faked_id("thread_"),
        assistant_id=faked_id("asst_"),
        created_at=created,
        started_at=created + 1,
        completed_at=created + FAKE.random_int(2, 60),
        model=FAKE.random_element(MODELS),
        instructions=FAKE.sentence(nb_words=8),
        metadata={FAKE.word(): FAKE.word()},
        usage=usage(FAKE.random_int(1, 4000), FAKE.random_int(1, 4000)),
    )


def by_mimesis() -> Maker:
    """Return the same, with the fields of mimesis for what varies; raise ImportError without it."""
    from mimesis import Field, Locale  # noqa: PLC0415 - a peer that may not be installed

    field = Field(Locale.EN)

    def run() -> Value:
        created = field("integer_number", start=YEARS[0], end=YEARS[1])
        return literal_with(
            id=identifier("run_"),
            thread_id=identifier("thread_"),
            assistant_id=identifier("asst_"),
            created_at=created,
            started_at=created + 1,
            completed_at=created + field("integer_number", start=2, end=60),
            model=field("choice", items=MODELS),
            instructions=field("text.sentence"),
            metadata={field("text.word"): field("text.word")},
            usage=usage(
                field("integer_number", start=1, end=4000),
                field("integer_number", start=1, end=4000),
            ),
        )

    return run


CONSTANT = {
    "object": "thread.run",
    "status": "completed",
    "required_action": None,
    "last_error": None,
    "expires_at": None,
    "started_at": None,
    "cancelled_at": None,
    "failed_at": None,
    "completed_at": None,
    "incomplete_details": None,
    "usage": None,
    "temperature": 1.0,
    "top_p": 1.0,
    "max_prompt_tokens": None,
    "max_completion_tokens": 1000,
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "response_format": "auto",
}


def literal_with(**varying: Any) -> Value:
    return {
        **CONSTANT,
        "tools": [{"type": "code_interpreter"}],
        "truncation_strategy": cut(),
        **varying,
    }


def usage(prompt: int, completion: int) -> Value:
    total = prompt + completion
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total}


def by_traits() -> Maker:
    """Return what makes runs by a factory with a trait for each status, in any of them.

    Raises ImportError without factory_boy.
    """
    import factory  # noqa: PLC0415 - a peer that may not be installed

    traits = {name: factory.Trait(status=name, **set_) for name, set_ in fields_set().items()}
    fields = CONSTANT | {
        "id": factory.LazyFunction(lambda: identifier("run_")),
        "thread_id": factory.LazyFunction(lambda: identifier("thread_")),
        "assistant_id": factory.LazyFunction(lambda: identifier("asst_")),
        "created_at": factory.Faker("random_int", min=YEARS[0], max=YEARS[1]),
        "model": factory.Faker("random_element", elements=MODELS),
        "instructions": factory.Faker("sentence", nb_words=8),
        "tools": factory.LazyFunction(lambda: [{"type": "code_interpreter"}]),
        "metadata": factory.LazyFunction(lambda: {"team": "blue"}),
        "truncation_strategy": factory.LazyFunction(cut),
        "Params": type("Params", (), traits),
    }
    runs = type("RunFactory", (factory.DictFactory,), fields)
    return lambda: runs.build(**{random.choice(STATUSES): True})


def fields_set() -> dict[str, Value]:
    """Return the fields that are set in each status, as declarations of factory_boy."""
    from factory import LazyAttribute, LazyFunction  # noqa: PLC0415

    def after(seconds: int) -> Any:
        return LazyAttribute(lambda run: run.created_at + seconds)

    alive, began = {"expires_at": after(600)}, {"started_at": after(1)}
    ended = began | {"usage": LazyFunction(spent)}
    return {
        "queued": alive,
        "in_progress": alive | began,
        "requires_action": alive | began | {"required_action": LazyFunction(action)},
        "cancelling": alive | began,
        "cancelled": ended | {"cancelled_at": after(5)},
        "failed": ended | {"failed_at": after(5), "last_error": LazyFunction(error)},
        "completed": ended | {"completed_at": after(5)},
        "incomplete": ended | {"completed_at": after(5), "incomplete_details": LazyFunction(limit)},
        "expired": began,
    }


def spent() -> Value:
    return usage(random.randint(1, 4000), random.randint(1, 4000))


def cut() -> Value:
    return {"type": "auto", "last_messages": None}


def action() -> Value:
    function = {"name": "get_weather", "arguments": '{"city": "Lisbon"}'}
    call = {"id": identifier("call_"), "type": "function", "function": function}
    return {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": [call]}}


def error() -> Value:
    return {"code": "server_error", "message": FAKE.sentence(nb_words=6)}


def limit() -> Value:
    return {"reason": "max_completion_tokens"}


def by_model() -> Maker:
    """Return what makes the SDK's models by their types; raise ImportError without either."""
    from openai.types.beta.threads import Run  # noqa: PLC0415 - a peer that may not be installed
    from polyfactory.factories.pydantic_factory import ModelFactory  # noqa: PLC0415

    return ModelFactory.create_factory(Run).build


def plain(made: Any) -> Any:
    """Return what was made as JSON values; what JSON cannot hold becomes text."""
    if isinstance(made, dict | list):
        return made
    return json.loads(json.dumps(made.model_dump(warnings=False), default=str, skipkeys=True))
