"""What exchanges show of a server as a whole, whichever thread they are about."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from run_contracts.contract.numbers import whole
from run_contracts.traffic.exchange import Exchange

NOT_OFFERED = frozenset({404, 405, 501})
"""Statuses by which a server, or its router, says that it does not have an operation."""
NO_SUCH_METHOD = frozenset({405, 501})
"""Statuses by which no operation refuses what it is asked; only a router does, whatever it is."""
NO_PLACE = "/run-contracts-asks-what-no-server-has"
"""The end of a path that no API has; it shows what a server's router answers by itself."""
MOST_ANSWERS = 100
"""Refusals of one operation that are kept, until it succeeds; and as many kinds of headers."""
MOST_MOMENTS = 10_000
"""Moments that are kept of what the clock of a server said."""
OwnAnswer = tuple[int, str]
"""Status and text of a refusal, without the method and the path that were asked for."""


class ServerTraits:
    """What is known of a server: which operations it has, what its clock says, how it is asked.

    It grows with each exchange, which it costs the same whatever was seen before, and is bounded.
    """

    def __init__(self, seconds_limit: int) -> None:
        """Begin with nothing seen. Moments beyond `seconds_limit` are none in seconds."""
        self._limit = seconds_limit
        self.last_whole: Exchange | None = None
        """The answer that was asked for last, of those that were sent to their end."""
        self.answered: set[str] = set()
        self.succeeding: set[str] = set()
        self.takes_streams = False
        """Whether a request for a stream was accepted, once at least, whatever was answered."""
        self.header_names: set[frozenset[str]] = set()
        self._routers: set[OwnAnswer] = set()
        self._refusals: dict[str, set[OwnAnswer]] = {}
        self._moments: list[tuple[int, int, int]] = []

    def add(self, exchange: Exchange) -> None:
        """Learn from an exchange that was answered; they come in order."""
        self._keep_last(exchange)
        names = exchange.request.header_names
        if names not in self.header_names and len(self.header_names) < MOST_ANSWERS:
            self.header_names.add(names)
        operation_id = exchange.operation and exchange.operation.id
        if exchange.is_success:
            self.takes_streams = self.takes_streams or _asks_for_stream(exchange)
            self._read_clock(exchange)
        elif _is_nowhere(exchange) and len(self._routers) < MOST_ANSWERS:
            self._routers.add(_without_path(exchange))
        if operation_id:
            self._add_of(operation_id, exchange)

    def _keep_last(self, exchange: Exchange) -> None:
        last, response = self.last_whole, exchange.response
        is_cut = response.broken_off or not response.is_whole
        if not is_cut and (last is None or exchange.sent_at >= last.sent_at):
            self.last_whole = exchange

    def goes_on_after(self, exchange: Exchange) -> bool:
        """Say whether something was asked for after an exchange had ended, and was answered whole.

        What was under way while that ended says nothing: an answer may be on its way that was sent
        before the server was stopped.
        """
        last = self.last_whole
        if last is None or last.number <= exchange.number or last.is_beside(exchange):
            return False
        return last.sent_at >= exchange.seen_at or not last.seen_at

    def _add_of(self, operation_id: str, exchange: Exchange) -> None:
        self.answered.add(operation_id)
        if operation_id in self.succeeding:
            return
        if exchange.is_success:
            self.succeeding.add(operation_id)
            self._refusals.pop(operation_id, None)
        elif _may_be_of_its_own(exchange):
            refusals = self._refusals.setdefault(operation_id, set())
            if len(refusals) < MOST_ANSWERS:
                refusals.add(_without_path(exchange))

    def _read_clock(self, exchange: Exchange) -> None:
        """Keep the youngest `created_at` so far, in seconds since the epoch."""
        value = exchange.answered
        moment = whole(value.get("created_at")) if isinstance(value, dict) else None
        if moment is None or moment >= self._limit:
            return
        if moment > max(0, self._moments[-1][2] if self._moments else 0):
            self._moments.append((exchange.number, exchange.together, moment))
            if len(self._moments) > MOST_MOMENTS:
                del self._moments[: MOST_MOMENTS // 2]

    def is_offered(self, exchange: Exchange) -> bool:
        """Say whether the server offers the operation of an exchange at all.

        It does not if it answers only 404, 405 or 501 to it, and never with an error envelope of
        its own: then it was the router that answered, which knows nothing of runs. Some routers
        answer with an envelope, too: the one they have for a path that no API has, or one that
        names the path.
        """
        if exchange.operation is None or exchange.response.status not in NOT_OFFERED:
            return True
        return self.is_answering(exchange.operation.id)

    def refuses_streams(self, exchange: Exchange) -> bool:
        """Say whether an exchange is a refused stream of a server that never took such a request.

        It does not offer streams then. What it does beside `stream` is judged by other requests.
        """
        return exchange.is_refusal and not self.takes_streams and _asks_for_stream(exchange)

    def is_answering(self, operation_id: str) -> bool:
        """Say whether an operation was answered by more than a router, once at least."""
        if operation_id in self.succeeding:
            return True
        return not self._refusals.get(operation_id, self._routers) <= self._routers

    def youngest_before(self, exchange: Exchange) -> int:
        """Return the youngest moment that was answered surely before an exchange; 0 for none."""
        for number, together, moment in reversed(self._moments):
            if number < exchange.number and not 0 < together == exchange.together:
                return moment
        return 0


def _asks_for_stream(exchange: Exchange) -> bool:
    asked, operation = exchange.asked, exchange.operation
    can_stream = operation is not None and operation.streams
    return can_stream and isinstance(asked, dict) and asked.get("stream") is True


def has_envelope(exchange: Exchange) -> bool:
    """Say whether an answer is an error envelope, whatever is inside."""
    answered = exchange.answered
    return isinstance(answered, dict) and isinstance(answered.get("error"), dict)


def _may_be_of_its_own(exchange: Exchange) -> bool:
    """Say whether a refusal may be the operation's own, unless the router answers the same.

    A router's names the path at most, and a gateway's speaks of the caller, whatever was asked.
    """
    if exchange.is_turned_away or not has_envelope(exchange):
        return False
    if exchange.response.status in NO_SUCH_METHOD:
        return False
    is_about_path = urlsplit(exchange.request.url).path in exchange.answer.text
    return not (exchange.response.status in NOT_OFFERED and is_about_path)


def _is_nowhere(exchange: Exchange) -> bool:
    """Say whether a refused request went where no API has anything."""
    is_refused = exchange.response.status in NOT_OFFERED
    return is_refused and urlsplit(exchange.request.url).path.endswith(NO_PLACE)


def _without_path(exchange: Exchange) -> OwnAnswer:
    """Return status and text of an answer, without the method and the path that were asked for."""
    request, text = exchange.request, exchange.answer.text
    path = urlsplit(request.url).path
    for asked in (path, unquote(path), f"/threads{path.rpartition('/threads')[2]}"):
        text = text.replace(asked, "")
    return exchange.response.status, text.replace(request.method, "")
