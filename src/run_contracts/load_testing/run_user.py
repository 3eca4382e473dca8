"""The Locust user: drives whole lives of runs, and has every history judged.

Importing this imports Locust, which patches the process for gevent.
"""

from __future__ import annotations

import time
from typing import Any, ClassVar

from locust import User, constant, task
from locust.exception import StopUser

from run_contracts.client.checked_target import Target
from run_contracts.client.outgoing import OutgoingRequest
from run_contracts.errors import UsageError
from run_contracts.load_testing.life_driver import LifeDriver
from run_contracts.load_testing.load_target import LoadOptions, from_environment
from run_contracts.load_testing.locust_events import load_of
from run_contracts.traffic.exchange import SERVER_ERROR, Exchange
from run_contracts.types import DialectName, Edition

CLEANING_UP, REACHING = "cleaning up", "reaching"
"""What deletions are called in the statistics, and asking a server whether it is there."""
PAUSE_AFTER_TROUBLE = 1.0
"""Seconds until the next life after one that was cut short: the server may be gone."""


class FailedRequest(Exception):
    """What Locust's statistics count as a request that failed: no answer, or an error of theirs."""


class RunUser(User):
    """A user who creates, polls, answers, changes, cancels, lists and deletes runs, and judges.

    `host` is the base URL, `api_key` the key; without one it is that in ``RUN_CONTRACTS_API_KEY``,
    or else in ``OPENAI_API_KEY``. `shared` is the part of the lives that several users share; the
    rest means what it does for ``run-contracts check``. Times are in seconds.
    """

    abstract = True
    wait_time = constant(0)
    api_key: ClassVar[str | None] = None
    edition: ClassVar[Edition] = "v2"
    dialect: ClassVar[DialectName | None] = None
    headers: ClassVar[tuple[str, ...]] = ()
    secret_headers: ClassVar[tuple[str, ...]] = ()
    assistant_id: ClassVar[str | None] = None
    model: ClassVar[str | None] = None
    timeout: ClassVar[float] = 30.0
    patience: ClassVar[float] = 60.0
    write: ClassVar[bool | None] = None
    insecure: ClassVar[bool] = False
    shared: ClassVar[float] = 0.4

    @classmethod
    def run_target(cls, host: str | None = None) -> Target:
        """Return the target; raise `UsageError` for what cannot be."""
        part: object = cls.shared
        if not (isinstance(part, int | float) and 0 <= part <= 1):
            raise UsageError(f"shared {part!r} is not a number from 0 to 1")
        names = LoadOptions.__dataclass_fields__
        options = LoadOptions(**{name: getattr(cls, name) for name in names})
        return from_environment(host or cls.host, cls.api_key, options)

    def __init__(self, environment: Any) -> None:
        """Join the load of the environment."""
        super().__init__(environment)
        try:
            target = self.run_target(environment.host)
            self._load = load_of(environment, target).load
        except UsageError as error:
            raise StopUser(str(error)) from None
        self._hide = target.hidden
        self._driver = LifeDriver(target, self._load, self._on_exchange, self.shared)

    @task
    def life(self) -> None:
        """Drive one life to its end; none in a load that is over, as Locust may ask for."""
        if self._load.is_over:
            time.sleep(PAUSE_AFTER_TROUBLE)
            return
        reason = self._driver.drive()
        if not self._driver.is_reached:
            self._fire("GET", REACHING, failure=reason)
        if reason:
            time.sleep(PAUSE_AFTER_TROUBLE)

    def on_stop(self) -> None:
        """Close the connections."""
        super().on_stop()
        self._driver.end()

    def _on_exchange(self, outgoing: OutgoingRequest, exchange: Exchange) -> None:
        """Make an exchange an entry of the statistics."""
        response = exchange.response
        self._load.tally.numbers["requests"] += 1
        is_failed = not exchange.is_answered or response.status >= SERVER_ERROR
        self._fire(
            outgoing.wire.method,
            exchange.operation_id or CLEANING_UP,
            seconds=response.seconds,
            length=len(response.body),
            failure=response.outcome if is_failed else "",
        )

    def _fire(
        self, method: str, name: str, *, seconds: float = 0.0, length: int = 0, failure: str
    ) -> None:
        """Make an entry of the statistics."""
        self.environment.events.request.fire(
            request_type=method,
            name=name,
            response_time=seconds * 1000,
            response_length=length,
            exception=FailedRequest(self._load.failure(self._hide(failure))) if failure else None,
            context={},
        )
