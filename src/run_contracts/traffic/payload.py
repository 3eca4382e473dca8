"""Payloads: the bytes of a request or an answer, and the JSON in them, each read once.

Everything that looks into an answer looks into its payload: checks, slices, recipes, cleanup,
probes and reports. What is decoded is kept as long as the payload is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from propcache.api import cached_property

from run_contracts.contract.object_names import LIST, named_kind
from run_contracts.errors import UnreadableBody
from run_contracts.traffic import sse
from run_contracts.traffic.sse import Frame
from run_contracts.traffic.streamed_events import DONE_DATA
from run_contracts.types import JSONObject
from run_contracts.validation.json_text import BODY_LIMIT, Body, decode_json, texts_in

T = TypeVar("T")
NO_BODY = Body(value=None, is_json=False, violations=())
CUT = "it was not read to its end, for it is too large"
ITEMS_READ = 1_000
"""Items of one list that are objects of their own; no page may hold more than 100."""
_QUOTED = re.compile('"([^"]*)"')
Pointer = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An object in a payload: `place` is a JSON pointer, after ``line N: `` in a stream."""

    value: JSONObject
    place: str = ""
    is_item: bool = False


class _ByKind(dict[str, tuple[Placed, ...]]):
    """Objects by their kind; of most kinds there are none."""

    def __missing__(self, kind: str) -> tuple[Placed, ...]:
        return ()


class Payload:
    r"""What was sent or answered, as bytes, and what it says.

    >>> Payload(b'{"object": "thread.run", "id": "run_1"}').objects["run"][0].value["id"]
    'run_1'
    >>> Payload(b"data: 1\n\ndata: [DONE]\n\n").values
    (('line 1', 1), ('line 3', None))
    """

    def __init__(
        self, data: bytes, *, is_stream: bool = False, is_whole: bool = True, is_cut: bool = False
    ) -> None:
        """`is_stream` is what its header says; of what is not whole yet, more will come.

        What `is_cut` was not read to its end.
        """
        self._is_cut = is_cut
        self.data = data
        self._is_stream, self._is_whole = is_stream, is_whole
        self._bodies: dict[Frame, Body] = {}

    def __repr__(self) -> str:
        return f"<payload of {len(self.data)} bytes>"

    @property
    def text(self) -> str:
        """Its text; what is not UTF-8 is replaced."""
        return self.data.decode("utf-8", errors="replace")

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is made of it, made once for each key."""
        if key not in self._derived:
            self._derived[key] = make()
        made: T = self._derived[key]
        return made

    @cached_property
    def _derived(self) -> dict[Hashable, Any]:
        """What was made of it so far."""
        return {}

    def continues(self, begun: Payload) -> None:
        """Take over what was read of its beginning, while it came."""
        self._bodies |= begun._bodies

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """The frames it has if it is read as a stream; while it comes, those that are whole."""
        every = sse.frames(self.data)
        return every if self._is_whole else tuple(one for one in every if one.whole)

    def body_of(self, frame: Frame) -> Body:
        """Return the data of a frame as JSON; no value for the end marker, and without data."""
        if frame.data is None or frame.data == DONE_DATA:
            return NO_BODY
        if frame not in self._bodies:
            data = frame.data.encode("utf-8", errors="surrogatepass")
            self._bodies[frame] = _read(data)[0]
        return self._bodies[frame]

    @cached_property
    def _whole(self) -> tuple[Body, str | None]:
        # What has frames is no JSON, of which no line can begin with event or data.
        is_plain_stream = self._is_stream and len(self.data) <= BODY_LIMIT and self.frames
        if is_plain_stream or not self.data:
            return NO_BODY, None
        return (NO_BODY, CUT) if self._is_cut and not self._is_stream else _read(self.data)

    @property
    def body(self) -> Body:
        """Its whole as JSON, with what is wrong with its form."""
        return self._whole[0]

    @property
    def unreadable(self) -> str | None:
        """Why it is too large or too deep to judge; None if it is not."""
        return self._whole[1]

    @cached_property
    def values(self) -> tuple[tuple[str, Any], ...]:
        """Its JSON values with their places: its only one, or that of each frame, if any."""
        if self.body.is_json or self.unreadable:
            return (("", self.body.value),)
        return tuple((f"line {frame.line}", self.body_of(frame).value) for frame in self.frames)

    @cached_property
    def objects(self) -> Mapping[str, tuple[Placed, ...]]:
        """Its objects by kind, in order: its values, and the items of those that are lists."""
        by_kind: dict[str, list[Placed]] = {}
        for placed in self._placed():
            kind = named_kind(placed.value)
            if kind is not None:
                by_kind.setdefault(kind, []).append(placed)
        return _ByKind((kind, tuple(found)) for kind, found in by_kind.items())

    def _placed(self) -> Iterator[Placed]:
        for place, value in self.values:
            items = value.get("data") if is_kind(value, LIST) else None
            if isinstance(value, dict):
                yield Placed(value=value, place=place)
            for at, item in enumerate(items[:ITEMS_READ] if isinstance(items, list) else ()):
                if isinstance(item, dict):
                    pointer = f"{place}: /data/{at}" if place else f"/data/{at}"
                    yield Placed(value=item, place=pointer, is_item=True)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Every id in it, at any depth, in order."""
        return tuple(id_ for _, value in self.values for _, id_, _ in ids_in(value))

    @cached_property
    def texts(self) -> frozenset[str]:
        """Every text in its JSON but names of fields; of what is no JSON, what stands in quotes."""
        is_json = self.body.is_json
        return frozenset(texts_in(self.body.value) if is_json else _QUOTED.findall(self.text))


def ids_in(value: Any) -> list[tuple[Pointer, str, JSONObject]]:
    """Return the ids that a JSON value holds at any depth: where, the id, and the object around it.

    >>> [(where, id_) for where, id_, _ in ids_in({"id": "run_1", "of": [{"thread_id": "t_1"}]})]
    [(('id',), 'run_1'), (('of', 0, 'thread_id'), 't_1')]
    """
    ids: list[tuple[Pointer, str, JSONObject]] = []
    _gather(value, (), ids)
    return ids


def _gather(value: Any, pointer: Pointer, ids: list[tuple[Pointer, str, JSONObject]]) -> None:
    """Add the ids in a value that stands at a pointer, in order."""
    if isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, dict | list):
                _gather(item, (*pointer, name), ids)
            elif isinstance(item, str) and item and (name == "id" or name.endswith("_id")):
                ids.append(((*pointer, name), item, value))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            _gather(item, (*pointer, at), ids)


def is_kind(value: Any, name: str) -> bool:
    """Say whether a value is an object that calls itself by this name, e.g. ``thread.run``."""
    return isinstance(value, dict) and value.get("object") == name


def _read(data: bytes) -> tuple[Body, str | None]:
    """Return a body, and why it is not judged if it is too large or too deep."""
    try:
        return decode_json(data), None
    except UnreadableBody as error:
        return NO_BODY, str(error)
