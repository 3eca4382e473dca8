"""Exploration: requests that schemathesis makes for every endpoint from our OpenAPI document.

Its phases are all here: the document's examples, its coverage of bounds and of what may be left
out or wrong, drawn requests right and wrong, and sequences along the document's links. Cases are
sent by our own session, so that they carry the same headers, keep the same limits and become the
same exchanges as those of the probes. Half of them have their ids replaced by real ones: with
invented ids alone every request would stop at 404.
"""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from run_contracts.probes import Inconclusive, ProbeContext
from run_contracts.probes.search import schemathesis_bridge as bridge
from run_contracts.probes.search.hunt import Hunt, settings

if TYPE_CHECKING:
    from schemathesis import Case

    from run_contracts.traffic.exchange import Exchange

LINK_RUNS, LINK_STEPS = 4, 6
"""Sequences along the links between endpoints, and requests in each."""
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
        self._sent: set[tuple[str, str, bytes]] = set()
        run = context.any_run
        self._assistant = {"assistant_id": context.assistant_id}
        self._real = {"thread_id": run["thread_id"], "run_id": run["id"], **self._assistant}

    def explore(self, endpoint: bridge.Endpoint) -> None:
        """Send cases of every phase for one endpoint."""
        examples = bridge.example_cases(endpoint)
        if examples is not None:
            self._draw(f"example of {endpoint.label}", examples)
        self._cover(endpoint)
        for mode in bridge.modes(endpoint):
            self._draw(f"{mode.value} {endpoint.label}", bridge.drawn_cases(endpoint, mode))

    def _cover(self, endpoint: bridge.Endpoint) -> None:
        """Send cases of the coverage phase, spread over all there are."""
        cases = bridge.coverage_cases(self.schema, endpoint)
        chosen = random.Random(self._seed)  # noqa: S311 - a choice, no secret
        for number, case in enumerate(chosen.sample(cases, min(self._cases, len(cases)))):
            ids = self._real if number % 2 else {}
            self._hunt.search(lambda: self._attempt(f"coverage of {endpoint.label}", case, ids))  # noqa: B023 - used at once

    def _draw(self, source: str, cases: st.SearchStrategy[Case[Any]]) -> None:
        def attempt(case: Case[Any], is_real: bool) -> None:
            self._attempt(source, case, self._real if is_real else {})

        test = hypothesis.given(case=cases, is_real=st.booleans())(attempt)
        # Unsatisfiable: nothing about the endpoint can be wrong, it has no parameter and no body.
        with suppress(Unsatisfiable):
            self._hunt.search(hypothesis.seed(self._seed)(settings(self._cases)(test)))

    def _attempt(self, source: str, case: Case[Any], ids: dict[str, str]) -> None:
        self._hunt.attempt(f"schemathesis {source}", lambda: self.send(case, ids))

    def send(self, case: Case[Any], ids: dict[str, str]) -> Exchange | None:
        """Send a case, with these ids for its own; None if it cannot be sent, or was before.

        While something broken is made shorter, the same is sent as often as it takes.
        """
        request = bridge.wire_request(bridge.with_ids(case, ids), self._session.target.url)
        if request is None or len(request.url) > LONGEST_URL:
            return None
        key = (request.method, request.url, request.body)
        if key in self._sent and not self._hunt.is_shortening:
            return None
        self._sent.add(key)
        return self._session.send_raw(
            request.method, request.url, headers=dict(request.headers), content=request.body
        )

    def follow_links(self) -> None:
        """Go from answer to request along the links of the document, with a real assistant."""

        def send(case: Case[Any]) -> Exchange | None:
            exchanges: list[Exchange | None] = []
            self._hunt.send(lambda: exchanges.append(self.send(case, self._assistant)))
            return exchanges[0] if exchanges else None

        machine = bridge.link_machine(
            self.schema,
            begin=lambda: self._hunt.begin("schemathesis links"),
            send=send,
            judge=self._hunt.judge,
        )
        self._hunt.search(lambda: machine.run(settings=settings(LINK_RUNS, LINK_STEPS)))
