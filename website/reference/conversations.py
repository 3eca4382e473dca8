"""Exchanges as a reader sees them: requests in order, one of them in full, ids by number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from urllib.parse import urlsplit

from run_contracts.report import bodies
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.payload import Payload

IDS = re.compile(r"\b(asst|thread|run|step|msg|call|file|vs)_(?=[A-Za-z0-9]*\d|\w{16})\w{10,}")
"""Ids as servers and clients give them."""
MOMENTS = re.compile(r"\b(18000\d)\d{4}\b")
"""Times of the self-test's clock, of which the last seconds depend on how busy this machine is."""
OF_A_CHECK = re.compile(r'("run_contracts": ")[^"]*')
"""The mark of a check in metadata, which is another each time."""
LINES_AROUND = 5
"""Lines shown before and after the place that matters, of a body that is long."""
MOST_LINES = 26
"""Lines of a body that are shown at most."""
MOST_ASKED = 18
"""Lines of the body of a request that are shown at most."""
FIRST_LINES, LAST_LINES = 6, 4
"""Lines that are shown of a long body in which no place matters."""
LONGEST_LINE = 110
"""Characters of a line."""
LONGEST_MEMBER = 600
"""Characters of a member of what was asked, before its ids are numbered and its line is cut."""
MOST_REQUESTS = 14
"""Requests that are shown of those that lead to one; the last ones."""
BASE = "/v1"
SHOWN_HEADERS = ("content-type", "openai-beta", "retry-after", "openai-poll-after-ms", "connection")
"""Headers that rules speak of."""
SHOWN_KEYS = ("id", "object", "thread_id", "run_id", "status", "first_id", "last_id", "has_more")
"""What is shown of an object in an answer in which no place matters."""
Glance = Callable[[Mapping[str, object]], Iterator[str]]
MARK, ARROW = "\0", "   <--"
"""How a line is marked while it is made, and in the end."""
PARTING = "\n\x1f\n"
"""Between texts whose ids are numbered together."""


def numbered(text: str) -> str:
    """Return a text with ids by number, in the order in which they come; cut ones are the same.

    >>> numbered("run_abcdefghijklmnop of thread_abcdefghijklmnop, run_abcdefghijklmnop")
    'run_1 of thread_1, run_1'
    """
    names: dict[str, str] = {}
    counts: dict[str, int] = {}

    def name(found: re.Match[str]) -> str:
        whole = next((one for one in names if one.startswith(found[0])), None)
        if whole is not None:
            return names[whole]
        counts[found[1]] = counts.get(found[1], 0) + 1
        names[found[0]] = f"{found[1]}_{counts[found[1]]}"
        return names[found[0]]

    return MOMENTS.sub(r"\1....", OF_A_CHECK.sub(r"\1check-1", IDS.sub(name, text)))


def conversation(exchanges: Sequence[Exchange], last: Exchange, pointer: str) -> str:
    """Return the requests that led to one, and that in full, the place that matters marked.

    To be `finished`, as what follows.
    """
    lines = [*_led_to([one for one in exchanges if one.number < last.number])]
    lines += [""] if lines else []
    lines += _in_full(last, pointer)
    return "\n".join(lines)


def all_in_lines(
    exchanges: Iterable[Exchange],
    marked: Exchange | None = None,
    asked: Exchange | None = None,
) -> str:
    """Return exchanges in lines, one of them marked, and below what one of them asked."""
    lines = [*_in_lines(exchanges, marked)]
    if asked is not None and asked.request.body:
        lines += [
            "",
            request_line(asked),
            *_body(asked.request.payload, "", _members, most=MOST_ASKED),
        ]
    return "\n".join(lines)


def request_in_full(exchange: Exchange, pointer: str | None = None) -> str:
    """Return a request in full, with the place that matters marked, and how it was answered."""
    lines = [*_asked(exchange, pointer), "", *_in_lines([exchange])]
    return "\n".join(lines)


def finished(exchanges: str, *texts: str) -> tuple[str, ...]:
    """Return exchanges and what is said of them, with the same number for the same id in all.

    The lines of the exchanges are cut where they are long, and marked by an arrow.
    """
    first, *others = numbered(PARTING.join([exchanges, *texts])).split(PARTING)
    return "\n".join(map(_finished, first.split("\n"))), *others


def _finished(line: str) -> str:
    """Return a line as it is shown: not too long, with the arrow if it is marked."""
    is_marked = line.endswith(MARK)
    return cut(line.removesuffix(MARK)) + (ARROW if is_marked else "")


