"""The double does what it says: each behaviour is asked what a check asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import pytest

from run_contracts.client.request_parts import path_segment
from tests.hostile.behaviour import EVENTS, Asked, Behaviour, Said
from tests.hostile.behaviours import BEHAVIOURS

KEY = "sk-reference"
ASSISTANT = {"model": "gpt-4o", "instructions": "Be kind."}
MOST_PIECES = 30
NUMBER = 60
"""The number of each request: behaviours that begin later, or come now and then, take it."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A server with a thread, an assistant and a run, of which one may ask."""

    upstream: tuple[str, int]
    thread: str = ""
    assistant: str = ""
    run: str = ""

    def asked(self, method: str, path: str, **body: object) -> Asked:
        return Asked(
            number=NUMBER,
            method=method,
            target=f"/v1{path}",
            headers=[
                ("Authorization", f"Bearer {KEY}"),
                ("OpenAI-Beta", "assistants=v2"),
                ("Content-Type", "application/json"),
            ],
            body=json.dumps(body).encode() if method == "POST" else b"",
            upstream=self.upstream,
            elsewhere="http://127.0.0.1:1/v1",
        )

    def usual(self) -> Iterator[Asked]:
        """Yield what a check asks of a server."""
        home = f"/threads/{self.thread}/runs"
        yield self.asked("GET", f"{home}/{self.run}")
        yield self.asked("GET", home)
        yield self.asked("POST", "/assistants", **ASSISTANT)
        yield self.asked("POST", "/threads")
        yield self.asked("POST", "/threads/runs", assistant_id=self.assistant)
        yield self.asked("POST", "/threads/runs", assistant_id=self.assistant, stream=True)
        yield self.asked("POST", home, assistant_id=self.assistant)
        yield self.asked("DELETE", "/threads/thread_nowhere")


@pytest.fixture(scope="module")
def scene(right: str) -> Scene:
    """Return a scene on a right server."""
    parts = urlsplit(right)
    bare = Scene(upstream=(parts.hostname or "", parts.port or 0))
    assistant = bare.asked("POST", "/assistants", **ASSISTANT).right().value["id"]
    body = {"assistant_id": assistant}
    run = bare.asked("POST", "/threads/runs", **body).right().value
    return Scene(
        upstream=bare.upstream, thread=run["thread_id"], assistant=assistant, run=run["id"]
    )


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=BEHAVIOURS)
def test_each_behaves(scene: Scene, behaviour: Behaviour) -> None:
    """It is reached by some usual request, and says bytes, or waits, without an error."""
    taken = [asked for asked in scene.usual() if behaviour.on(asked)]
    assert taken
    for asked in taken[:2]:
        known = behaviour.restored(asked) if behaviour.restored else asked
        for piece in islice(behaviour.act(known), MOST_PIECES):
            assert piece is None or isinstance(piece, bytes | float)


@pytest.mark.parametrize("name", [name for name, one in BEHAVIOURS.items() if one.restored])
def test_odd_ids_are_known_again(scene: Scene, name: str) -> None:
    """A server whose ids are odd takes them in bodies and paths, so that a check gets far."""
    behaviour = BEHAVIOURS[name]
    created = _body(behaviour.act(scene.asked("POST", "/assistants", **ASSISTANT)))["id"]
    assert behaviour.restored is not None
    asked = behaviour.restored(scene.asked("POST", "/threads/runs", assistant_id=created))
    run = _body(behaviour.act(asked))
    path = f"/threads/{path_segment(run['thread_id'])}/runs/{path_segment(run['id'])}"
    read = _body(behaviour.act(behaviour.restored(scene.asked("GET", path))))
    assert (read["id"], read["assistant_id"]) == (run["id"], created)


def _body(said: Said) -> Any:
    whole = b"".join(piece for piece in said if isinstance(piece, bytes))
    return json.loads(whole.partition(b"\r\n\r\n")[2])


def test_a_right_stream_is_cut_into_frames(scene: Scene) -> None:
    """What changes a frame gets it whole."""
    asked = scene.asked("POST", "/threads/runs", assistant_id=scene.assistant, stream=True)
    said = b"".join(piece for piece in BEHAVIOURS["done-twice"].act(asked) if piece)  # type: ignore[misc]
    assert EVENTS.encode() in said
    assert said.endswith(b"event: done\ndata: [DONE]\n\n" * 2)
