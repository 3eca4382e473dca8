"""An exchange as a curl command that a person can paste into a shell."""

from __future__ import annotations

import re

from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.shell import quoted, sent_header

LONGEST_BODY = 16 * 1024
"""Characters of a body that a command carries."""
NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
"""What a body that is pasted into a terminal does not hold."""
CURL_HEADERS = frozenset({"host", "content-length", "accept-encoding", "connection", "user-agent"})
"""Headers that curl sets itself."""


def command(exchange: Exchange) -> str:
    """Return the command that sends the request of an exchange again.

    Everything is quoted. Only a header that is nothing but a name like ``$OPENAI_API_KEY`` is left
    for the shell to fill in: that stands for a secret.
    """
    url = exchange.request.url
    is_plain = not set("[]{}") & set(url) and "/." not in url
    words = [f"curl -i -X {quoted(exchange.request.method)}"]
    words += [quoted(url) if is_plain else f"-g --path-as-is {quoted(url)}"]
    headers = (sent_header(name, value) for name, value in _headers(exchange))
    words += [f"-H {header}" for header in headers if header]
    words += _body(exchange)
    return " \\\n  ".join(words)


def _headers(exchange: Exchange) -> list[tuple[str, str]]:
    sent = [pair for pair in exchange.request.headers if pair[0].lower() not in CURL_HEADERS]
    return [pair for pair in sent if pair != ("accept", "*/*")]


def _body(exchange: Exchange) -> list[str]:
    """Return what sends the body; a body that is no text of a shell is read from a file."""
    names = {name.lower() for name, _ in exchange.request.headers}
    body = exchange.request.payload.text
    if not body and "content-length" not in names:
        return []
    # curl would say that it sends a form.
    words = [] if "content-type" in names else ["-H 'Content-Type:'"]
    is_text = len(body) <= LONGEST_BODY and NO_TEXT.search(body) is None
    sent = f"--data-raw {quoted(body)}" if is_text else "--data-binary @body"
    return [*words, sent]
