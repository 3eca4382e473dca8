"""Examples: for each requirement something right and something wrong, short enough to read.

Where a value alone can break it, they are a near miss and the legal value it was made of. Where
it takes exchanges, the reference server is asked, once with the fault that breaks it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from run_contracts.contract.loading import Contract
from run_contracts.contract.operations import STREAM_TYPE, match
from run_contracts.making.lives.stream_events import as_sse
from run_contracts.making.near_misses import NearMiss, near_misses, why_none
from run_contracts.types import Edition
from run_contracts.validation.found import shown

if TYPE_CHECKING:
    from run_contracts.contract.requirements import Requirement
    from run_contracts.events import Broken

AROUND = 1
"""Events shown before and after the one that is wrong."""
LETTERS_BEFORE, LETTERS_AFTER = 24, 36
"""Characters of a body shown before and after the place where it goes wrong."""
ANSWER, EXCHANGES = "answer", "exchanges"
SHOWN_KEYS = ("object", "status", "delta")
"""What is shown of the data of an event, which goes on and on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Something right and something wrong, each a text of a few lines.

    `kind` is that of a near miss, or ``answer``; `sentence` says what is wrong.
    """

    kind: str
    right: str
    wrong: str
    sentence: str


def example(requirement: str, contract: Contract) -> Example | None:
    """Return an example of a requirement; None where nothing we have can show it broken.

    >>> from run_contracts import load
    >>> example("RUN-STATUS-007", load("v2")).wrong
    '{"status": "cancelled", "cancelled_at": null}'
    """
    rule = contract.register[requirement]
    if why_none(contract, rule.id):
        return _of_answer(rule, contract)
    miss = near_misses(rule.id, contract=contract)[0]
    if miss.kind == EXCHANGES:
        return _of_answer(rule, contract)
    show = _SHOWN.get(miss.kind, _value)
    right, wrong = show(miss, rule, contract)
    return Example(kind=miss.kind, right=right, wrong=wrong, sentence=miss.sentence)


RightAndWrong = tuple[str, str]
"""The right text and the wrong one."""


def _value(miss: NearMiss, rule: Requirement, _contract: Contract) -> RightAndWrong:
    """Show of an object its status, what differs, and what else the rule compares that with."""
    right, wrong = miss.legal, miss.value
    if not isinstance(wrong, dict):
        return shown(right), shown(wrong)
    head = miss.pointer.split("/")[1:2]
    differing = [name for name in right if wrong.get(name, ...) != right[name]]
    compared = [name for name in rule.fields if right.get(name) is not None]
    names = dict.fromkeys(["status", *compared, *head, *differing])
    return _part(right, names), _part(wrong, names)


def _part(value: Mapping[str, Any], names: Iterable[str]) -> str:
    return shown({name: value[name] for name in names if name in value})


def _history(miss: NearMiss, _rule: Requirement, contract: Contract) -> RightAndWrong:
    """Show a life as the statuses that were read, with the field that is wrong if it is another."""
    _, at, field = miss.pointer.split("/")
    observations, legal = miss.value[: int(at) + 1], miss.value[: int(at)]
    if field != "status":
        return _observed([*legal, legal[-1]], field), _observed(observations, field)
    life, reached = contract.lifecycle, [status for status, _ in groupby(legal, _status)]
    ends = [one for one in life.next_to(reached[-1]) if life.is_terminal(one)]
    return ", ".join([*reached, *ends[:1]]), _observed(observations)


def _status(run: Mapping[str, Any]) -> Any:
    return run["status"]


def _observed(observations: Iterable[Mapping[str, Any]], field: str | None = None) -> str:
    """Return what was read, in order: statuses, each with the field if there is one to watch."""
    if field is not None:
        return ", ".join(f"{run['status']} {shown(run[field])}" for run in observations)
    counted = [(status, len(list(same))) for status, same in groupby(observations, _status)]
    return ", ".join(name if n == 1 else f"{name} ({n} times)" for name, n in counted)


def _walk(miss: NearMiss, _rule: Requirement, _contract: Contract) -> RightAndWrong:
    """Show the page that is wrong, its runs as letters in the order they were created."""
    created = [run["id"] for run in miss.value["created"]]
    asked = miss.value["pages"][int(miss.pointer.rpartition("/")[2])]
    letters = dict(zip(created, ascii_uppercase, strict=False))
    query = {name: letters.get(value, value) for name, value in asked["query"].items()}
    order = created if query.get("order") == "asc" else created[::-1]
    ids, has_more = _page([letters[one] for one in order], query)
    before = f"created {', '.join(letters.values())}; asked " + (
        ", ".join(f"{name}={value}" for name, value in query.items()) or "for nothing more"
    )
    wrong = [letters.get(run["id"], "a run of another thread") for run in asked["page"]["data"]]
    return (
        f"{before}: {', '.join(ids)}, has_more {json.dumps(has_more)}",
        f"{before}: {', '.join(wrong)}, has_more {json.dumps(asked['page']['has_more'])}",
    )


def _page(order: list[str], query: Mapping[str, Any]) -> tuple[list[str], bool]:
    """Return the items of the right page of a list, and whether more follow."""
    if "after" in query:
        order = order[order.index(query["after"]) + 1 :]
    limit = query.get("limit", len(order))
    if "before" in query:
        order = order[: order.index(query["before"])]
        return order[-limit:], len(order) > limit
    return order[:limit], len(order) > limit


def _stream(miss: NearMiss, _rule: Requirement, _contract: Contract) -> RightAndWrong:
    """Show the events around the one that is wrong, as they are sent."""
    at = int(miss.pointer[1:])
    return (
        _frames(as_sse(miss.legal), at, STREAM_TYPE),
        _frames(miss.text, at, miss.content_type),
    )


def _frames(text: str, at: int, content_type: str) -> str:
    frames = text.rstrip("\n").split("\n\n")
    around = frames[max(0, at - AROUND) : at + AROUND + 1]
    lines = [_brief(line) for frame in around for line in frame.splitlines()]
    head = [f"Content-Type: {content_type}"] if at == 0 else ["..."]
    tail = ["..."] if at + AROUND + 1 < len(frames) else ["(the end)"]
    return "\n".join([*head, *lines, *tail])


def _brief(line: str) -> str:
    """Return a line of a stream, its data cut down to what matters."""
    name, _, text = line.partition(": ")
    if name != "data" or text[:1] != "{":
        return line
    data = json.loads(text)
    return f"data: {json.dumps({key: data[key] for key in SHOWN_KEYS if key in data})[:-1]}, ..."


def _body(miss: NearMiss, _rule: Requirement, _contract: Contract) -> RightAndWrong:
    """Show a body, and the one that is wrong, around the first letter in which they differ."""
    pairs = enumerate(zip(miss.legal, miss.text, strict=False))
    at = next((at for at, (right, wrong) in pairs if right != wrong), len(miss.text))
    return _around(miss.legal, at), _around(miss.text, at)


def _around(text: str, at: int) -> str:
    start, end = max(0, at - LETTERS_BEFORE), at + LETTERS_AFTER
    before, after = "..." if start else "", "..." if end < len(text) else " (the end)"
    return f"{before}{text[start:end]}{after}"


_SHOWN: Mapping[str, Callable[[NearMiss, Requirement, Contract], RightAndWrong]] = {
    "history": _history,
    "walk": _walk,
    "stream": _stream,
    "body": _body,
}


def _of_answer(rule: Requirement, contract: Contract) -> Example | None:
    """Return what is seen of a server with the fault that breaks a rule, and what is expected."""
    from run_contracts.server.faults import FAULTS  # noqa: PLC0415 - heavy

    fault = next((one for one in FAULTS.values() if one.requirement == rule.id), None)
    if fault is None:
        return None
    from run_contracts.engine.selftest.trial import URL, seen  # noqa: PLC0415 - loads server and checks

    broken = seen(fault.id, contract.edition, rule.id)
    where = _where(broken, contract.edition)
    return Example(
        kind=ANSWER,
        right=f"{where}{broken.expected.replace(URL, '')}",
        wrong=f"{where}{_unquoted(broken.found).replace(URL, '')}",
        sentence=fault.sentence,
    )


def _unquoted(text: str) -> str:
    """Return what was found without the quotes of JSON, where it is said in words."""
    return text.strip('"') if " " in text and text[:1] == '"' else text


def _where(broken: Broken, edition: Edition) -> str:
    """Return the request of a failure without its ids, and where in the answer it is seen."""
    method, _, url = broken.request.partition(" ")
    known = match(edition, method, url)
    _, question, query = url.partition("?")
    path = f"{known[0].path}{question}{query}" if known else urlsplit(url).path
    place = f" at {broken.pointer}" if broken.pointer else ""
    return f"{method} {path}{place}: "
