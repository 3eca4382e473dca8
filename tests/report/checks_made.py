"""Events of real checks, of servers in this process, and events drawn from hostile text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from json import dumps
from urllib.parse import quote

from hypothesis import strategies as st

from run_contracts.client.checked_target import Target
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.trial import reference
from run_contracts.events import (
    Broken,
    Cause,
    CoverageItem,
    CoveragePart,
    Covered,
    Decided,
    Event,
    Exchanged,
    ExitCode,
    Finished,
    FirstSeen,
    Offer,
    OperationSeen,
    ProbeEnded,
    Started,
    Surveyed,
)
from run_contracts.probes import PROBES
from run_contracts.server import ServerOptions
from run_contracts.traffic.exchange import Exchange, Intent, Request, Response

URL = "http://reference.invalid/v1"
MOMENT = 0.001
"""Seconds that are fewer than those that pass with a request on the clock of the server."""
SEVERAL = ("RUN-LIST-005", "RUN-STATUS-017", "RUN-LIFE-002", "RUN-STREAM-003", "RUN-ID-001")
"""Faults in lists, fields, lives and streams, and one that is only advice."""


def without(events: Iterable[Event], *kinds: type[Event]) -> list[Event]:
    """Return events but for those of some kinds."""
    return [one for one in events if not isinstance(one, kinds)]


@cache
def seen(*faults: str, edition: str = "v2") -> tuple[Event, ...]:
    """Return the events of a real check of the reference server with these faults.

    Its clock goes on with its requests alone, so no answer may take more of ours than of that: else
    who reads the report would take for overlapping what came one after the other.
    """
    options = ServerOptions.for_checking(faults=faults)
    target = Target(url=URL, key=options.api_key, edition=edition, patience=10.0, timeout=2.0)
    with reference(options) as connection:
        return tuple(map(_at_once, check(target, probes=PROBES, connection=connection)))


def _at_once(event: Event) -> Event:
    """Return an event in which no answer took its time."""
    if not isinstance(event, Exchanged):
        return event
    response = event.exchange.response
    quick = replace(response, seconds=min(response.seconds, MOMENT))
    return replace(event, exchange=replace(event.exchange, response=quick))


def many(number: int) -> tuple[Event, ...]:
    """Return the events of a real check, its exchanges repeated until there are so many."""
    events = seen(*SEVERAL)
    exchanged = [one for one in events if isinstance(one, Exchanged)]
    end = events.index(exchanged[-1])
    more = [
        Exchanged(exchange=replace(exchanged[at % len(exchanged)].exchange, number=at + 1))
        for at in range(len(exchanged), number)
    ]
    return (*events[: end + 1], *more, *events[end + 1 :])


RESULTS = ("pass", "fail", "skip", "blocked", "inconclusive", "error")
IDS = st.integers(1, 9).map(lambda number: f"RUN-TEA-{number:03}")
COUNTS = st.integers(0, 10**6)
SECONDS = st.floats(0, 1e6)
HOSTILE = st.sampled_from(
    (
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '" onmouseover="alert(1)',
        "</pre><!-- <script",
        "]]></failure>",
        "\n::error::x\r\n## x\n| a | b |",
        "\x1b[2J\x00\x85\u2028\u202e\ufffe",
        "$(reboot) `reboot` $HOME 'x\\'",
        "{{ 7 * 7 }}{% raw %}",
    )
)


def texts(*, surrogates: bool) -> st.SearchStrategy[str]:
    """Return texts of any characters, some of them hostile."""
    plain = st.text() if not surrogates else st.text(st.characters())
    return st.lists(plain | HOSTILE, max_size=3).map("".join)


def checks(
    *, surrogates: bool = False, is_readable: bool = False
) -> st.SearchStrategy[tuple[Event, ...]]:
    """Return whole checks whose every text is whatever somebody sent.

    In those that are readable the target is one, its requests went to it, and a command checks it.
    """
    text = texts(surrogates=surrogates)
    commands = st.sampled_from(("", 'run-contracts check http://h/v1 --header "X-A: $X_A"'))
    started = st.builds(
        Started,
        target=st.just(URL) if is_readable else text,
        edition=st.sampled_from(("v1", "v2")),
        profile=st.sampled_from(("smoke", "full")),
        seed=st.integers(-(2**31), 2**31),
        version=text,
        probes=st.lists(
            st.fixed_dictionaries({"probe": text, "what": text, "creates": text}), max_size=2
        ).map(tuple),
        left_out=st.none() | text,
        check=text,
        only=st.lists(text, max_size=2).map(tuple),
        generated=COUNTS,
        command=commands if is_readable else text,
    )
    probe = st.builds(
        ProbeEnded,
        probe=text,
        what=text,
        ending=st.sampled_from(("done", "skip", "blocked", "inconclusive", "error")),
        reason=text,
        requests=COUNTS,
        seconds=SECONDS,
    )
    finished = st.builds(
        Finished,
        counts=st.dictionaries(st.sampled_from((*RESULTS, "advice", "known")), COUNTS),
        unreached=st.lists(text, max_size=2).map(tuple),
        requests=COUNTS,
        seconds=SECONDS,
        exit_code=st.sampled_from(list(ExitCode)).map(int),
        error=st.none() | text,
        is_cut=st.booleans(),
        left_behind=st.lists(text, max_size=2).map(tuple),
        baseline=st.lists(text, max_size=2).map(tuple),
        unverified=st.lists(text, max_size=2).map(tuple),
        waited=SECONDS,
    )
    middle = st.one_of(
        probe,
        exchanges(text, is_readable=is_readable),
        verdicts(text),
        first_seen(text),
        surveys(text),
        coverages(text),
        causes(text),
    )
    return st.builds(
        lambda first, rest, last: (first, *rest, last),
        started,
        st.lists(middle, max_size=8),
        finished,
    )


def exchanges(
    text: st.SearchStrategy[str], *, is_readable: bool = False
) -> st.SearchStrategy[Exchanged]:
    """Return exchanges of any text; some answers are runs, lists of runs, or streams."""
    headers = st.lists(st.tuples(text, text), max_size=3).map(tuple)
    run = st.fixed_dictionaries({"object": st.just("thread.run"), "id": text, "status": text})
    shaped = run.map(dumps) | st.lists(run, max_size=3).map(_listed)
    streamed = st.lists(run.map(dumps), max_size=3).map(_streamed)
    stream_headers = st.just((("content-type", "text/event-stream"),))
    methods = st.sampled_from(("GET", "POST", "DELETE")) if is_readable else text
    urls = text.map(lambda one: f"{URL}/{quote(_encoded(one))}") if is_readable else text
    request = st.builds(Request, method=methods, url=urls, headers=headers, body=text.map(_encoded))
    response = st.builds(
        Response,
        status=st.sampled_from((200, 404, 500, 0)),
        headers=headers | stream_headers,
        body=(text | shaped | streamed).map(_encoded),
        seconds=SECONDS,
    )
    exchange = st.builds(
        Exchange,
        number=st.integers(1, 20),
        edition=st.just("v2"),
        request=request,
        response=response,
        source=text,
        intent=st.sampled_from(Intent),
        meant_for=st.none() | st.just("createRun") | text,
    )
    return st.builds(Exchanged, exchange=exchange)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogatepass")


def _listed(runs: list[object]) -> str:
    return dumps({"object": "list", "data": runs})


def _streamed(bodies: list[str]) -> str:
    return "".join(f"event: thread.run.created\ndata: {body}\n\n" for body in bodies)


def violations(text: st.SearchStrategy[str]) -> st.SearchStrategy[Broken]:
    """Return violations of any text."""
    return st.builds(
        Broken,
        exchange=st.integers(1, 20),
        request=text,
        pointer=text | st.sampled_from(("/id", "/data/0/status", "line 1: /id", "line 3")),
        found=text,
        expected=text,
    )


def first_seen(text: st.SearchStrategy[str]) -> st.SearchStrategy[FirstSeen]:
    """Return what is told at once, of any text."""
    return st.builds(
        FirstSeen,
        requirement=IDS,
        level=st.sampled_from(("MUST", "SHOULD")),
        sentence=text,
        probe=text,
        broken=violations(text),
        is_red=st.booleans(),
        known=text,
    )


def surveys(text: st.SearchStrategy[str]) -> st.SearchStrategy[Surveyed]:
    """Return tables of operations of any text."""
    operation = st.builds(
        OperationSeen,
        operation=text,
        what=text,
        state=st.sampled_from([one.value for one in Offer]),
        reason=text,
        exchange=st.integers(0, 20),
    )
    return st.builds(Surveyed, operations=st.lists(operation, max_size=4).map(tuple))


def coverages(text: st.SearchStrategy[str]) -> st.SearchStrategy[Covered]:
    """Return coverages of any text, of parts that may have nothing in them."""
    item = st.builds(
        CoverageItem, name=text, exchange=st.integers(0, 20), out_of_reach=st.just("") | text
    )
    items = st.lists(item, max_size=5).map(tuple)
    part = st.builds(CoveragePart, name=text, what=text, items=items)
    return st.builds(Covered, parts=st.lists(part, max_size=3).map(tuple))


def causes(text: st.SearchStrategy[str]) -> st.SearchStrategy[Cause]:
    """Return causes of any text, of requirements that may be broken or not."""
    return st.builds(
        Cause,
        rank=st.integers(1, 9),
        title=text,
        requirements=st.lists(IDS, min_size=1, max_size=4, unique=True).map(tuple),
        request=text,
        exchange=st.integers(0, 20),
        seen=st.integers(1, 10**6),
        is_red=st.booleans(),
    )


def verdicts(text: st.SearchStrategy[str]) -> st.SearchStrategy[Decided]:
    """Return verdicts of any text; one that failed has something broken."""
    broken = violations(text)

    def decided(result: str) -> st.SearchStrategy[Decided]:
        is_broken = result in ("fail", "known")
        return st.builds(
            Decided,
            requirement=IDS,
            area=text,
            level=st.sampled_from(("MUST", "SHOULD")),
            sentence=text,
            why=text,
            source=text,
            result=st.just("fail" if is_broken else result),
            known=text.filter(bool) if result == "known" else st.just(""),
            is_red=st.booleans() if result == "fail" else st.just(result == "error"),
            held=COUNTS,
            broken=st.lists(broken, min_size=is_broken, max_size=3 if is_broken else 0).map(tuple),
            reason=text,
            sequence=st.lists(st.integers(1, 20), max_size=3 * is_broken).map(tuple),
        )

    return st.sampled_from((*RESULTS, "known")).flatmap(decided)
