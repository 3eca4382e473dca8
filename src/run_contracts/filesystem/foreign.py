"""Files of another form than the text that is read here, told by how they begin."""

from __future__ import annotations

MAGIC = {
    b"\xff\xfe\x00\x00": "is UTF-32 text; save it as UTF-8",
    b"\x00\x00\xfe\xff": "is UTF-32 text; save it as UTF-8",
    b"\xff\xfe": "is UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "is UTF-16 text; save it as UTF-8",
    b"\x1f\x8b": "is compressed by gzip; decompress it first",
    b"BZh": "is compressed by bzip2; decompress it first",
    b"\xfd7zXZ\x00": "is compressed by xz; decompress it first",
    b"\x28\xb5\x2f\xfd": "is compressed by zstd; decompress it first",
    b"PK\x03\x04": "is a zip archive; unpack it first",
}
"""What a file is, and what to do, by its first bytes; the longer of two that begin alike first."""
LOOKED_AT = 512
"""Bytes that show whether a file is text."""
TEXT_STARTS = (b"{", b"[", b'"', b":", b"event", b"data", b"id", b"retry")
"""How JSON and streams begin: what begins so and is wrong later on is wrong text."""
NUL = b"\x00"


def foreign_form(data: bytes) -> str | None:
    r"""Return what a file is that is plainly no text in UTF-8, and what to do; None if it is.

    >>> foreign_form(b"\x1f\x8b\x08")
    'is compressed by gzip; decompress it first'
    >>> foreign_form(b"{}") is None
    True
    """
    for magic, words in MAGIC.items():
        if data.startswith(magic):
            return words
    start = data[:LOOKED_AT]
    if NUL not in start:
        return None
    if not start.strip(NUL):
        return "holds nothing but NUL bytes: it was never written to its end; write it again"
    if start[1:2] == NUL or start[:1] == NUL:
        return "seems to be UTF-16 text; save it as UTF-8"
    if start.lstrip().startswith(TEXT_STARTS):
        return None
    return "is a binary file; name one of text"
