"""What stands beside each other in real objects: code and its logs, files, pairs of metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from run_contracts.making.forms import Identifier

CODE_AND_LOGS = (
    ("print(sum(range(1, 11)))", "55"),
    ("x = (23 - 11) / 3\nprint(x)", "4.0"),
    ("import statistics\n\nsales = [12, 15, 11, 19]\nprint(statistics.mean(sales))", "14.25"),
    ("from datetime import date\n\nprint((date(2026, 3, 14) - date(2026, 1, 1)).days)", "72"),
    (
        'words = "the quick brown fox".split()\nfor word in words:\n    print(word, len(word))',
        "the 3\nquick 5\nbrown 5\nfox 3",
    ),
)
"""Python that prints, and what it prints."""
CODE_THAT_DRAWS = (
    "import matplotlib.pyplot as plt\n\nplt.plot([12, 15, 11, 19])\nplt.show()",
    'import matplotlib.pyplot as plt\n\nplt.bar(["May", "June"], [40, 52])\nplt.show()',
)
"""Python whose output is an image."""
FILES_AND_LINES = (
    ("manual.pdf", "Hold the power button for ten seconds until the light blinks twice."),
    ("returns.docx", "Goods can be sent back within 30 days of delivery, free of charge."),
    ("prices.csv", "article,price\nA-100,12.50\nA-200,18.90"),
    ("minutes.md", "The release is moved to the second week of March."),
)
"""Names of files, and a piece of what is in each."""
PAIRS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "metadata": {
        "team": ("billing", "support", "sales", "platform"),
        "ticket": ("4711", "4726", "4730"),
        "environment": ("staging", "production"),
        "channel": ("email", "chat", "phone"),
        "customer_id": ("C-1042", "C-2219", "C-3087"),
        "order_id": ("A-7341", "A-2086"),
        "priority": ("low", "normal", "high"),
        "language": ("en", "de", "ja"),
        "source": ("web", "ios", "android"),
        "app_version": ("1.4.0", "2.0.1"),
        "experiment": ("baseline", "short-answers"),
        "region": ("eu-west", "us-east"),
    }
}
"""Undeclared fields of an object, with their values, by the property that the object fills."""
OBJECTS: Mapping[str, tuple[Any, ...]] = {
    "attachments": (
        {"file_id": Identifier(prefix="file-"), "tools": [{"type": "file_search"}]},
        {"file_id": Identifier(prefix="file-"), "tools": [{"type": "code_interpreter"}]},
    ),
    "file_search": ({},),
    "parameters": ({"type": "object", "properties": {"text": {"type": "string"}}},),
    "schema": ({"type": "object", "properties": {"answer": {"type": "string"}}},),
}
"""What objects without declared fields hold, by the property they fill; ids are made anew."""


def _answer(name: str, description: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": dict(properties), "required": [*properties]}
    return {
        "name": name,
        "description": description,
        "schema": {**schema, "additionalProperties": False},
    }


ANSWER_FORMS = (
    _answer(
        "support_reply",
        "An answer to a customer, and whether a person must read it.",
        {"answer": {"type": "string"}, "needs_review": {"type": "boolean"}},
    ),
    _answer(
        "equation_solution",
        "The steps that solve an equation, and the result.",
        {"steps": {"type": "array", "items": {"type": "string"}}, "result": {"type": "number"}},
    ),
    _answer(
        "trip",
        "Where a trip leads and how many days it takes.",
        {"city": {"type": "string"}, "days": {"type": "integer"}},
    ),
)
"""Forms of answers, as a response format names them; every property is required."""
