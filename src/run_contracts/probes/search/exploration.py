"""Exploration: requests that schemathesis makes for every endpoint from our OpenAPI document.

Its phases are all here: the document's examples, its coverage of bounds and of what may be left
out or wrong, drawn requests right and wrong, and sequences along the document's links. Cases are
sent by our own session, so that they carry the same headers, keep the same limits and become the
same exchanges as those of the probes. Each is sent with real ids, and a few with their own, for
with invented ids nearly every request stops at 404; and no request is sent twice. Cases are drawn
first, in one run of Hypothesis for each endpoint and mode, and then sent: drawing is what costs.
Those that send what the check saw accepted nowhere before go first.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import hypothesis
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from run_contracts.probes import Inconclusive, ProbeContext
from run_contracts.probes.search import schemathesis_bridge as bridge
from run_contracts.probes.search.hunt import Hunt, settings
from run_contracts.probes.search.marking import Marker
from run_contracts.probes.search.real_ids import RealIds
from run_contracts.probes.search.smaller_requests import halves, smaller
from run_contracts.probes.search.steering import Steering
from run_contracts.traffic.evidence import Evidence

if TYPE_CHECKING:
    from schemathesis import Case

    from run_contracts.traffic.exchange import Exchange, Request

LINK_RUNS, LINK_STEPS = 4, 6
"""Sequences along the links between endpoints, and requests in each."""
PART_WITH_OWN_IDS = 3
"""One of so many requests for an endpoint keeps the ids that were made up for it."""
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
    exploration.ids.leave()
    exploration.follow_links()
    if len(context.session.exchanges) == first:
        raise Inconclusive("schemathesis made no request that could be sent")


class Exploration:
    """Sends cases of schemathesis in a hunt, some with ids that are real."""

    def __init__(self, context: ProbeContext, hunt: Hunt) -> None:
        """Take the ids of what is there."""
        self._session, self._hunt = context.session, hunt
        target = context.session.target
        self._marked = Marker(target.edition, context.mark["metadata"])
        self.schema = bridge.loaded(target.edition)
        self._cases, self._seed = target.cases, target.seed
        self._most_own = max(1, self._cases // PART_WITH_OWN_IDS)
        self._sent: set[tuple[str, str, bytes]] = set()
        sent = tuple(context.session.exchanges)
        self._steering = Steering(Evidence(contract=context.contract, exchanges=sent))
        self.ids = RealIds(context, hunt)

    def explore(self, endpoint: bridge.Endpoint) -> None:
        """Send cases of every phase for one endpoint."""
        examples = bridge.example_cases(endpoint)
        if examples is not None:
            self._send_all("example of", endpoint, self._drawn(endpoint, examples))
        self._send_all("coverage of", endpoint, self._covering(endpoint))
        for mode in bridge.modes_of(endpoint):
            drawn = self._drawn(endpoint, bridge.drawn_cases(endpoint, mode))
            self._send_all(mode.value, endpoint, drawn)

    def _covering(self, endpoint: bridge.Endpoint) -> list[Case[Any]]:
        """Return cases of the coverage phase, spread over all; some may be sent before."""
        cases = bridge.coverage_cases(self.schema, endpoint)
        chosen = random.Random(self._seed)  # noqa: S311 - a choice, no secret
        return chosen.sample(cases, min(self._cases * 2, len(cases)))

    def _drawn(
        self, endpoint: bridge.Endpoint, cases: st.SearchStrategy[Case[Any]]
    ) -> list[Case[Any]]:
        """Return what one run of Hypothesis draws: nothing is sent meanwhile."""
        drawn: list[Case[Any]] = []

        @hypothesis.seed(self._seed)
        @settings(self._enough(endpoint))
        @hypothesis.given(cases)
        def draw(case: Case[Any]) -> None:
            drawn.append(case)

        # Unsatisfiable: nothing about the endpoint can be wrong.
        with suppress(Unsatisfiable):
            draw()
        return drawn

    def _enough(self, endpoint: bridge.Endpoint) -> int:
        """Return how many cases give enough requests: each with real ids, some with their own.

        Bodies are what is slow to draw, so their halves make up for more of them. Where nothing but
        ids is drawn, all are the same with real ones.
        """
        if endpoint.body:
            return self._most_own + 1
        return max(1, self._cases - self._most_own) if endpoint.query else self._most_own

    def _send_all(self, how: str, endpoint: bridge.Endpoint, cases: Sequence[Case[Any]]) -> None:
        """Send cases, with real ids and with their own, until enough were sent.

        What breaks something new is sent again, smaller.
        """
        source = f"schemathesis {how} {endpoint.label}"
        cases = self._steering.unseen_first(endpoint.label, cases, bridge.body_and_query)
        for request in islice(self._requests(endpoint.label, cases), self._cases):
            self._hunt.shrink(source, request, self._send, smaller)

    def _requests(self, label: str, cases: Sequence[Case[Any]]) -> Iterator[Request]:
        """Yield the requests of cases in every way, none twice: whole ones first, then halves."""
        whole: list[Case[Any]] = []
        own = 0
        for case in cases:
            as_drawn = self._request(case, {})
            request = self._request(case, self.ids.of(label))  # puts them into the case
            if request is not None:
                whole.append(case)
                yield from self._new(label, [request])
            if as_drawn is not None and own < self._most_own:
                place = as_drawn.url if case.path_parameters else label
                for new in self._new(place, [as_drawn]):
                    own += 1
                    yield new
        for case in whole:
            request = self._request(case, self.ids.of(label))
            if request is not None:
                yield from self._new(label, halves(request))

    def _new(self, place: str, requests: Iterable[Request]) -> Iterator[Request]:
        """Yield the requests that were not sent to a place before, with whichever real ids."""
        for request in map(self._marked, requests):
            key = (place, urlsplit(request.url).query, request.body)
            if key not in self._sent:
                self._sent.add(key)
                yield request

    def _request(self, case: Case[Any], ids: dict[str, str]) -> Request | None:
        """Return the request of a case, with these ids for its own; None if it cannot be sent."""
        request = bridge.wire_request(bridge.with_ids(case, ids), self._session.target.url)
        return None if request is None or len(request.url) > LONGEST_URL else request

    def _send(self, request: Request) -> Exchange:
        sent = self._marked(request)  # a smaller one may have lost it
        return self._session.send_raw(
            sent.method, sent.url, headers=dict(sent.headers), content=sent.body
        )

    def follow_links(self) -> None:
        """Go from answer to request along the links of the document, with a real assistant."""

        def send(case: Case[Any]) -> Exchange | None:
            exchanges: list[Exchange] = []
            request = self._request(case, self.ids.assistant)
            if request is not None:
                self._hunt.send(lambda: exchanges.append(self._send(request)))
            return exchanges[0] if exchanges else None

        machine = bridge.link_machine(
            self.schema,
            begin=lambda: self._hunt.begin("schemathesis links"),
            send=send,
            judge=self._hunt.judge,
        )
        seeded = hypothesis.seed(self._seed)(machine)
        chosen = settings(LINK_RUNS, LINK_STEPS, self._hunt.examples)
        self._hunt.search(lambda: seeded.run(settings=chosen))
