"""What an exchange of live traffic carries that lets somebody in, and is not shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from run_contracts.traffic import hiding
from run_contracts.traffic.exchange import Exchange
from run_contracts.watching.found_once import secrets_of
from tests.checks.written_traffic import RUN, Traffic
from tests.samples import run

Headers = tuple[tuple[str, str], ...]
SECRET = "s3cret-of-somebody"


def exchange(*, sent: Headers = (), answered: Headers = (), body: str = "") -> Exchange:
    """Return an exchange with these headers, whose answer has a text in it."""
    traffic = Traffic().add(f"GET {RUN}", run(instructions=body), sent_headers=sent)
    made = traffic.exchanges[-1]
    return replace(made, response=replace(made.response, headers=answered))


def shown(one: Exchange) -> str:
    """Return all that is shown of an exchange."""
    kept = hiding.hidden(one, secrets_of(one), longest=10_000)
    request, response = kept.request, kept.response
    return repr((request.url, request.headers, request.body, response.headers, response.body))


@pytest.mark.parametrize(
    "value",
    [
        f"https://h/x?api_key={SECRET}",
        f"/x?a=b&Access-Token={SECRET}&c=d",
        f'<https://h/x?sig={SECRET}>; rel="next"',
        f"https://h/x#access_token={SECRET}",
        f"https://h/x?password={SECRET.replace('-', '%2D')}",
    ],
)
def test_what_a_url_in_a_header_of_an_answer_lets_in_by_is_hidden(value: str) -> None:
    """Wherever it stands, in the body, too; the rest of the URL is shown."""
    said = shown(exchange(answered=(("Location", value),), body=f"it was {SECRET}"))
    assert SECRET not in said
    assert SECRET.replace("-", "%2D") not in said
    assert value[:4] in said


@pytest.mark.parametrize("name", ["X-Session", "session-id", "X-SESSIONID"])
def test_what_is_called_a_session_is_hidden(name: str) -> None:
    """Of a request and of an answer."""
    assert SECRET not in shown(exchange(sent=((name, SECRET),), body=SECRET))
    assert SECRET not in shown(exchange(answered=((name, SECRET),), body=SECRET))


def test_whether_there_is_a_session_is_no_secret() -> None:
    """A word that stands everywhere is left where it stands."""
    said = shown(exchange(sent=(("X-Session", "true"), ("X-Sessions", "7")), body="7 is true"))
    assert "7 is true" in said


def test_what_a_query_says_otherwise_is_shown() -> None:
    """Names that let nobody in, and values that are too short to do so."""
    value = "https://h/x?limit=1000000&order=ascending&key=1"
    assert value in shown(exchange(answered=(("Location", value),)))