def request_line(exchange: Exchange) -> str:
    """Return method and path, as they are below the base URL."""
    parts = urlsplit(exchange.request.url)
    path = parts.path.partition(BASE)[2] if parts.path.startswith(BASE) else parts.path
    return f"{exchange.request.method} {path}{'?' if parts.query else ''}{parts.query}"


def _led_to(exchanges: Sequence[Exchange]) -> Iterator[str]:
    more = len(exchanges) - MOST_REQUESTS
    if more > 0:
        yield f"... {more} requests before"
    yield from _in_lines(exchanges[-MOST_REQUESTS:])


def _in_lines(exchanges: Iterable[Exchange], marked: Exchange | None = None) -> Iterator[str]:
    """Yield a line for each exchange; for those that are alike one after another, one line."""
    for (line, is_marked), alike in groupby(exchanges, lambda one: (_line(one), one is marked)):
        times = len(list(alike))
        yield (line if times == 1 else f"{line}, {times} times") + (MARK if is_marked else "")


def _line(exchange: Exchange) -> str:
    """Return an exchange in a line: what was asked, the status, and that of the answered object."""
    answered = exchange.answered
    status = answered.get("status") if isinstance(answered, dict) else None
    more = f" {status}" if isinstance(status, str) else " a stream" if exchange.is_stream else ""
    return f"{request_line(exchange)}  ->  {exchange.response.status or 'no answer'}{more}"


def _in_full(exchange: Exchange, pointer: str) -> Iterator[str]:
    yield request_line(exchange)
    if exchange.request.body:
        yield from _body(exchange.request.payload, "", _members, most=MOST_ASKED)
    yield ""
    if not exchange.response.status:
        yield f"{exchange.response.outcome}{MARK}"
        return
    yield f"{exchange.response.status}{'' if pointer else MARK}"
    yield from _headers(exchange.response.headers)
    if exchange.response.body:
        yield from _body(exchange.response.payload, pointer)


def _asked(exchange: Exchange, pointer: str | None) -> Iterator[str]:
    """Yield a request; without a place in its body that matters, the first line of it does."""
    yield request_line(exchange) + (MARK if pointer == "" else "")
    yield from _headers(exchange.request.headers)
    if exchange.request.body:
        yield from _body(exchange.request.payload, pointer or "", _members, most=MOST_ASKED)


def _headers(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in headers:
        if name.lower() in SHOWN_HEADERS:
            yield f"{name.title()}: {value}"


def _body(
    payload: Payload, pointer: str, glance: Glance | None = None, *, most: int = MOST_LINES
) -> Iterator[str]:
    """Yield the lines of a body; of a long one those around the place that matters."""
    lines = bodies.shown(payload, pointer).lines
    marked = [at for at, line in enumerate(lines) if line.is_marked]
    if len(lines) <= most:
        kept = set(range(len(lines)))
    elif marked:
        last = min(marked[-1], marked[0] + most - 2 * LINES_AROUND)
        kept = {0, len(lines) - 1, *range(marked[0] - LINES_AROUND, last + LINES_AROUND + 1)}
    else:
        if isinstance(payload.body.value, dict):
            yield from (glance or _glance)(payload.body.value)
            return
        kept = {*range(FIRST_LINES), *range(len(lines) - LAST_LINES, len(lines))}
    is_cut = False
    for at, line in enumerate(lines):
        if at in kept:
            yield line.text + (MARK if at in marked[:1] else "")
        elif not is_cut:
            yield "  ..."
        is_cut = at not in kept


def _glance(value: Mapping[str, object]) -> Iterator[str]:
    """Yield what says of an object which it is and how it stands."""
    yield "{"
    for name in SHOWN_KEYS:
        if name in value:
            yield f"  {json.dumps(name)}: {json.dumps(value[name], ensure_ascii=False)},"
    items = value.get("data")
    if isinstance(items, list):
        ids = [one.get("id") if isinstance(one, dict) else one for one in items]
        yield f'  "data": [{", ".join(f"{{{json.dumps(one)} ...}}" for one in ids)}],'
    yield "  ..."
    yield "}"


def _members(value: Mapping[str, object]) -> Iterator[str]:
    """Yield the members of what was asked, each in a line."""
    yield "{"
    for name, member in value.items():
        yield f"  {json.dumps(name)}: {json.dumps(member, ensure_ascii=False)[:LONGEST_MEMBER]},"
    yield "}"


def cut(line: str) -> str:
    """Return a line, and of a long one its beginning."""
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} ..."


def pretty(value: object) -> str:
    """Return a value as JSON of several lines, as a reader wants it."""
    return json.dumps(value, indent=2, ensure_ascii=False)
