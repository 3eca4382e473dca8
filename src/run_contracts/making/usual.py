"""The usual form of an object: what a server could have answered, within what the schema allows.

A run echoes its request, so its numbers lie within the request's published bounds; functions are
called by names that the guides allow; what no recorded run shows is left to those who fix it.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from run_contracts.contract.lifecycle import CANCELLED, COMPLETED, EXPIRED, IN_PROGRESS, QUEUED
from run_contracts.contract.loading import Contract, load
from run_contracts.contract.requirements import EDITIONS
from run_contracts.making.forms import (
    NULL,
    Choice,
    Constant,
    Fields,
    Form,
    Items,
    Number,
    Text,
    Union,
    Whole,
    allows_null,
    union,
    without_null,
)
from run_contracts.making.generators.offered_functions import FUNCTIONS, FUNCTIONS_BY_NAME
from run_contracts.making.generators.offered_models import MODELS_BY_EDITION
from run_contracts.making.generators.specimens import ANSWER_FORMS
from run_contracts.making.parsing import schema_form
from run_contracts.types import Edition

ANSWERED = frozenset({"run", "thread", "message", "assistant"})
"""Kinds whose objects servers fill in before they answer."""
FILLED_IN = frozenset({"metadata", "temperature", "top_p"})
"""What is never null in an answer, whatever was asked."""
UNSEEN: Mapping[str, frozenset[str]] = {
    "run_step": frozenset({"expired_at", "metadata"}),
    "message": frozenset({"status", "incomplete_details", "completed_at", "incomplete_at"}),
}
"""Fields that the published document has and no recorded answer to a read."""
NAME = Text(least=1, most=64, name="name", alphabet=string.ascii_letters + string.digits + "_-")
"""Names of functions and of forms of answers, as the prose of the published document has them."""
EFFORTS = ("low", "medium", "high")
"""The efforts that all models know which reason."""
NO_TOKENS = {"completion_tokens": 0, "prompt_tokens": 0, "total_tokens": 0}
"""The usage of a cancelled run, in all that were recorded."""
OF_USAGE = frozenset({"prompt_token_details", "completion_tokens_details"})
"""Details of a usage: it has all of them or none, by the age of the server."""
DETAILS = OF_USAGE | {"incomplete_details"}
"""Objects that say all they can, if they are there."""
FILLED = frozenset({"tool_calls"})
"""Arrays that hold something, if they are there: who calls nothing does not wait for outputs."""
PLAIN_SCHEMA = {"type": "object", "properties": {}}
SCHEMA_EXAMPLES = {
    "parameters": (PLAIN_SCHEMA, *(function.parameters for function in FUNCTIONS)),
    "schema": (PLAIN_SCHEMA, *(form["schema"] for form in ANSWER_FORMS)),
}
"""JSON Schemas, by the property that is to be one."""


def usual_form(contract: Contract, kind: str, status: str, form: Fields) -> Fields:
    """Return the form of an object in a status, narrowed to what servers answer."""
    whole = _inside(form, contract.edition)
    assert isinstance(whole, Fields)  # noqa: S101 - objects stay objects
    unseen = UNSEEN.get(kind, frozenset()) - whole.required
    fields = {name: inner for name, inner in whole.fields.items() if name not in unseen}
    if kind == "run":
        for name, asked in requested(contract.edition).items():
            if name in fields:
                fields[name] = within(fields[name], asked)
        fields |= _by_status(status, fields)
    if kind == "run_step" and status in (IN_PROGRESS, COMPLETED) and "step_details" in fields:
        is_answered = status == COMPLETED
        fields["step_details"] = _answered(fields["step_details"], is_answered=is_answered)
    return replace(whole, fields=fields | _never_null(kind, status, fields))


def _never_null(kind: str, status: str, fields: Mapping[str, Form]) -> dict[str, Form]:
    """Return what is never null in recorded objects of a kind in a status."""
    names = set(FILLED_IN) if kind in ANSWERED else set()
    if kind == "run" and status != QUEUED:
        names |= {"started_at"} | ({"usage"} if status == EXPIRED else set())
    left = {name: without_null(fields[name]) for name in names & fields.keys()}
    return {name: form for name, form in left.items() if form is not None}


def _by_status(status: str, fields: Mapping[str, Form]) -> dict[str, Form]:
    """Return what fields of a run usually are in a status, beyond what its life cycle says."""
    if status == EXPIRED and allows_null(fields.get("last_error", NULL)):
        return {"last_error": NULL}
    details = fields.get("incomplete_details", NULL)
    limited = without_null(details)
    if status == COMPLETED and limited is not None and allows_null(details):
        return {"incomplete_details": union((NULL, limited, limited))}  # v1: four in ten
    if status == CANCELLED and not isinstance(
        without_null(fields.get("usage", NULL)), Constant | None
    ):
        return {"usage": Constant(value=NO_TOKENS)}
    return {}


@lru_cache(maxsize=4)
def requested(edition: Edition) -> Mapping[str, Form]:
    """Return the forms of the numbers and words that a request for a run may ask for.

    They are those of the published document; of what only a later edition's request has, its.
    """
    bounded = ("minimum", "maximum", "enum")
    return {
        name: schema_form(schema, f"create_run_request/{name}")
        for each in (EDITIONS[-1], edition)
        for name, schema in _published_request(each).items()
        if any(word in schema for word in bounded)
    }


def _published_request(edition: Edition) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = load(edition, reading="published").schema("create_run_request")[
        "properties"
    ]
    return properties


def within(form: Form, asked: Form) -> Form:
    """Return a form narrowed to what was asked for: its bounds, or its words.

    >>> within(Number(), Number(least=0, most=2)).most
    2
    """
    if isinstance(form, Union):
        return union(tuple(within(branch, asked) for branch in form.branches))
    bounds = without_null(asked)
    if isinstance(form, Text) and isinstance(bounds, Choice):
        words = tuple(value for value in bounds.values if value is not None)
        return Choice(values=words, usual=tuple(word for word in words if word in EFFORTS))
    if isinstance(form, Whole | Number) and isinstance(bounds, Whole | Number):
        least = bounds.least if form.least is None else max(form.least, bounds.least or form.least)
        most = bounds.most if form.most is None else min(form.most, bounds.most or form.most)
        return replace(form, least=least, most=most)  # type: ignore[arg-type] # whole in whole
    return form


def _answered(form: Form, *, is_answered: bool) -> Form:
    """Return the form of what a step did: calls have their outputs at its end, and none before."""
    match form:
        case Union(branches=branches):
            return union(tuple(_answered(one, is_answered=is_answered) for one in branches))
        case Items(item=item):
            return replace(form, item=_answered(item, is_answered=is_answered))
        case Fields(fields=fields) if fields.keys() >= {"arguments", "output"}:
            output = fields["output"]
            wanted = (without_null(output) or output) if is_answered else NULL
            return form.with_field("output", wanted if allows_null(output) else output)
        case Fields(fields=fields):
            inner = {name: _answered(one, is_answered=is_answered) for name, one in fields.items()}
            return replace(form, fields=inner)
    return form


def _inside(form: Form, edition: Edition) -> Form:
    """Return a form with functions, names and schemas as they usually are, at every depth."""
    match form:
        case Union(branches=branches):
            return union(tuple(_inside(branch, edition) for branch in branches))
        case Items():
            first = tuple(_inside(item, edition) for item in form.first)
            least = max(form.least, 1) if form.name in FILLED else form.least
            return replace(form, item=_inside(form.item, edition), first=first, least=least)
        case Fields():
            return _usual_fields(form, edition)
        case Text(name="model"):
            return replace(form, least=max(form.least, 1), usual=MODELS_BY_EDITION[edition])
    return form


def _usual_fields(form: Fields, edition: Edition) -> Form:
    if not form.fields and form.name in SCHEMA_EXAMPLES:
        return Choice(values=SCHEMA_EXAMPLES[form.name])
    fields = {name: _inside(inner, edition) for name, inner in form.fields.items()}
    if form.name in DETAILS:
        return replace(form, fields=fields, required=frozenset(fields))
    if form.fields.keys() >= OF_USAGE:
        return _detailed_or_not(replace(form, fields=fields))
    if form.name in ("function", "json_schema") and isinstance(fields.get("name"), Text):
        fields["name"] = NAME
    return replace(form, fields=fields)


def _detailed_or_not(usage: Fields) -> Form:
    """Return the form of a usage with all of its details, or without."""
    known = dict(usage.fields)
    known |= {name: without_null(known[name]) or known[name] for name in OF_USAGE}
    plain = {name: inner for name, inner in known.items() if name not in OF_USAGE}
    whole = replace(usage, fields=known, required=usage.required | OF_USAGE)
    if usage.required & OF_USAGE:
        return whole
    return union((replace(usage, fields=plain), whole, whole))


def offered(name: str) -> Mapping[str, Any]:
    """Return a function as a tool offers it: all of it, if it is a known one."""
    known = FUNCTIONS_BY_NAME.get(name)
    return {"name": name} if known is None else known.described
