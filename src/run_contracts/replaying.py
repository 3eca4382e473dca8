"""Replaying: the steps of a recipe, sent again to a target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

from run_contracts.errors import Unreachable
from run_contracts.exchange import Exchange, Premise
from run_contracts.lifecycle import lifecycle
from run_contracts.probes import Probe, Stage
from run_contracts.recipe import Name, Pick, Step, Text, parts
from run_contracts.session import Session

LOOKS, PAUSE = 40, 0.25
"""How often a run is looked at until it shows a status again, and the seconds between."""
GLANCES = 100
"""How often an answer that is under way is looked into for an id."""


def replaying(steps: Iterable[Step], requirement: str) -> Probe:
    """Return a probe that sends steps again, as evidence for a requirement."""

    def scenario(stage: Stage) -> None:
        Replay(stage.session).send(steps)

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
        self._come: dict[int, str] = {}

    def send(self, steps: Iterable[Step]) -> None:
        """Send steps in order; those that raced race again.

        Raises `Unreachable` if the target does not answer, or not with an id that is needed.
        """
        with ExitStack() as race:
            under_way: list[Future[None]] = []
            for step in steps:
                if step.race == "begins":
                    race.enter_context(self._session.together())
                    pool = race.enter_context(ThreadPoolExecutor(1))
                    under_way.append(pool.submit(self._send, step))
                else:
                    self._send(step)
                if step.race == "ends":
                    for each in under_way:
                        each.result()
                    race.close()
                for pick in step.picks:
                    self._ids[pick.name] = self._picked(step, pick)

    def _send(self, step: Step) -> None:
        """Send a step; a look at a run until it shows what it showed, or has ended."""
        ended = lifecycle(self._session.target.edition).terminal
        for _ in range(LOOKS):
            exchange = self._once(step)
            answered = exchange.answered
            status = answered.get("status") if isinstance(answered, dict) else None
            if step.await_status is None or status == step.await_status or status in ended:
                return
            self._session.sleep(PAUSE)

    def _once(self, step: Step) -> Exchange:
        def come(answer: bytes) -> None:
            self._come[step.number] = answer.decode("utf-8", errors="replace")

        secrets = {name: secret for secret, name in self._session.target.secrets().items()}
        return self._session.send_as_is(
            step.method,
            self._session.target.url + self._filled(step.path, is_path=True),
            headers={name: _revealed(value, secrets) for name, value in step.headers},
            content=self._filled(step.body).encode("utf-8", errors="surrogatepass"),
            premise=Premise(step.premise),
            watcher=come,
        )

    def _filled(self, text: Text, *, is_path: bool = False) -> str:
        """Return a text with ids for its names."""

        def id_of(name: str) -> str:
            return quote(self._ids[name], safe="") if is_path else self._ids[name]

        return "".join(id_of(part.name) if isinstance(part, Name) else part for part in text)

    def _picked(self, step: Step, pick: Pick) -> str:
        """Return an id out of an answer, as soon as it has come."""
        for _ in range(GLANCES if step.race == "begins" else 1):
            for found in _at(self._come.get(step.number, ""), pick):
                return found
            self._session.sleep(PAUSE)
        told = "".join(part if isinstance(part, str) else f"<{part.name}>" for part in step.path)
        raise Unreachable(f"{step.method} {told} does not answer with {pick.name} this time")


def _at(answer: str, pick: Pick) -> Iterator[str]:
    """Yield the id where it was, if it is there."""
    value: Any = dict(enumerate(parts(answer))).get(pick.part)
    try:
        for key in pick.pointer:
            value = value[key]
    except (LookupError, TypeError):
        return
    if isinstance(value, str):
        yield value


def _revealed(text: str, secrets: dict[str, str]) -> str:
    for name, secret in secrets.items():
        text = text.replace(name, secret)
    return text
