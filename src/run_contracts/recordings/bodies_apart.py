"""Bodies that recorders keep in files of their own, beside the recording.

Playwright does so if asked to, WireMock for longer bodies, Mockoon for those of a file. Such a file
is read only if it lies in the folder of its recording, whatever a recording says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from run_contracts.filesystem.opening import LARGEST_FILE, STANDARD_INPUT, exists
from run_contracts.filesystem.remote import is_url
from run_contracts.filesystem.single_line import word
from run_contracts.recordings.formats.entry_parts import response
from run_contracts.recordings.formats.stub_paths import TEMPLATE
from run_contracts.recordings.formats.wiremock import BODY_FOLDER
from run_contracts.recordings.recorded import Entry, Recorded, Unread
from run_contracts.validation.json_text import BODY_LIMIT, beyond_limit

MAPPINGS = "mappings"
"""The folder of WireMock's stubs, at any depth in it; that of their bodies is beside it."""


class _NotFound(ValueError):
    """A body cannot be had; the message says why, in a clause."""


class BodiesElsewhere(Exception):
    """A recording has bodies in files beside it, and this machine is not where it lies."""


class BodiesApart:
    """Reads the bodies of one recording that are in other files, so many bytes of all together."""

    def __init__(
        self, recording: str, *, most: int = LARGEST_FILE, is_elsewhere: bool = False
    ) -> None:
        """Look where a recording lies; one that comes from a pipe lies nowhere.

        Of one that lies on another machine no body is looked for: `BodiesElsewhere` is raised.
        """
        self._is_elsewhere, self._is_remote = is_elsewhere, is_url(recording)
        is_file = recording != STANDARD_INPUT and exists(Path(recording))
        folder = Path(recording).absolute().parent if is_file else None
        self._folder = folder
        self._left = most

    def joined(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Yield entries with their bodies; one whose body cannot be had is an `Unread`."""
        for entry in entries:
            if isinstance(entry, Recorded) and (entry.request_file or entry.response_file):
                if self._is_elsewhere:
                    raise BodiesElsewhere
                yield self._joined(entry)
            else:
                yield entry

    def _joined(self, recorded: Recorded) -> Entry:
        """Return an exchange with its bodies; that of the request may be one that nobody kept."""
        if recorded.request_file:
            with suppress(_NotFound):
                body = self._body(recorded.request_file)
                recorded = replace(recorded, request=replace(recorded.request, body=body))
        try:
            return self._with_answer(recorded) if recorded.response_file else recorded
        except _NotFound as wrong:
            return Unread(recorded.place, str(wrong))

    def _with_answer(self, recorded: Recorded) -> Recorded:
        body = self._body(recorded.response_file)
        if recorded.is_stub and TEMPLATE.encode() in body:
            raise _NotFound("its body is a template")
        bare = recorded.response
        read = response(bare.status, bare.headers, body)
        return replace(recorded, response=replace(bare, headers=read.headers, body=read.body))

    def _body(self, name: str) -> bytes:
        if self._is_remote:
            raise _NotFound(f"its body is in the file {word(name)}, which is not read beside a URL")
        path = next(filter(None, (_within(*place) for place in self._places(name))), None)
        if path is None:
            raise _NotFound(f"its body is in the file {word(name)}, which is not beside it")
        limit = min(BODY_LIMIT, self._left)
        try:
            with path.open("rb") as reading:
                body = reading.read(limit + 1)
        except OSError as error:
            raise _NotFound(f"its body is in the file {word(name)}: {error.strerror}") from None
        if len(body) > BODY_LIMIT:
            raise _NotFound(beyond_limit(len(body)))
        if len(body) > limit:
            raise _NotFound("the files of all its bodies are too large to be read")
        self._left -= len(body)
        return body

    def _places(self, name: str) -> Iterator[tuple[Path, str]]:
        """Yield the folders that a body may lie in, each with its name there."""
        folder = self._folder
        if folder is None:
            return
        yield folder, name
        inner = name.removeprefix(f"{BODY_FOLDER}/")
        above = next((one for one in (folder, *folder.parents) if one.name == MAPPINGS), None)
        if above is not None and inner != name:
            yield above.with_name(BODY_FOLDER), inner


def _within(folder: Path, name: str) -> Path | None:
    """Return the file of that name in a folder, at any depth; None if it leads elsewhere."""
    try:
        path, inside = (folder / name).resolve(), folder.resolve()
    except (OSError, ValueError, RuntimeError):
        return None
    return path if path.is_relative_to(inside) and exists(path) else None
