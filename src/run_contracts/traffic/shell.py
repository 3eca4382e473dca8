"""Quoting for a shell: what a person or a server named stays text, only names of secrets do not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from shlex import quote

SECRET_NAME = re.compile(r"(\$[A-Z_][A-Z0-9_]*)")
"""How a secret is named in a header where it was."""
_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")


def in_double(text: str) -> str:
    """Return a text as it stands between double quotes."""
    return re.sub(r'([\\"`$])', r"\\\1", text)


def word(text: str, secrets: Mapping[str, str]) -> str:
    r"""Return a text as one word, its secrets left for the shell to fill in by their names.

    >>> word("a b", {}), word("http://h/sk-1", {"sk-1": "$KEY"})
    ("'a b'", '"http://h/${KEY}"')
    """
    longest_first = sorted(secrets, key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, longest_first))})", text) if secrets else [text]
    if not secrets.keys() & set(parts):
        return quote(text)
    return f'"{"".join(_named(secrets[p]) if p in secrets else in_double(p) for p in parts)}"'


def _named(secret: str) -> str:
    """Return the name of a secret as a variable; as text if no variable can have it."""
    variable = _VARIABLE.fullmatch(secret)
    return f"${{{variable[1]}}}" if variable else in_double(secret)


def header_word(name: str, secret: str) -> str:
    r"""Return a header as one word, with the name of a secret for its value.

    >>> print(header_word("X-Tenant", "$X_TENANT"), header_word("X`id`", "$X_ID_"))
    "X-Tenant: $X_TENANT" "X\`id\`: $X_ID_"
    """
    value = secret if _VARIABLE.fullmatch(secret) else in_double(secret)
    return f'"{in_double(name)}: {value}"'
