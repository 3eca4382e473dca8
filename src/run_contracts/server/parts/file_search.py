"""Searching the files of a vector store: by the words that they share with a question."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from run_contracts.server.parts.records import Wire
from run_contracts.server.parts.vector_stores import VectorStores

MOST_RESULTS = 10
"""Results of a search that does not say how many it wants."""
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, listed: value in listed,
    "nin": lambda value, listed: value not in listed,
}


def search_page(stores: VectorStores, vector_store_id: str, body: Wire) -> Wire:
    """Return the files of a store that have words of the question, those with most of them first.

    The score is the share of the question's words that a file has.
    """
    question = body["query"] if isinstance(body["query"], list) else [body["query"]]
    wanted = _words(" ".join(question))
    least = (body.get("ranking_options") or {}).get("score_threshold") or 0
    results = []
    for member in stores.members(stores.find(vector_store_id)):
        text = stores.text_of(member["id"])
        score = len(wanted & _words(text)) / len(wanted) if wanted else 0.0
        is_meant = meets(body.get("filters"), member["attributes"])
        if is_meant and score >= least and score > 0:
            results.append(_result(stores, member, text, score))
    results.sort(key=lambda result: -result["score"])
    most = body.get("max_num_results", MOST_RESULTS)
    return {
        "object": "vector_store.search_results.page",
        "search_query": question,
        "data": results[:most],
        "has_more": False,
        "next_page": None,
    }


def meets(condition: Wire | None, attributes: Wire) -> bool:
    """Say whether attributes meet a condition, plain or made of others by ``and`` and ``or``.

    >>> meets({"type": "gte", "key": "year", "value": 2024}, {"year": 2025})
    True
    """
    if condition is None:
        return True
    if condition["type"] in ("and", "or"):
        met = (meets(each, attributes) for each in condition["filters"])
        return all(met) if condition["type"] == "and" else any(met)
    if condition["key"] not in attributes:
        return condition["type"] in ("ne", "nin")
    try:
        return COMPARISONS[condition["type"]](attributes[condition["key"]], condition["value"])
    except TypeError:
        return False


def content_page(stores: VectorStores, vector_store_id: str, file_id: str) -> Wire:
    """Return what is in a file of a store, as text."""
    stores.member(vector_store_id, file_id)
    return {
        "object": "vector_store.file_content.page",
        "data": [{"type": "text", "text": stores.text_of(file_id)}],
        "has_more": False,
        "next_page": None,
    }


def _result(stores: VectorStores, member: Wire, text: str, score: float) -> Wire:
    return {
        "file_id": member["id"],
        "filename": stores.name_of(member["id"]),
        "score": score,
        "attributes": member["attributes"],
        "content": [{"type": "text", "text": text}],
    }


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))
