"""Opening and reading: what is no file is refused in one line, and no wait is without end."""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from run_contracts.errors import UsageError
from run_contracts.filesystem.opening import opened, read

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")


def _loop(place: Path) -> None:
    place.symlink_to(place)


def _socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.relpath(place))


def _text(data: bytes) -> Callable[[Path], object]:
    return lambda place: place.write_bytes(data)


NO_TEXT: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda place: None, "no such file or directory"),
    "folder": (Path.mkdir, "is a directory; name the files in it"),
    "loop": (_loop, "too many levels of symbolic links"),
    "socket": (_socket, "is a socket; name a file"),
    "device": (lambda place: place.symlink_to("/dev/zero"), "is a device; name a file"),
    "full": (lambda place: place.symlink_to("/dev/full"), "is a device; name a file"),
    "gzip": (_text(gzip.compress(b"{}")), "is compressed by gzip; decompress it first"),
    "zip": (_text(b"PK\x03\x04rest"), "is a zip archive; unpack it first"),
    "UTF-16": (_text("{}".encode("utf-16")), "is UTF-16 text; save it as UTF-8"),
    "UTF-32": (_text("{}".encode("utf-32")), "is UTF-32 text; save it as UTF-8"),
    "UTF-16 without a mark": (_text("{}".encode("utf-16-le")), "seems to be UTF-16 text"),
    "NUL": (_text(b"\0" * 5000), "holds nothing but NUL bytes"),
    "binary": (_text(b"\x7fELF\x02\x01\x01\0\0"), "is a binary file; name one of text"),
}


@pytest.mark.parametrize("name", NO_TEXT)
def test_what_is_no_text_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The file is named, with what it is, and nothing is read that has no end."""
    monkeypatch.chdir(tmp_path)
    make, words = NO_TEXT[name]
    make(tmp_path / "named")
    with pytest.raises(UsageError) as refused:
        read("named")
    assert str(refused.value).startswith(f"named: {words}")
    assert "\n" not in str(refused.value)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_what_may_not_be_read_is_refused(tmp_path: Path) -> None:
    """A file without permission is named."""
    place = tmp_path / "closed"
    place.write_bytes(b"{}")
    place.chmod(0)
    with pytest.raises(UsageError, match="closed: permission denied"):
        read(place)


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2Jb", "a\u202eb", os.fsdecode(b"a\xffb"), "a\0b"])
def test_no_name_of_a_file_steers_a_terminal(tmp_path: Path, name: str) -> None:
    """Names stand on one line, whatever is in them."""
    with pytest.raises(UsageError) as refused:
        read(f"{tmp_path}/{name}")
    assert str(refused.value).isprintable()


def test_the_mark_before_utf_8_is_left_out(tmp_path: Path) -> None:
    """What an editor puts before a text is not part of it."""
    (tmp_path / "marked").write_bytes("{}".encode("utf-8-sig"))
    assert read(tmp_path / "marked") == b"{}"


def test_no_more_is_read_than_is_said(tmp_path: Path) -> None:
    """A file of just so many bytes is read, a larger one is refused."""
    (tmp_path / "large").write_bytes(b"x" * 2048)
    assert len(read(tmp_path / "large", limit=2048)) == 2048
    with pytest.raises(UsageError, match="large: larger than the 1 KiB that are read"):
        read(tmp_path / "large", limit=1024)


def test_the_device_that_holds_nothing_is_an_empty_file() -> None:
    """Scripts name it where a file is asked for."""
    assert read(os.devnull) == b""


def test_a_pipe_without_a_writer_is_given_up(tmp_path: Path) -> None:
    """It is waited for as long as was said, and no thread is left waiting."""
    os.mkfifo(tmp_path / "pipe")
    threads = threading.active_count()
    with pytest.raises(UsageError, match="pipe: is a pipe that nobody writes to"):
        opened(tmp_path / "pipe", patience=0.2)
    assert threading.active_count() == threads


def test_a_writer_may_come_late_and_be_slow(tmp_path: Path) -> None:
    """Who has opened a pipe may take longer than is waited for one that does."""
    place = tmp_path / "pipe"
    os.mkfifo(place)

    def write() -> None:
        time.sleep(0.1)
        with place.open("wb") as writing:
            time.sleep(0.6)
            writing.write(b"{}")

    writer = threading.Thread(target=write)
    writer.start()
    with opened(place, patience=0.4) as reading:
        assert reading.read() == b"{}"
    writer.join()


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_the_standard_input_can_be_read(name: str) -> None:
    """It has a short name and the system's."""
    code = f"from run_contracts.filesystem.opening import read; print(read({name!r}))"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, input=b"{}", capture_output=True, check=True)
    assert done.stdout == b"b'{}'\n"


def test_a_closed_standard_input_is_told() -> None:
    """There is nothing to read, and no traceback."""
    code = "import os, sys; os.close(0)\nfrom run_contracts.filesystem.opening import *\n"
    code += "try: read('-')\nexcept UsageError as error: print(error)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"-: bad file descriptor\n"
