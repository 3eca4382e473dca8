"""Words for made objects: what a person would expect to read in each field, in any locale.

Where the schema leaves a string free, `texts` says what fills it, by the name of the property.
What people say comes from the sentences of `phrases/`, one file for each of the larger languages,
with names, cities and companies of the locale from faker; all other locales have the English
sentences, with names of their own. What programs say, as error messages, arguments and code, is
the same in all. A locale is filled in once; afterwards words are only picked.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.errors import UsageError
from run_contracts.making.generators.error_messages import API_ERRORS, LAST_ERRORS
from run_contracts.making.generators.offered_functions import FUNCTIONS, FUNCTIONS_BY_NAME
from run_contracts.making.generators.offered_models import MODELS_BY_EDITION
from run_contracts.making.generators.specimens import CODE_AND_LOGS, FILES_AND_LINES

PHRASES = Path(__file__).with_name("phrases")
NAMES_SEED = 20240415
NAMES = 8
"""How many people, cities and companies a locale has."""
PREFIXES: Mapping[str, str] = {
    "id": "call_",
    **register(EDITIONS[-1]).prefixes,
    "tool_call_id": "call_",
    "file_id": "file-",
    "file_ids": "file-",
    "vector_store_ids": "vs_",
}
"""Ids below the top of an object, by the property they fill."""
FIXED: Mapping[str, tuple[str, ...]] = {
    "model": MODELS_BY_EDITION[EDITIONS[-1]],
    "name": tuple(FUNCTIONS_BY_NAME),
    "description": tuple(function.description for function in FUNCTIONS),
    "arguments": tuple(json.dumps(each) for function in FUNCTIONS for each in function.arguments),
    "output": tuple(output for function in FUNCTIONS for output in function.outputs),
    "input": tuple(code for code, _ in CODE_AND_LOGS),
    "logs": tuple(logs for _, logs in CODE_AND_LOGS),
    "message": tuple(row["message"] for row in LAST_ERRORS),
    "type": tuple({str(row["type"]): row for row in API_ERRORS}),
    "param": tuple({str(row["param"]): row for row in API_ERRORS if row["param"]}),
    "code": tuple({str(row["code"]): row for row in API_ERRORS if row["code"]}),
    "reasoning_effort": ("low", "medium", "high"),
    "file_name": tuple(name for name, _ in FILES_AND_LINES),
    "quote": tuple(line for _, line in FILES_AND_LINES),
    "url": ("https://files.example/cat.png", "https://files.example/plan.jpg"),
}
"""Texts by the property they fill, the same in each locale."""
SPOKEN: Mapping[str, str] = {
    "instructions": "instructions",
    "additional_instructions": "additional_instructions",
    "value": "replies",
    "text": "questions",
    "content": "questions",
    "refusal": "refusals",
}
"""Which sentences of a locale fill a property."""
REPLIES_ON = "reply on "
"""How the name of a text begins that answers on a theme; the theme follows."""
PLAIN_THEME = "anything"
"""The theme of those who help with whatever comes."""
NEVER_EMPTY = frozenset({"tool_calls", "tool_outputs"})
"""Arrays that real objects never leave empty, though they might."""
WHOLES: Mapping[str, tuple[int, int]] = {
    "last_messages": (1, 20),
    "index": (0, 3),
    "cached_tokens": (0, 512),
    "reasoning_tokens": (0, 512),
}
ROUND_NUMBERS: Mapping[str, tuple[int, ...]] = {
    "max_prompt_tokens": (8000, 2000, 4000, 16_000, 32_000),
    "max_completion_tokens": (1000, 256, 500, 2000, 4096),
}
"""Integers that people choose, and so are round."""
NUMBERS: Mapping[str, tuple[float, ...]] = {
    "temperature": (1.0, 0.0, 0.2, 0.7),
    "top_p": (1.0, 0.9, 0.5),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """The words of one locale: sentences by their kind, and what assistants are.

    `themes` are what they are about.
    """

    sentences: Mapping[str, tuple[str, ...]]
    assistants: tuple[Mapping[str, Any], ...]
    themes: tuple[str, ...]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return what may fill a text property of this name."""
        kind = SPOKEN.get(name, name if name.startswith(REPLIES_ON) else "words")
        return FIXED.get(name) or self.sentences[kind]


@lru_cache(maxsize=16)
def words_of(locale: str) -> Words:
    """Return the words of a faker locale; raise `UsageError` for one that faker does not have.

    >>> words_of("de_DE").texts("refusal")[0]
    'Es tut mir leid, aber dabei kann ich nicht helfen.'
    """
    names = _names(locale)
    read = tomllib.loads(_file(locale).read_text(encoding="utf-8"))
    themes = read.pop("assistants")
    assistants = [_filled_in(assistant, each) for assistant in themes for each in names]
    sentences = {
        kind: tuple(text.format_map(each) for text in texts for each in names)
        for kind, texts in read.items()
    }
    sentences["instructions"] = tuple(assistant["instructions"] for assistant in assistants)
    for kind in ("questions", "replies"):
        sentences[kind] = tuple(text for assistant in assistants for text in assistant[kind])
    for theme in themes:
        of_theme = (one["replies"] for one in assistants if one["theme"] == theme["theme"])
        sentences[REPLIES_ON + theme["theme"]] = tuple(chain.from_iterable(of_theme))
    return Words(
        sentences=sentences,
        assistants=tuple(assistants),
        themes=tuple(theme["theme"] for theme in themes),
    )


def _filled_in(assistant: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return what an assistant is, is asked and answers, with names in place of their marks."""
    return {
        key: said.format_map(names)
        if isinstance(said, str)
        else tuple(text.format_map(names) for text in said)
        for key, said in assistant.items()
    }


def _file(locale: str) -> Path:
    """Return the sentences of a locale; the English ones if its language has none, or not so.

    Taiwan does not write as the Chinese file does.
    """
    language = locale.replace("-", "_").partition("_")[0]
    path = PHRASES / f"{language}.toml"
    return path if path.is_file() and not locale.endswith("TW") else PHRASES / "en.toml"


def _names(locale: str) -> list[Mapping[str, str]]:
    """Return people, cities and companies of a locale."""
    from faker import Faker  # noqa: PLC0415 - costs a tenth of a second
    from faker.config import AVAILABLE_LOCALES  # noqa: PLC0415

    known = {one.replace("-", "_") for one in AVAILABLE_LOCALES}
    if locale.replace("-", "_") not in known:
        raise UsageError(f"faker has no locale {locale!r}; there are {', '.join(sorted(known))}")
    wanted = ("person", "address", "company")  # all the others are slow to load
    fake = Faker(locale, providers=[f"faker.providers.{name}" for name in wanted])
    fake.seed_instance(NAMES_SEED)
    return [
        {"name": fake.first_name(), "city": fake.city(), "company": fake.company().rstrip(".")}
        for _ in range(NAMES)
    ]
