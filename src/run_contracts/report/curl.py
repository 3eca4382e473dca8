"""An exchange as a curl command that a person can paste into a shell."""

from __future__ import annotations

from shlex import quote

from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.shell import SECRET_NAME

LONGEST_BODY = 16 * 1024
"""Characters of a body that a command carries."""
CURL_HEADERS = frozenset({"host", "content-length", "accept-encoding", "connection", "user-agent"})
"""Headers that curl sets itself."""


def command(exchange: Exchange) -> str:
    """Return the command that sends the request of an exchange again.

    Everything is quoted. Only in headers are names like ``$OPENAI_API_KEY`` left for the shell
    to fill in: they stand for secrets, and no server has a say in what headers we send.
    """
    url = exchange.request.url
    is_plain = not set("[]{}") & set(url) and "/." not in url
    words = [f"curl -i -X {quote(exchange.request.method)}"]
    words += [quote(url) if is_plain else f"-g --path-as-is {quote(url)}"]
    words += [f"-H {_header(name, value)}" for name, value in _headers(exchange)]
    words += _body(exchange)
    return " \\\n  ".join(words)


def _headers(exchange: Exchange) -> list[tuple[str, str]]:
    sent = [pair for pair in exchange.request.headers if pair[0].lower() not in CURL_HEADERS]
    return [pair for pair in sent if pair != ("accept", "*/*")]


def _header(name: str, value: str) -> str:
    """Return a header as one word of a shell; curl sends one without value for a semicolon."""
    if not value.strip():
        return quote(f"{name};")
    parts = SECRET_NAME.split(f"{name}: {value}")
    return "".join(
        f'"{part}"' if SECRET_NAME.fullmatch(part) else quote(part) for part in parts if part
    )


def _body(exchange: Exchange) -> list[str]:
    """Return what sends the body; a body that is no text of a shell is read from a file."""
    names = {name.lower() for name, _ in exchange.request.headers}
    body = exchange.request.payload.text
    if not body and "content-length" not in names:
        return []
    # curl would say that it sends a form.
    words = [] if "content-type" in names else ["-H 'Content-Type:'"]
    is_text = len(body) <= LONGEST_BODY and not {"\0", "\ufffd"} & set(body)
    sent = f"--data-raw {quote(body)}" if is_text else "--data-binary @body"
    return [*words, sent]
