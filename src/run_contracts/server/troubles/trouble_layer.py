"""The layer that lets trouble come to requests, before a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock

from starlette.types import ASGIApp, Receive, Scope, Send

from run_contracts.server.troubles.stream_forms import StreamForm, StreamWriter
from run_contracts.server.troubles.trouble import Group, Trouble

LAYERS: tuple[Group, ...] = ("answer", "pace")
"""The groups whose troubles are layers, the inner one first."""
OperationOf = Callable[[str, str], str | None]
"""What names the operation of a method and a path."""


@dataclass(kw_only=True, slots=True)
class _Planned:
    """A trouble, how many requests it could have come to, and to how many it came."""

    trouble: Trouble
    met: int = 0
    came: int = 0

    @property
    def is_over(self) -> bool:
        """Whether it comes no more."""
        return self.trouble.times is not None and self.came >= self.trouble.times


class TroubleLayer:
    """An ASGI application that lets another one answer, with the troubles that are due.

    Of each group the first that is due comes to a request, in the order they were planned.
    """

    def __init__(self, application: ASGIApp, operation_of: OperationOf) -> None:
        """Plan none."""
        self._application = application
        self._operation_of = operation_of
        self._planned: list[_Planned] = []
        self._lock = Lock()

    def add(self, trouble: Trouble) -> None:
        """Plan one more."""
        with self._lock:
            self._planned.append(_Planned(trouble=trouble))

    def left(self) -> Iterator[str]:
        """Yield a line for each trouble that came to no request."""
        with self._lock:
            for planned in self._planned:
                if not planned.came:
                    yield f"no request met the trouble {planned.trouble}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request through the layers of its troubles."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        operation, application = (
            self._operation_of(scope["method"], scope["path"]),
            self._application,
        )

        def form() -> StreamForm | None:
            trouble = self._due("form", operation)
            return None if trouble is None else trouble.form

        for group in LAYERS:
            trouble = self._due(group, operation)
            if trouble is not None and trouble.layer is not None:
                application = trouble.layer(application)
        await application(scope, receive, StreamWriter(form, receive, send).sent)

    def _due(self, group: Group, operation: str | None) -> Trouble | None:
        """Return the trouble of a group that comes to a request now, if any."""
        with self._lock:
            for planned in self._planned:
                trouble = planned.trouble
                is_meant = trouble.on is None or operation in trouble.on
                is_meant = is_meant and trouble.group == group
                if not is_meant or planned.is_over:
                    continue
                planned.met += 1
                if planned.met > trouble.after:
                    planned.came += 1
                    return trouble
            return None
