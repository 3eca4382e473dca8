"""Quoting for a shell: what a person or a server named stays text, only names of secrets do not.

Every word of a script or of a command to paste is made here. A text is no more than that to sh and
to a terminal that it is pasted into: what steers one is written as its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from shlex import quote

from run_contracts.traffic.secret_forms import as_it_is

SECRET_NAME = re.compile(r"(\$[A-Z_][A-Z0-9_]*)")
"""How a secret is named in a header where it was."""
_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)")
_SECRET_VALUE = re.compile(rf"((?:Bearer )?){SECRET_NAME.pattern}")
TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""What the name of a header is made of; of one that begins with ``@`` curl would read a file."""
_WORD = r"""(?:[\w@%+=:,./-]|'[^']*'|"(?:[^"\\$`!]|\\["\\$`]|\$\{?[A-Za-z_]\w*\}?)*")+"""
_WRITES = "report|html|junit|badge|har|sarif|github|corpus"
"""Options of a check that write a file, which no command names that a check writes down."""
_CHECK = re.compile(
    rf"run-contracts check(?: (?!-){_WORD})?(?: --(?!(?:{_WRITES})\b)[a-z-]+(?: (?!-\D){_WORD})?)*",
    re.ASCII,
)


def in_double(text: str) -> str:
    r"""Return a text as it stands between double quotes; NUL, which no word can hold, as U+FFFD.

    >>> print(in_double("a $HOME! \x1b"))
    a \$HOME"'!'" $(printf '\033')
    """
    return "".join(map(_in_double, re.findall("[^ -~\n]|[ -~\n]+", text.replace("\0", "\ufffd"))))


def _in_double(piece: str) -> str:
    """Return characters of ASCII, or one other, as they stand between double quotes."""
    if piece.isascii() and (piece == "\n" or len(piece) > 1 or piece.isprintable()):
        return re.sub(r'([\\"`$])', r"\\\1", piece).replace("!", "\"'!'\"")
    if piece.isprintable():
        return piece
    data = piece.encode("utf-8", errors="surrogatepass")
    return f"$(printf '{''.join(f'{chr(92)}{byte:03o}' for byte in data)}')"


def quoted(text: str) -> str:
    r"""Return a text as one word.

    >>> print(quoted("thread_1"), quoted("a'; reboot"), quoted("\x1b[2J"))
    thread_1 'a'"'"'; reboot' "$(printf '\033')[2J"
    """
    return quote(text) if text.isprintable() else f'"{in_double(text)}"'


def word(text: str, secrets: Mapping[str, str]) -> str:
    r"""Return a text as one word, its secrets left for the shell to fill in by their names.

    >>> word("a b", {}), word("http://h/sk-1", {"sk-1": "$KEY"})
    ("'a b'", '"http://h/${KEY}"')
    """
    longest_first = sorted(secrets, key=len, reverse=True)
    patterns = "|".join(map(as_it_is, longest_first))
    parts = re.split(f"({patterns})", text) if secrets else [text]
    if not secrets.keys() & set(parts[1::2]):
        return quoted(text)
    shown = (_named(secrets[p]) if n % 2 else in_double(p) for n, p in enumerate(parts))
    return f'"{"".join(shown)}"'


def _named(secret: str) -> str:
    """Return the name of a secret as a variable; as text if no variable can have it."""
    variable = _VARIABLE.fullmatch(secret)
    return f"${{{variable[1]}}}" if variable else in_double(secret)


def header_word(name: str, value: str, secrets: Mapping[str, str]) -> str:
    r"""Return a header as one word, with the name of a secret for its value if that is one.

    >>> print(header_word("X-Tenant", "blue", {}), header_word("X`id`", "x", {"x": "$X_ID_"}))
    'X-Tenant: blue' "X\`id\`: $X_ID_"
    """
    if value not in secrets:
        return word(f"{name}: {value}", secrets)
    secret = secrets[value]
    shown = secret if _VARIABLE.fullmatch(secret) else in_double(secret)
    return f'"{in_double(name)}: {shown}"'


def sent_header(name: str, value: str) -> str:
    r"""Return a header for curl as one word; empty if it has a name that no header can have.

    The name of a secret is filled in by the shell only where a secret is all that it holds.

    >>> print(sent_header("Authorization", "Bearer $KEY"), sent_header("X-A", "pay $KEY"))
    "Authorization: Bearer $KEY" 'X-A: pay $KEY'
    """
    if not TOKEN.fullmatch(name):
        return ""
    secret = _SECRET_VALUE.fullmatch(value)
    if secret:
        return f'"{in_double(name)}: {secret[1]}{secret[2]}"'
    return quoted(f"{name}: {value}" if value.strip() else f"{name};")


def secret_of(value: str) -> str:
    """Return the name of the secret that the value of a header is; empty if it is none.

    >>> secret_of("Bearer $KEY"), secret_of("pay $KEY now")
    ('$KEY', '')
    """
    secret = _SECRET_VALUE.fullmatch(value)
    return secret[2] if secret else ""


def is_check(command: str) -> bool:
    """Say whether a text is a command that checks a server and writes no file.

    Every word of it is plain or quoted, so that nothing else is run.

    >>> is_check("run-contracts check http://h/v1 --seed 3"), is_check("run-contracts check; id")
    (True, False)
    """
    return command.isprintable() and _CHECK.fullmatch(command) is not None
