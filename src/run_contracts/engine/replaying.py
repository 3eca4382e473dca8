"""Replaying: the steps of a recipe, sent again to a target."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from run_contracts.client.request_parts import path_segment, standard_headers
from run_contracts.client.session import Session
from run_contracts.contract.lifecycle import lifecycle
from run_contracts.probes import Blocked, Probe, ProbeContext
from run_contracts.probes.resources import CHECK_KEY
from run_contracts.traffic.base_urls import below
from run_contracts.traffic.exchange import Exchange, Headers
from run_contracts.traffic.payload import Payload
from run_contracts.traffic.recipe import Capture, Placeholder, RecipeStep, Template
from run_contracts.traffic.shell import secret_of

MOST_POLLS, POLL_PAUSE = 40, 0.25
"""How often a run is looked at until it shows a status again, and the seconds between."""


def replaying(steps: Iterable[RecipeStep], requirement: str) -> Probe:
    """Return a probe that sends steps again, as evidence for a requirement."""

    def scenario(context: ProbeContext) -> None:
        Replay(context.session).send(steps)

    return Probe(
        name="replay",
        what=f"send again what showed {requirement} broken",
        creates="what these requests create",
        exercises=(requirement,),
        scenario=scenario,
    )


class Replay:
    """Sends steps again, each with the ids that this time's answers gave."""

    def __init__(self, session: Session) -> None:
        """Nothing is sent yet."""
        self._session = session
        self._ids: dict[str, str] = {}
        self._come: dict[int, Payload] = {}

    def send(self, steps: Iterable[RecipeStep]) -> None:
        """Send steps in order; those that raced race again.

        Raises `Blocked` if the target does not answer with an id that is needed.
        """
        left = deque(steps)
        while left:
            step = left.popleft()
            if step.race == "begins":
                beside = [left.popleft()]
                while beside[-1].race == "begins" and left:
                    beside.append(left.popleft())
                self._race(step, beside)
            else:
                self._step(step)

    def _race(self, first: RecipeStep, beside: list[RecipeStep]) -> None:
        """Send steps while the first is under way: once its answer tells their ids, or at once."""
        left = deque(beside)

        def go_on() -> None:
            come = self._come[first.number]
            while left and all(list(_at(come, one)) for one in first.captures):
                self._pick(first)
                self._step(left.popleft())

        with self._session.together():
            if first.captures:
                self._send(first, go_on)
                self._pick(first)
            else:
                with ThreadPoolExecutor(1) as background:
                    first_sent = background.submit(self._send, first)
                    self._step(left.popleft())
                    first_sent.result()
            for one in left:
                self._step(one)

    def _step(self, step: RecipeStep) -> None:
        self._send(step)
        self._pick(step)

    def _send(self, step: RecipeStep, go_on: Callable[[], None] = lambda: None) -> None:
        """Send a step; a look at a run until it shows what it showed, or has ended."""
        ended = lifecycle(self._session.target.edition).terminal
        for _ in range(MOST_POLLS):
            answered = self._once(step, go_on).answered
            status = answered.get("status") if isinstance(answered, dict) else None
            if step.await_status is None or status == step.await_status or status in ended:
                return
            self._session.sleep(POLL_PAUSE)

    def _once(self, step: RecipeStep, go_on: Callable[[], None]) -> Exchange:
        """Send a step once; go on each time when more of its answer has come."""

        def come(answer: Payload) -> None:
            self._come[step.number] = answer
            go_on()

        return self._session.send_as_is(
            step.method,
            self._url(step),
            headers=dict(_with_own(step.headers, standard_headers(self._session.target))),
            content=self._body(step).encode("utf-8", errors="surrogatepass"),
            intent=step.intent,
            watcher=come,
        )

    def _body(self, step: RecipeStep) -> str:
        return _remarked(self._filled(step.body), self._session.check_id)

    def _url(self, step: RecipeStep) -> str:
        """Return where a step is sent: below the base URL that was named, and nowhere else."""
        base = self._session.target.url
        url = base + self._filled(step.path, is_path=True)
        if below(base, url) is None:
            raise Blocked(f"{step.method} {url} does not lie below {base}, so it is not sent")
        return url

    def _filled(self, text: Template, *, is_path: bool = False) -> str:
        """Return a text with ids for its placeholders."""

        def id_of(name: str) -> str:
            return path_segment(self._ids[name]) if is_path else self._ids[name]

        return "".join(id_of(part.name) if isinstance(part, Placeholder) else part for part in text)

    def _pick(self, step: RecipeStep) -> None:
        """Take the ids out of a step's answer."""
        for capture in step.captures:
            id_ = next(_at(self._come.get(step.number), capture), None)
            if id_ is None:
                path = (p if isinstance(p, str) else f"<{p.name}>" for p in step.path)
                request = f"{step.method} {''.join(path)}"
                raise Blocked(f"{request} does not answer with {capture.name} this time")
            self._ids[capture.name] = id_


def _at(answer: Payload | None, capture: Capture) -> Iterator[str]:
    """Yield the id where it was, if it is there."""
    try:
        value: Any = answer.values[capture.part][1] if answer else None
        for key in capture.pointer:
            value = value[key]
    except (LookupError, TypeError):
        return
    if isinstance(value, str):
        yield value


def _remarked(body: str, check_id: str) -> str:
    """Return a body with the mark of this check for that of the one it was sent by.

    So what it creates is ours to delete.

    >>> _remarked('{"metadata": {"run_contracts": "then"}}', "now")
    '{"metadata": {"run_contracts": "now"}}'
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body
    holders = (value, value.get("thread")) if isinstance(value, dict) else ()
    given = [one.get("metadata") for one in holders if isinstance(one, dict)]
    marked = [one for one in given if isinstance(one, dict) and CHECK_KEY in one]
    for metadata in marked:
        metadata[CHECK_KEY] = check_id
    return json.dumps(value) if marked else body


def _with_own(headers: Headers, own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the headers of a step, with secrets only where the target has them in every request.

    A file names headers and secrets as it likes. So none is filled in by its name: a header that is
    sent anyway, and was a secret, is sent as it always is; all others are as they stand there.
    """
    own_by_name = {name.lower(): value for name, value in own.items()}
    for name, value in headers:
        was_secret = bool(secret_of(value)) and name.lower() in own_by_name
        yield name, own_by_name[name.lower()] if was_secret else value
