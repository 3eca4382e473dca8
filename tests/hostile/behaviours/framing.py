"""Answers whose framing lies: lengths, chunks, encodings, headers."""

from __future__ import annotations

import gzip
import itertools
import zlib
from functools import cache

from tests.hostile.behaviour import HOLD, JSON, Answer, Asked, Behaviours, Said, runs, since

ALL = Behaviours("framing", on=runs)
CHUNKED = ("Transfer-Encoding", "chunked")
MEGABYTE = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def _lengths(name: str, sentence: str, *values: str) -> None:
    """Add a behaviour whose answers carry these lengths."""

    def said(asked: Asked) -> Said:
        answer = asked.right()
        length = len(answer.body)
        named = [("Content-Length", value.format(length, length + 500)) for value in values]
        yield answer.head(*named) + answer.body

    ALL.row(name, sentence, said)


def _chunks(name: str, sentence: str, before: bytes, after: bytes = b"") -> None:
    """Add a behaviour that frames each body by what stands before and after it."""

    def said(asked: Asked) -> Said:
        answer = asked.right()
        size = f"{len(answer.body):x}".encode()
        yield answer.head(CHUNKED) + before.replace(b"SIZE", size) + answer.body + after

    ALL.row(name, sentence, said)


def _encoded(name: str, sentence: str, encoding: str, body: bytes | None = None) -> None:
    """Add a behaviour whose answers are said to be encoded."""

    def said(asked: Asked) -> Said:
        answer = asked.right()
        answer.headers.append(("Content-Encoding", encoding))
        answer.body = answer.body if body is None else body
        yield answer.wire()

    ALL.row(name, sentence, said)


def _header(name: str, sentence: str, *lines: bytes) -> None:
    """Add a behaviour whose answers carry more header lines."""

    def said(asked: Asked) -> Said:
        status, _, rest = asked.right().wire().partition(b"\r\n")
        yield status + b"\r\n"
        for line in lines:
            yield line + b"\r\n"
        yield rest

    ALL.row(name, sentence, said)


