"""The searcher: what is left of a secret in a text, found by brute force and without the hider.

Whatever can be decoded is decoded, again and again, and in all that comes of it a half of the
secret is looked for, any half.
"""

from __future__ import annotations

import binascii
import codecs
import json
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import quote, unquote

LEVELS = 3
"""How many encodings one inside another are undone."""
RUN_OF_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")
RUN_OF_HEX = re.compile(r"[0-9A-Fa-f]{8,}")


def leaks(text: str, secret: str, levels: int = LEVELS) -> list[str]:
    """Return what was done to a text after which a half of a secret, or all of it, stands in it."""
    size = len(secret) // 2 + 1 if len(secret) >= 8 else len(secret)
    halves = [secret[at : at + size].lower() for at in range(len(secret) - size + 1)]
    found = []
    for done, decoded in _decoded(text, levels):
        lower = decoded.lower()
        if any(half in lower for half in halves):
            found.append(done or "as it is")
    return found


def _decoded(text: str, levels: int, done: str = "") -> Iterator[tuple[str, str]]:
    yield done, text
    if levels == 0:
        return
    for name, decode in DECODERS.items():
        decoded = decode(text)
        if decoded != text:
            yield from _decoded(decoded, levels - 1, f"{done} {name}".strip())


def _unescaped(text: str) -> str:
    pattern = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
    text = pattern.sub(lambda one: chr(int(one[1] or one[2], 16)), text)
    return re.sub(r"\\(.)", r"\1", text)


def _unwrapped(text: str) -> str:
    """Return a text whose long lines of base64 are joined, escaped breaks or real ones."""
    return re.sub(r"(?<=[A-Za-z0-9+/]{64})(?:\r?\n|\\n)", "", text)


def _from_base64(text: str) -> str:
    pieces = []
    for run in RUN_OF_BASE64.findall(_unwrapped(text)):
        standard = run.replace("-", "+").replace("_", "/")
        for start in range(4):
            whole = standard[start : start + (len(standard) - start) // 4 * 4]
            rest = standard[start + len(whole) :]
            padded = whole + (rest + "=" * (4 - len(rest)) if len(rest) > 1 else "")
            pieces.append(b64decode(padded).decode("latin-1"))
    return "\n".join(pieces)


def _from_hex(text: str) -> str:
    pieces = []
    for run in RUN_OF_HEX.findall(text):
        for start in range(2):
            even = run[start : start + (len(run) - start) // 2 * 2]
            pieces.append(binascii.unhexlify(even).decode("latin-1"))
    return "\n".join(pieces)


DECODERS: dict[str, Callable[[str], str]] = {
    "percent": unquote,
    "json": _unescaped,
    "html": unescape,
    "base64": _from_base64,
    "hex": _from_hex,
}


def _partly(secret: str) -> str:
    return "".join(f"%{ord(c):02x}" if n % 3 == 1 or c == "%" else c for n, c in enumerate(secret))


def _json_partly(secret: str) -> str:
    escaped = (f"\\u{ord(c):04X}" if n % 2 or c in '\\"' else c for n, c in enumerate(secret))
    return "".join(escaped)


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "lower case": str.lower,
    "upper case": str.upper,
    "percent upper": lambda one: "".join(f"%{ord(c):02X}" for c in one),
    "percent lower": lambda one: "".join(f"%{ord(c):02x}" for c in one),
    "percent as needed": lambda one: quote(one, safe=""),
    "percent partly": _partly,
    "percent twice": lambda one: quote("".join(f"%{ord(c):02x}" for c in one)),
    "form": lambda one: one.replace(" ", "+"),
    "base64": lambda one: b64encode(one.encode()).decode(),
    "base64 unpadded": lambda one: b64encode(one.encode()).decode().rstrip("="),
    "base64 urlsafe": lambda one: urlsafe_b64encode(one.encode()).decode(),
    "base64 after one byte": lambda one: b64encode(b"x" + one.encode() + b"yz!").decode(),
    "base64 after two bytes": lambda one: b64encode(b"xy" + one.encode() + b"z").decode(),
    "base64 urlsafe inside": lambda one: urlsafe_b64encode(b"~" + one.encode() + b"~").decode(),
    "base64 in percent": lambda one: quote(b64encode(one.encode()).decode(), safe=""),
    "base64 in lines": lambda one: codecs.encode(b"." * 50 + one.encode(), "base64").decode(),
    "hex lower": lambda one: one.encode().hex(),
    "hex upper": lambda one: one.encode().hex().upper(),
    "json": lambda one: json.dumps(one)[1:-1],
    "json all": lambda one: "".join(f"\\u{ord(c):04x}" for c in one),
    "json partly": _json_partly,
    "json slash": lambda one: json.dumps(one)[1:-1].replace("/", "\\/"),
    "json in json": lambda one: json.dumps("".join(f"\\u{ord(c):04x}" for c in one))[1:-1],
    "html decimal": lambda one: "".join(f"&#{ord(c)};" for c in one),
    "html hex": lambda one: "".join(f"&#x{ord(c):X};" for c in one),
    "html named": lambda one: one.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;"),
    "python": lambda one: "".join(f"\\x{ord(c):02x}" for c in one),
}
"""The forms in which a server may say a secret again."""
