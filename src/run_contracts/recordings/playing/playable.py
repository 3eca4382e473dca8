"""What a recording has to play: its exchanges in order, and the ids that were new in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from propcache.api import cached_property

from run_contracts.errors import UsageError
from run_contracts.filesystem.opening import LARGEST_FILE, FileName
from run_contracts.filesystem.single_line import line, name_of, shortened
from run_contracts.recordings.file_parts import Entries
from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.playing.plain_request import ROOTS, PlainRequest, fits, plain
from run_contracts.recordings.playing.wire_ids import ids_in, words_in
from run_contracts.recordings.recorded import Recorded, Unread
from run_contracts.recordings.redacted import is_redacted, with_its_ids
from run_contracts.recordings.time_order import in_order
from run_contracts.traffic.exchange import BAD_REQUEST, OK, Request, Response

MOST_PLAYED = 10_000
"""Exchanges that are played, at most."""
MOST_OPERATIONS_NAMED = 12
"""Operations that are named when a play is announced."""
LONGEST_OPERATION = 60
Place = tuple[str, tuple[str, ...]]
"""A method, and the segments of a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playable:
    """A recorded exchange that can be played. A stub is answered whenever it is asked for."""

    request: PlainRequest
    sent: Request
    response: Response
    is_stub: bool

    @property
    def is_write(self) -> bool:
        """Whether it changed something."""
        is_success = OK <= self.response.status < BAD_REQUEST
        return is_success and not self.request.is_read and not self.is_stub


@dataclass(frozen=True, kw_only=True)
class PlayedRecording:
    """Exchanges to play, oldest first. `unread` is how many entries are not understood."""

    names: tuple[str, ...]
    exchanges: tuple[Playable, ...]
    unread: int

    @cached_property
    def opening(self) -> int:
        """The place of the first that changed something; the number of all if none did."""
        writes = (number for number, one in enumerate(self.exchanges) if one.is_write)
        return next(writes, len(self.exchanges))

    def begins_with(self, asked: PlainRequest) -> bool:
        """Say whether a request is that of its first exchange, or of the first that changed."""
        firsts = {0, self.opening} & set(range(len(self.exchanges)))
        return any(fits(self.exchanges[number].request, asked) for number in firsts)

    def is_opened_by(self, asked: PlainRequest) -> bool:
        """Say whether a request is that of the first exchange that changed something."""
        first = self.exchanges[self.opening : self.opening + 1]
        return any(fits(one.request, asked) for one in first)

    def fitting(self, asked: PlainRequest) -> list[int]:
        """Return the places of the exchanges that a request fits, oldest first."""
        exact, patterns = self._places
        places = sorted((*exact.get((asked.method, asked.segments), ()), *patterns))
        return [place for place in places if fits(self.exchanges[place].request, asked)]

    def writes_about(self, asked: PlainRequest) -> Sequence[int]:
        """Return the places of what changed that which a request is about, oldest first."""
        return self._writes.get(asked.scope, ())

    @cached_property
    def _places(self) -> tuple[Mapping[Place, list[int]], list[int]]:
        """Return places by method and path, and those of paths that fit more than one."""
        exact: dict[Place, list[int]] = defaultdict(list)
        patterns: list[int] = []
        for number, played in enumerate(self.exchanges):
            request = played.request
            is_pattern = any(map(is_redacted, request.segments))
            numbers = patterns if is_pattern else exact[request.method, request.segments]
            numbers.append(number)
        return exact, patterns

    @cached_property
    def _writes(self) -> Mapping[tuple[str, ...], list[int]]:
        writes: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, played in enumerate(self.exchanges):
            if played.is_write:
                writes[played.request.scope].append(number)
        return writes

    @cached_property
    def new_ids(self) -> tuple[str, ...]:
        """The ids that its server made: answered before a client ever sent them.

        What was answered before anything was changed had been there, and stubs have no order.
        """
        sent: set[str] = set()
        new: dict[str, None] = {}
        for number, played in enumerate(self.exchanges):
            words = words_in(f"{played.sent.url} ".encode("utf-8", "replace") + played.sent.body)
            sent.update(word.decode("latin-1") for word in words)
            sent.update(played.request.segments)
            values = played.response.payload.values
            answered = [id_ for _, value in values for id_ in ids_in(value)]
            if number < self.opening or played.is_stub:
                sent.update(answered)
            new.update(dict.fromkeys(id_ for id_ in answered if id_ not in sent))
        return tuple(new)

    def __str__(self) -> str:
        counts = Counter(one.request.operation for one in self.exchanges)
        most = counts.most_common(MOST_OPERATIONS_NAMED)
        named = [f"{line(shortened(name, LONGEST_OPERATION))} {n}" for name, n in most]
        more = (
            f", {len(counts) - MOST_OPERATIONS_NAMED} more"
            if len(counts) > MOST_OPERATIONS_NAMED
            else ""
        )
        size = f"{len(self.exchanges)} exchange{'s' * (len(self.exchanges) != 1)}"
        unread = f"; {self.unread} of its entries cannot be read" if self.unread else ""
        return f"{size} of {', '.join(self.names)} ({', '.join(named)}{more}{unread})"


