"""Writing: what cannot be written is refused before any work, and a full disk is one line."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from run_contracts.errors import UsageError
from run_contracts.filesystem.writing import writing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
FULL = "/dev/full: cannot be written: no space left on device"
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")


def test_texts_are_written_and_added(tmp_path: Path) -> None:
    """A file is written anew or added to, in UTF-8, with line breaks as they are."""
    for mode, text in (("w", "old"), ("w", "é\n"), ("a", "b\n")):
        with writing(tmp_path / "file", mode) as file:
            file.write(text)
    assert (tmp_path / "file").read_bytes() == "é\nb\n".encode()


def test_where_no_file_can_be_is_told(tmp_path: Path) -> None:
    """A folder, a place that is not there, and a pipe that nobody reads are refused at once."""
    os.mkfifo(tmp_path / "pipe")
    places = {
        tmp_path: "is a directory",
        tmp_path / "no" / "file": "no such file or directory",
        tmp_path / "pipe": "is a pipe that nobody reads; start what reads first",
    }
    for place, words in places.items():
        with pytest.raises(UsageError, match=f"cannot be written: {words}$"):
            writing(place)


@needs_full
def test_a_full_disk_is_told_when_it_is_full() -> None:
    """Whoever writes each line learns it at once, with the name of the file."""
    file = writing("/dev/full")
    file.write("x")
    with pytest.raises(UsageError, match=FULL):
        file.flush()
    with pytest.raises(UsageError, match=FULL):
        file.close()


@needs_full
def test_a_full_disk_is_told_at_the_end() -> None:
    """What was not flushed is not lost without a word."""
    with pytest.raises(UsageError, match=FULL), writing("/dev/full") as file:
        file.write("x")


def test_a_pipe_that_somebody_reads_is_written(tmp_path: Path) -> None:
    """What is written to it arrives whole, more than it holds at a time."""
    place = tmp_path / "pipe"
    os.mkfifo(place)
    parts: list[bytes] = []
    descriptor = os.open(place, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    with writing(place) as file:
        reader = threading.Thread(target=lambda: parts.append(_all(descriptor)))
        reader.start()
        file.write("x" * 300_000)
    reader.join()
    assert len(parts[0]) == 300_000


def _all(descriptor: int) -> bytes:
    with open(descriptor, "rb") as reading:
        return reading.read()