_lengths("length-too-long", "Closes before the promised length has come.", "{1}")
_lengths("length-too-short", "Promises a length of 10 and sends more.", "10")
_lengths("length-zero", "Promises a length of 0 and sends a body.", "0")
_lengths("length-twice", "Gives two lengths that differ.", "{0}", "{1}")
_lengths("length-list", "Gives a list of two lengths that differ.", "{0}, {1}")
_lengths("length-negative", "Gives a length of -1.", "-1")
_lengths("length-signed", "Gives a length with a sign.", "+{0}")
_lengths("length-5000-digits", "Gives a length of 5,000 digits.", "9" * 5_000)
_lengths("length-float", "Gives a length of 1e3.", "1e3")
_lengths("length-empty", "Gives an empty length.", "")
_lengths("length-arabic", "Gives a length in Arabic digits.", "٤٢")
_chunks("no-last-chunk", "Closes without the last chunk.", b"SIZE\r\n", b"\r\n")
_chunks("chunk-not-hex", "Gives the size of a chunk as a word.", b"many\r\n", b"\r\n0\r\n\r\n")
_chunks("chunk-negative", "Gives a negative size of a chunk.", b"-SIZE\r\n", b"\r\n0\r\n\r\n")
_chunks("chunk-huge", "Announces a chunk of 16 exabytes.", b"FFFFFFFFFFFFFFFF\r\n")
_chunks(
    "chunk-10000-digits", "Gives the size of a chunk in 10,000 digits.", b"0" * 10_000 + b"SIZE\r\n"
)
_chunks("chunk-extension", "Extends a chunk by 1 MB.", b"SIZE;x=" + b"x" * MEGABYTE + b"\r\n")
_chunks("chunk-zero-first", "Begins by the last chunk.", b"0\r\n\r\nSIZE\r\n", b"\r\n0\r\n\r\n")
_chunks(
    "trailer-bad", "Ends with a trailer that is none.", b"SIZE\r\n", b"\r\n0\r\nno trailer\r\n\r\n"
)
_chunks(
    "trailers-many",
    "Ends with 20,000 trailers.",
    b"SIZE\r\n",
    b"\r\n0\r\n" + b"X-Trailer: more\r\n" * 20_000 + b"\r\n",
)
_encoded("gzip-lie", "Says gzip, and it is none.", "gzip")
_encoded("br-lie", "Says br, and it is none.", "br")
_encoded("zstd-lie", "Says zstd, and it is none.", "zstd")
_encoded("encoding-unknown", "Names an encoding that nobody knows.", "rot13")
_encoded("gzip-cut", "Ends in the middle of its gzip.", "gzip", gzip.compress(b"[1]" * 500)[:-20])
_encoded("gzip-200-times", "Says that it was zipped 200 times.", ", ".join(["gzip"] * 200))
_encoded("gzip-not-json", "Zips random text.", "gzip", gzip.compress(b"what you want"))
_header("headers-10000", "Has 10,000 headers.", *[b"X-%d: more" % at for at in range(10_000)])
_header("header-1-mb", "Has a header of 1 MB.", b"X-Long: " + b"x" * MEGABYTE)
_header("header-no-colon", "Has a header without a colon.", b"nonsense")
_header("header-no-name", "Has a header without a name.", b": nobody")
_header("header-space", "Has a space in the name of a header.", b"X Spaced : value")
_header("header-nul", "Has NUL in a header.", b"X-Nul: a\x00b")
_header("header-escape", "Has an escape of terminals in a header.", b"X-Red: \x1b[31mred\x1b[0m")
_header("header-folded", "Folds a header over lines.", b"X-Folded: a\r\n b\r\n\tc")
_header("header-utf-8", "Has headers in foreign letters.", "X-Id: 日本\u202eabc".encode())
_header("header-latin-1", "Has headers that are no UTF-8.", b"X-Id: \xff\xfe\x80", b"\xe4: \xf6")
_header("header-bare-cr", "Has a bare CR in a header.", b"X-Cr: a\rSet-Cookie: b=c")
_header("encoding-twice", "Has two transfer encodings.", b"Transfer-Encoding: gzip, identity")
_header("both-lengths", "Has a length, and says that it is chunked.", b"Transfer-Encoding: chunked")
ALL.says(
    "no-content-type", "Has no content type.", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
)
ALL.says(
    "status-204-body", "Answers 204, and sends a body.", b"HTTP/1.1 204 No\r\n\r\n" + b'{"a": 1}'
)
ALL.says(
    "status-304", "Answers 304 to everything.", b"HTTP/1.1 304 Not Modified\r\n\r\n", on=since(2)
)
ALL.says("status-206", "Answers 206 with a part.", HEAD.replace(b"200", b"206") + b'\r\n{"id": "r')
ALL.says(
    "body-none", "Promises a body as to HEAD and sends none.", HEAD + b"Content-Length: 700\r\n\r\n"
)
ALL.says("line-feeds", "Ends its lines by LF alone.", b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}")


@ALL.add()
def chunks_of_a_byte(asked: Asked) -> Said:
    """Every byte is a chunk of its own, as it may be."""
    answer = asked.right()
    yield answer.head(CHUNKED)
    yield b"".join(b"1\r\n%c\r\n" % byte for byte in answer.body) + b"0\r\n\r\n"


@ALL.add(is_slow=True)
def no_last_chunk_held(asked: Asked) -> Said:
    """Chunks come, but never the last one."""
    answer = asked.right()
    yield answer.head(CHUNKED) + f"{len(answer.body):x}\r\n".encode() + answer.body + b"\r\n"
    yield HOLD


@cache
def _bomb() -> bytes:
    """Return 300 MB of spaces, zipped."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * MEGABYTE) for _ in range(300)) + packer.flush()


@ALL.add()
def gzip_bomb(asked: Asked) -> Said:
    """Bodies of 300 KB unzip to 300 MB."""
    yield Answer(
        headers=[("Content-Type", JSON), ("Content-Encoding", "gzip")], body=_bomb()
    ).wire()


@ALL.add()
def gzip_bomb_twice(asked: Asked) -> Said:
    """Bodies are bombs that are zipped twice."""
    headers = [("Content-Type", JSON), ("Content-Encoding", "gzip, gzip")]
    yield Answer(headers=headers, body=gzip.compress(_bomb())).wire()


@ALL.add(is_slow=True)
def gzip_for_ever(asked: Asked) -> Said:
    """Zipped spaces come for ever."""
    yield Answer(headers=[("Content-Type", JSON), ("Content-Encoding", "gzip")]).head()
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield from (packer.compress(b" " * MEGABYTE) for _ in itertools.count())
