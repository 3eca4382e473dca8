"""Hiding: exchanges as they may leave this process, without any secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from run_contracts.traffic.exchange import Exchange, Headers, Request, Response

Hide = Callable[[str], str]
"""Returns a text with the names of secrets for the secrets."""


def hidden(exchange: Exchange, hide: Hide, *, longest: int) -> Exchange:
    """Return a copy without secrets, its bodies as text of so many bytes at most.

    What is read of a body is shared where its bytes are the same, so that nothing is read twice.
    """
    request, response = exchange.request, exchange.response
    copy = replace(
        exchange,
        request=replace(
            request,
            url=hide(request.url),
            headers=_headers(request.headers, hide),
            body=_body(request.body, hide, longest),
        ),
        response=replace(
            response,
            headers=_headers(response.headers, hide),
            body=_body(response.body, hide, longest),
            failure=hide(response.failure),
            broken_off=hide(response.broken_off),
            traceback=hide(response.traceback),
        ),
        meant_for=exchange.operation_id,
    )
    _share(request, copy.request)
    _share(response, copy.response)
    return copy


def _headers(headers: Headers, hide: Hide) -> Headers:
    return tuple((hide(name), hide(value)) for name, value in headers)


def _body(body: bytes, hide: Hide, longest: int) -> bytes:
    """Return a body as text without secrets; it is cut last, for half a secret is not found."""
    text = hide(body.decode("utf-8", errors="replace")).encode()
    if len(text) > longest:
        return text[:longest].decode("utf-8", errors="replace").encode()
    return body if text == body else text


def _share(original: Request | Response, copy: Request | Response) -> None:
    """Let a copy with the same body have what is read of it, too."""
    if copy.body is original.body:
        vars(copy)["payload"] = original.payload