def played_recording(files: Iterable[FileName]) -> PlayedRecording:
    """Return what there is to play in recordings, one after another.

    Raises `UsageError` for a file that cannot be read, has nothing to play, or has too much.
    """
    names: list[str] = []
    exchanges: list[Playable] = []
    unread = 0
    for file in files:
        read = list(_read(file))
        wrong = [one for one in read if isinstance(one, Unread)]
        playable = list(_playable([one for one in read if isinstance(one, Recorded)]))
        if not playable:
            why = f" ({line(wrong[0].reason)})" if wrong else ""
            raise UsageError(
                f"{name_of(file)}: there is nothing to play: no exchange that has its request{why}"
            )
        names.append(name_of(file))
        exchanges += playable
        unread += len(wrong)
    if len(exchanges) > MOST_PLAYED:
        raise UsageError(f"more than the {MOST_PLAYED:,} exchanges that are played; name fewer")
    return PlayedRecording(names=tuple(names), exchanges=tuple(exchanges), unread=unread)


def _read(file: FileName) -> Iterator[Recorded | Unread]:
    """Yield the exchanges of a file within bounds; of answers alone there is nothing to play."""
    count = size = 0
    for part in file_parts(file):
        size += part.size
        read = part.entries if isinstance(part, Entries) else ()
        count += len(read)
        if size > LARGEST_FILE or count > MOST_PLAYED:
            raise UsageError(
                f"{name_of(file)}: more than the {MOST_PLAYED:,} exchanges, or the "
                f"{LARGEST_FILE // 2**20} MiB, that are played; name a part of it"
            )
        yield from read


def _playable(recorded: list[Recorded]) -> Iterator[Playable]:
    """Yield what can be played, the oldest first.

    What went to a server that the recording shows nothing of the protocol from is left out.
    """
    asked = [one for one in recorded if one.has_request and one.request.method != "OPTIONS"]
    answered = in_order([one for one in asked if one.response.status >= OK])
    every = [found for one in answered if (found := _placed(one)) is not None]
    hosts = {host for host, one in every if one.request.segments[0] in ROOTS}
    yield from (one for host, one in every if host in hosts)


def _placed(recorded: Recorded) -> tuple[str, Playable] | None:
    """Return an exchange with its host; None if its URL is none."""
    try:
        return urlsplit(recorded.request.url).netloc.lower(), _one(recorded)
    except ValueError:
        return None


def _one(recorded: Recorded) -> Playable:
    completed = replace(with_its_ids(recorded).request, body=recorded.request.body)
    return Playable(
        request=plain(completed),
        sent=completed,
        response=recorded.response,
        is_stub=recorded.is_stub,
    )
