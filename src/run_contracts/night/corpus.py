"""The corpus: what showed something new, in a folder, so that rounds and nights start from it.

``walks/`` holds an entry a file, ``findings/`` a report a file, which `run-contracts report` and
`replay` read. Files are written beside and moved into place, so none is ever half there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from run_contracts.errors import UsageError
from run_contracts.events import Event
from run_contracts.filesystem.opening import read as read_file
from run_contracts.filesystem.single_line import LONGEST_WHY, line, name_of, shortened
from run_contracts.night.corpus_entry import LARGEST_ENTRY, CorpusEntry, WrongEntry, read_entry
from run_contracts.report import jsonlines
from run_contracts.traffic.hiding import Hide

PROJECT_FOLDER = ".run_contracts"
MOST_ENTRIES, MOST_FINDINGS = 2000, 300
"""Files of each kind that are read, and written."""
LONGEST_FOLDER_NAME = 80
_NO_NAME = re.compile(r"[^A-Za-z0-9.-]+")


def default_folder(subject: str, start: Path) -> Path:
    """Return the folder of the corpus of a target, in the project.

    >>> default_folder("http://127.0.0.1:8000/v1", Path(".")).name
    'http-127.0.0.1-8000-v1-87459d11'
    """
    name = _NO_NAME.sub("-", subject)[:LONGEST_FOLDER_NAME].strip(".-")
    mark = sha256(subject.encode("utf-8", errors="surrogatepass")).hexdigest()[:8]
    return start / PROJECT_FOLDER / "corpus" / f"{name}-{mark}"


class Corpus:
    """The files of one target; `complaints` has a line for each that cannot be read."""

    def __init__(self, folder: Path) -> None:
        """Make the folder; raise `UsageError` if that cannot be."""
        self.folder = folder
        self.walks, self.findings = folder / "walks", folder / "findings"
        self.complaints: list[str] = []
        self._written = 0
        try:
            for place in (self.walks, self.findings):
                place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(folder, error.strerror or str(error)) from None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the corpus for one night; raise `UsageError` if another has it."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - only a night needs it

        lock = FileLock(self.folder / "night.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise _unusable(
                self.folder,
                "another night works with it; wait for its end, or name another folder by --corpus",
            ) from None
        except (OSError, NotImplementedError) as error:
            raise _unusable(self.folder, str(error)) from None
        try:
            yield
        finally:
            lock.release()

    def entries(self, edition: str) -> Iterator[CorpusEntry]:
        """Yield the entries of an edition; a file that is none is passed over, with a line."""
        for path in _some(self.walks, "*.json", MOST_ENTRIES):
            self._written += 1
            try:
                entry = read_entry(read_file(path, limit=LARGEST_ENTRY))
            except (WrongEntry, UsageError) as error:
                self._complain(path, error)
                continue
            if entry.edition == edition:
                yield entry

    def keep(self, entry: CorpusEntry, hide: Hide) -> bool:
        """Write an entry that can be read again, unless there are enough; say if it is there."""
        data = entry.as_json(hide).encode("ascii")
        try:
            read_entry(data)
        except WrongEntry:
            return False  # nobody could read it again
        if self._written >= MOST_ENTRIES:
            return False
        self._written += 1
        return self._write(self.walks / entry.name, data)

    def keep_finding(self, key: str, data: bytes) -> Path | None:
        """Write the report of a finding; return its file, None if it cannot be written."""
        path = self.finding_file(key)
        return path if self._write(path, data) else None

    def finding_file(self, key: str) -> Path:
        """Return where the report of a finding is, or would be."""
        return self.findings / f"{sha256(key.encode()).hexdigest()[:20]}.jsonl"

    def finding(self, key: str) -> tuple[Event, ...]:
        """Return the events of a finding of this folder; none if they cannot be read."""
        path = self.finding_file(key)
        try:
            return jsonlines.read(path)
        except (UsageError, OSError) as error:
            self._complain(path, error)
            return ()

    def _complain(self, path: Path, error: Exception) -> None:
        why = shortened(line(str(error)).removeprefix(f"{name_of(path)}: "), LONGEST_WHY)
        self.complaints.append(f"{name_of(path)}: passed over: {why}")

    def _write(self, path: Path, data: bytes) -> bool:
        """Write a file whole or not at all."""
        try:
            write_whole(path, data)
        except OSError as error:
            self._complain(path, error)
            return False
        return True


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside its place and move it there, so that nobody ever reads half of it."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
        try:
            file.write(data)
            file.close()
            os.replace(file.name, path)  # noqa: PTH105 - the same, for a name that is a text
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise


def _some(folder: Path, pattern: str, most: int) -> list[Path]:
    return sorted(one for one in folder.glob(pattern) if not one.name.startswith("."))[:most]


def _unusable(folder: Path, why: str) -> UsageError:
    return UsageError(f"the corpus {name_of(folder)}: {shortened(line(why), LONGEST_WHY)}")
