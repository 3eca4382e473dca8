"""The forms a secret may have in a text: as it is, in base64 whatever stands before it, in hex."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import NamedTuple

LEAST_LONG = 8
"""Characters from which a secret is looked for inside of words; a shorter one is a word itself."""
LEAST_ENCODED = 4
"""Bytes of a short secret from which it is looked for in base64 and in hex."""
_WORD_BEFORE, _WORD_AFTER = r"(?<!\w)(?<!\d\.)", r"(?!\w|\.\d)"


class Form(NamedTuple):
    """One form of a secret: needles of which one is in each text that has it, and its pattern.

    Both are for texts in lower case, or read without regard to case. Where a text was cut, what
    begins like a needle of a form that `may_be_cut` is taken for what is left of it.
    """

    needles: tuple[str, ...]
    pattern: str
    may_be_cut: bool


def forms(secret: str) -> Iterator[Form]:
    """Yield every form of a secret, those that could hold another first.

    >>> [form.needles[0] for form in forms("sk-12345")]
    ['sk-12345', 'c2stmtiznd', 'nrlteymzq1', 'zay0xmjm0n', '736b2d3132333435']
    """
    is_long = len(secret) >= LEAST_LONG
    for text in dict.fromkeys((secret, secret.replace(" ", "+"))):
        yield _form(text, is_long=is_long)
    data = secret.encode("utf-8", errors="surrogatepass")
    if is_long:
        yield from (_base64(data, offset) for offset in range(3))
        yield _form(data.hex(), is_long=True)
    elif len(data) >= LEAST_ENCODED:
        alone = b64encode(data).decode().rstrip("=")
        yield _form(alone, is_long=False, after="={0,2}")
        yield _form(data.hex(), is_long=False)


def as_it_is(secret: str) -> str:
    """Return the pattern of a secret as it is; a short one is a word of its own."""
    return _form(secret, is_long=len(secret) >= LEAST_LONG).pattern


def _form(text: str, *, is_long: bool, after: str = "") -> Form:
    pattern = re.escape(text) + after
    if not is_long:
        pattern = f"{_WORD_BEFORE}{pattern}{_WORD_AFTER}"
    return Form((text.lower(),), pattern, is_long)


def _base64(data: bytes, offset: int) -> Form:
    """Return the form in base64 after so many bytes, modulo three, that nobody knows.

    The characters that hold bits of the secret and of what stands beside it are taken along.
    """
    encoded = b64encode(b"\0" * offset + data).decode().rstrip("=")
    begin = (0, 2, 3)[offset]
    is_shared_end = (offset + len(data)) % 3 != 0
    core = encoded[begin : len(encoded) - is_shared_end]
    both = re.escape(core).replace(r"\+", "[+-]").replace("/", "[/_]")
    before = "[A-Za-z0-9+/_-]?" if offset else ""
    after = "[A-Za-z0-9+/_-]?" if is_shared_end else ""
    urlsafe = core.replace("+", "-").replace("/", "_")
    needles = tuple(dict.fromkeys((core.lower(), urlsafe.lower())))
    return Form(needles, f"{before}{both}{after}={{0,2}}", may_be_cut=True)
