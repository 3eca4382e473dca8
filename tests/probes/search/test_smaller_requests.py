"""Smaller requests: what a request may lose, and what is left of it."""

from __future__ import annotations

import json

import pytest

from run_contracts.probes.search.smaller_requests import halves, smaller
from run_contracts.traffic.exchange import Request

URL = "http://reference.invalid/v1/threads"


def _asked(body: bytes = b"", query: str = "") -> Request:
    return Request(method="POST", url=URL + query, body=body)


def _least(body: bytes, *needed: bytes) -> bytes:
    """Return what is left of a body when all is taken away but what is needed."""
    request = _asked(body)
    while less := [one for one in smaller(request) if all(it in one.body for it in needed)]:
        request = less[0]
    return request.body


def test_a_query_loses_its_parameters() -> None:
    """All of them at once, then each."""
    queries = [one.url.removeprefix(URL) for one in smaller(_asked(query="?a=1&b=2"))]
    assert queries == ["", "?b=2", "?a=1"]


@pytest.mark.parametrize(
    ("body", "needed", "least"),
    [
        (b'{"a": [1, {"b": "long", "c": 2}], "d": {"e": null}}', b'"b"', b'{"a": [{"b": ""}]}'),
        (b'{"a": [true, 7, "x"]}', b"7", b'{"a": [7]}'),
        (b"no JSON at all, but text", b"J", b"J"),
    ],
)
def test_a_body_becomes_as_small_as_it_can_be(body: bytes, needed: bytes, least: bytes) -> None:
    """Nothing is left but what is needed, and the way to it."""
    assert _least(body, needed) == least


def test_what_has_no_parts_is_not_made_smaller() -> None:
    """There is an end to it."""
    plain = [b"", b"{}", b"[]", b"0", b"false", b"null", b'""', b"x"]
    assert [body for body in plain if list(smaller(_asked(body)))] == []


def test_halves_have_every_member_once() -> None:
    """A body of three members gives two that share nothing."""
    body = {"a": 1, "b": 2, "c": 3}
    first, second = (json.loads(one.body) for one in halves(_asked(json.dumps(body).encode())))
    assert (first, second) == ({"a": 1, "c": 3}, {"b": 2})
    assert list(halves(_asked(b'{"a": 1}'))) == list(halves(_asked(b"a"))) == []
