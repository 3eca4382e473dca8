"""Exploration: requests that schemathesis makes for every endpoint from our OpenAPI document.

Its phases are all here: the document's examples, its coverage of bounds and of what may be left
out or wrong, drawn requests right and wrong, and sequences along the document's links. Cases are
sent by our own session, so that they carry the same headers, keep the same limits and become the
same exchanges as those of the probes. Each is sent with its own ids and with real ones, for with
invented ids alone every request would stop at 404; and no request is sent twice. Cases are drawn
first, in one run of Hypothesis for each endpoint and mode, and then sent: drawing is what costs.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from run_contracts.probes import Inconclusive, ProbeContext
from run_contracts.probes.search import schemathesis_bridge as bridge
from run_contracts.probes.search.hunt import Hunt, settings
from run_contracts.probes.search.smaller_requests import halves, smaller

if TYPE_CHECKING:
    from schemathesis import Case

    from run_contracts.traffic.exchange import Exchange, Request

LINK_RUNS, LINK_STEPS = 4, 6
"""Sequences along the links between endpoints, and requests in each."""
REQUESTS_A_CASE = 3
"""Requests that a drawn case usually gives: as it is, with real ids, with half of its parts."""
LONGEST_URL = 8000
"""Characters of a URL; above it servers may refuse before they look."""


def explore(context: ProbeContext, hunt: Hunt) -> None:
    """Send made requests to every endpoint, right ones and wrong ones, then follow links.

    What breaks something new is sent again, smaller. Raises what a probe raises: `Unreachable`
    when the target stops answering, `Inconclusive` if nothing could be sent.
    """
    first = len(context.session.exchanges)
    exploration = Exploration(context, hunt)
    for endpoint in bridge.endpoints(exploration.schema):
        exploration.explore(endpoint)
    exploration.follow_links()
    if len(context.session.exchanges) == first:
        raise Inconclusive("schemathesis made no request that could be sent")


class Exploration:
    """Sends cases of schemathesis in a hunt, some with ids that are real."""

    def __init__(self, context: ProbeContext, hunt: Hunt) -> None:
        """Take the ids of a run that exists."""
        self._session, self._hunt = context.session, hunt
        target = context.session.target
        self.schema = bridge.loaded(target.edition)
        self._cases, self._seed = target.cases, target.seed
        run = context.any_run
        self._assistant = {"assistant_id": context.assistant_id}
        self._sent: set[tuple[str, str, bytes]] = set()
        self._real = {"thread_id": run["thread_id"], "run_id": run["id"], **self._assistant}

    def explore(self, endpoint: bridge.Endpoint) -> None:
        """Send cases of every phase for one endpoint."""
        examples = bridge.example_cases(endpoint)
        if examples is not None:
            self._send_all(f"example of {endpoint.label}", self._drawn(endpoint, examples))
        self._send_all(f"coverage of {endpoint.label}", self._covering(endpoint))
        for mode in bridge.modes_of(endpoint):
            drawn = self._drawn(endpoint, bridge.drawn_cases(endpoint, mode))
            self._send_all(f"{mode.value} {endpoint.label}", drawn)

    def _covering(self, endpoint: bridge.Endpoint) -> list[Case[Any]]:
        """Return cases of the coverage phase, spread over all; some may be sent before."""
        cases = bridge.coverage_cases(self.schema, endpoint)
        chosen = random.Random(self._seed)  # noqa: S311 - a choice, no secret
        return chosen.sample(cases, min(self._cases * 2, len(cases)))

    def _drawn(
        self, endpoint: bridge.Endpoint, cases: st.SearchStrategy[Case[Any]]
    ) -> list[Case[Any]]:
        """Return what one run of Hypothesis draws: nothing is sent meanwhile.

        Bodies are what is slow to draw; so fewer of them are drawn than are sent.
        """
        drawn: list[Case[Any]] = []
        limits = settings(self._cases // REQUESTS_A_CASE + 1 if endpoint.body else self._cases)

        @hypothesis.seed(self._seed)
        @limits
        @hypothesis.given(cases)
        def draw(case: Case[Any]) -> None:
            drawn.append(case)

        # Unsatisfiable: nothing about the endpoint can be wrong.
        with suppress(Unsatisfiable):
            draw()
        return drawn

    def _send_all(self, source: str, cases: Sequence[Case[Any]]) -> None:
        """Send cases, with their own ids and with real ones, until enough were sent.

        What breaks something new is sent again, smaller.
        """
        left = self._cases
        for request in self._requests(cases):
            if left == 0:
                return
            left -= 1
            self._hunt.shrink(f"schemathesis {source}", request, self._send, smaller)

    def _requests(self, cases: Sequence[Case[Any]]) -> Iterator[Request]:
        """Yield the requests of cases in every way, none twice: whole ones first, then halves."""
        whole: list[Request] = []
        for case in cases:
            for ids in ({}, self._real):  # the ids are put into the case, so its own come first
                request = self._request(case, ids)
                if request is not None:
                    whole.append(request)
                    yield from filter(self._is_new, [request])
        for request in whole[1::2]:
            yield from filter(self._is_new, halves(request))

    def _is_new(self, request: Request) -> bool:
        """Say whether a request was not sent before, and keep that it is."""
        key = (request.method, request.url, request.body)
        is_new = key not in self._sent
        self._sent.add(key)
        return is_new

    def _request(self, case: Case[Any], ids: dict[str, str]) -> Request | None:
        """Return the request of a case, with these ids for its own; None if it cannot be sent."""
        request = bridge.wire_request(bridge.with_ids(case, ids), self._session.target.url)
        return None if request is None or len(request.url) > LONGEST_URL else request

    def _send(self, request: Request) -> Exchange:
        return self._session.send_raw(
            request.method, request.url, headers=dict(request.headers), content=request.body
        )

    def follow_links(self) -> None:
        """Go from answer to request along the links of the document, with a real assistant."""

        def send(case: Case[Any]) -> Exchange | None:
            exchanges: list[Exchange] = []
            request = self._request(case, self._assistant)
            if request is not None:
                self._hunt.send(lambda: exchanges.append(self._send(request)))
            return exchanges[0] if exchanges else None

        machine = bridge.link_machine(
            self.schema,
            begin=lambda: self._hunt.begin("schemathesis links"),
            send=send,
            judge=self._hunt.judge,
        )
        self._hunt.search(lambda: machine.run(settings=settings(LINK_RUNS, LINK_STEPS)))
