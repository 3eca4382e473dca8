"""Hiding: what leaves the process holds no secret, and is read once all the same."""

from __future__ import annotations

import json
from dataclasses import replace

from run_contracts.client.checked_target import Target
from run_contracts.traffic.exchange import NO_ANSWER, Exchange, Request, Response
from run_contracts.traffic.hiding import hidden

KEY = "sk-1234567890"
TARGET = Target(url="http://h/v1", key=KEY, headers=(("X-Token", "threads"),))
PLAIN = Exchange(
    number=1,
    edition="v2",
    request=Request(
        method="POST",
        url="http://h/v1/threads/thread_1/runs",
        headers=(("authorization", f"Bearer {KEY}"), ("x-token", "threads")),
        body=b'{"assistant_id": "asst_1"}',
    ),
    response=Response(status=200, headers=(("x-echo", KEY),), body=b'{"id": "run_1"}'),
)
LONGEST = 64


def _hidden(exchange: Exchange) -> Exchange:
    return hidden(exchange, TARGET.hidden, longest=LONGEST)


def _answering(body: bytes) -> Exchange:
    return replace(PLAIN, response=replace(PLAIN.response, body=body))


def test_no_secret_is_left_anywhere() -> None:
    """Not in the URL, in headers, in bodies, nor in what an exchange prints as."""
    answered = _answering(json.dumps({"key": KEY}).encode())
    asked = replace(answered.request, url=f"http://h/v1/{KEY}", body=KEY.encode())
    exchange = _hidden(replace(answered, request=asked))
    request, response = exchange.request, exchange.response
    said = (request.url, request.headers, request.body, response.headers, response.body)
    assert KEY not in str(said)
    assert exchange.answered == {"key": "$OPENAI_API_KEY"}
    assert KEY not in repr(replace(answered, request=asked))


def test_no_secret_is_left_in_why_there_is_no_answer() -> None:
    """Nor in what an application raised."""
    lost = Response(status=NO_ANSWER, failure=f"no {KEY}", traceback=f"KeyError: {KEY}")
    response = _hidden(replace(PLAIN, response=lost)).response
    assert response.failure == "no $OPENAI_API_KEY"
    assert response.traceback == "KeyError: $OPENAI_API_KEY"


def test_a_body_without_secrets_is_read_for_both() -> None:
    """What the copy is asked for first, the original has, too."""
    exchange = _hidden(PLAIN)
    assert exchange.answer is PLAIN.answer
    assert exchange.request.payload is PLAIN.request.payload


def test_a_body_with_secrets_is_another_one() -> None:
    """What was read of the original would show them."""
    original = _answering(json.dumps({"id": KEY}).encode())
    assert original.answer.ids == (KEY,)
    assert _hidden(original).answer.ids == ("$OPENAI_API_KEY",)


def test_half_a_secret_is_not_left_where_a_body_is_cut() -> None:
    """It is looked for before."""
    exchange = _hidden(_answering(b"." * (LONGEST - 5) + KEY.encode()))
    assert exchange.response.body == b"." * (LONGEST - 5) + b"$OPEN"


def test_half_a_character_is_not_left_where_a_body_is_cut() -> None:
    """What follows a cut is text."""
    exchange = _hidden(_answering(b"." * (LONGEST - 1) + "é".encode()))
    assert exchange.answer.text == "." * (LONGEST - 1) + "\ufffd"


def test_the_operation_is_known_though_a_secret_was_in_the_url() -> None:
    """A token may read like a word of the path."""
    exchange = _hidden(PLAIN)
    assert exchange.request.url == "http://h/v1/$X_TOKEN/thread_1/runs"
    assert exchange.operation is PLAIN.operation is not None
