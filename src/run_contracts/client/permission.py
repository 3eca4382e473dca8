"""Permission: what a check may do to the server that a person named.

Loopback may be written to: who names this machine has a server there to be tested. Anybody else's
is only read unless the person says otherwise, and is not sent a key that others can read.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from run_contracts.errors import UsageError
from run_contracts.traffic.base_urls import is_on_loopback, is_plain

NOBODY = ".invalid"
"""How hosts end that nobody can have (RFC 6761): they stand for what is reached in this process."""


def is_here(url: str) -> bool:
    """Say whether what a base URL names is on this machine, or in this process.

    >>> is_here("http://localhost:8000/v1"), is_here("https://runs.example/v1")
    (True, False)
    """
    return is_on_loopback(url) or (urlsplit(url).hostname or "").endswith(NOBODY)


def check_secrecy(url: str, what: str, *, is_insecure: bool) -> None:
    """Raise `UsageError` if a secret would be sent over a network for all to read.

    `what` names the secret; empty if there is none.
    """
    if what and is_plain(url) and not (is_insecure or is_here(url)):
        host = urlsplit(url).hostname
        raise UsageError(
            f"{what} would be sent to {host} over plain http, for all on the way to read; "
            "give an https URL, or --insecure if nobody is on the way"
        )
