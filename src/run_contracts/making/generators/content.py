"""Words for made objects: what a person would expect to read in each field, in any locale.

Where the schema leaves a string free, `texts` says what fills it, by the name of the property.
Sentences and names come from faker once for each locale; afterwards they are only picked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.errors import UsageError
from run_contracts.making.generators.offered_functions import FUNCTIONS, FUNCTIONS_BY_NAME
from run_contracts.making.generators.offered_models import MODELS_BY_EDITION

POOL = 64
"""How many sentences, words and names a locale gives."""
POOL_SEED = 20240415
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
    "arguments": tuple(json.dumps(each) for function in FUNCTIONS for each in function.arguments),
    "output": tuple(output for function in FUNCTIONS for output in function.outputs),
    "input": ("print(1 + 1)", "df.describe()", "sum(range(10))"),
    "logs": ("2", "45", "ok"),
    "code": ("invalid_value", "unknown_parameter", "missing_required_parameter"),
    "param": ("assistant_id", "metadata", "max_completion_tokens"),
    "type": ("invalid_request_error",),
    "reasoning_effort": ("low", "medium", "high"),
    "file_name": ("report.pdf", "prices.csv", "minutes.docx"),
    "url": ("https://files.example/cat.png", "https://files.example/plan.jpg"),
}
SENTENCE_FIELDS = frozenset({"instructions", "additional_instructions", "message", "description"})
PARAGRAPH_FIELDS = frozenset({"reply", "value", "text", "content"})
OBJECTS: Mapping[str, tuple[Any, ...]] = {
    "parameters": tuple(function.parameters for function in FUNCTIONS),
    "schema": ({"type": "object", "properties": {"answer": {"type": "string"}}},),
}
"""What objects without declared fields hold, by the property they fill."""
NEVER_EMPTY = frozenset({"tool_calls", "tool_outputs"})
"""Arrays that real objects never leave empty, though they might."""
WHOLES: Mapping[str, tuple[int, int]] = {
    "max_prompt_tokens": (256, 32_000),
    "max_completion_tokens": (256, 4096),
    "last_messages": (1, 20),
    "index": (0, 3),
    "cached_tokens": (0, 512),
    "reasoning_tokens": (0, 512),
}
NUMBERS: Mapping[str, tuple[float, ...]] = {
    "temperature": (1.0, 0.0, 0.2, 0.7),
    "top_p": (1.0, 0.9, 0.5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one locale."""

    sentences: tuple[str, ...]
    paragraphs: tuple[str, ...]
    words: tuple[str, ...]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return what may fill a text property of this name."""
        if name in FIXED:
            return FIXED[name]
        if name in SENTENCE_FIELDS:
            return self.sentences
        return self.paragraphs if name in PARAGRAPH_FIELDS else self.words


@lru_cache(maxsize=16)
def words_of(locale: str) -> Words:
    """Return the words of a faker locale; raise `UsageError` for one that faker does not have.

    >>> len(words_of("en_US").sentences)
    64
    """
    from faker import Faker  # noqa: PLC0415 - costs a tenth of a second
    from faker.config import AVAILABLE_LOCALES  # noqa: PLC0415

    known = {one.replace("-", "_") for one in AVAILABLE_LOCALES}
    if locale.replace("-", "_") not in known:
        raise UsageError(f"faker has no locale {locale!r}; there are {', '.join(sorted(known))}")
    fake = Faker(locale, providers=["faker.providers.lorem"])  # all the others are slow to load
    fake.seed_instance(POOL_SEED)
    return Words(
        sentences=tuple(fake.sentence(nb_words=8) for _ in range(POOL)),
        paragraphs=tuple(fake.paragraph(nb_sentences=2) for _ in range(POOL)),
        words=tuple(dict.fromkeys(fake.word().lower() for _ in range(POOL))),
    )
