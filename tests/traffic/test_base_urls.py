"""Base URLs, and what lies below them: whatever text begins alike, only that is sent again."""

from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from run_contracts.traffic.base_urls import below, in_text, is_base

BASES = (
    "http://127.0.0.1:8000/v1",
    "http://h",
    "http://h/",
    "HTTPS://H:443",
    "HTTP://LocalHost:80/a/../v1",
    "http://[::1]:80/v1",
    "http://b\u00fccher.example/v1",
    "http://h/b\u00fccher",
    "http://h/~me/a;b,c@d/%7Bx%7D",
)


@pytest.mark.parametrize("base", BASES)
def test_what_a_client_makes_of_a_base_url_lies_below_it(base: str) -> None:
    """However it was typed, what is sent is recognised as sent to it."""
    sent = str(httpx2.Request("GET", f"{base}/threads/a%2Fb?limit=1").url)
    assert is_base(base)
    assert below(base, sent) == "/threads/a%2Fb?limit=1"


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://a.example", "http://a.example:81/x"),
        ("http://a.example", "http://a.example.evil/x"),
        ("http://a.example", "http://a.example@evil/x"),
        ("http://a.example", "https://a.example/x"),
        ("http://a.example", "http://a.example\\@evil/x"),
        ("http://h/v1", "http://h/v12/x"),
        ("http://h/v1", "http://h/v1/../x"),
        ("http://h/v1", "http://h/v1/a/%2e%2E/.%2e/x"),
        ("http://h/v1", "http://h/v1/\nx"),
        ("http://h/v1", "http://h/v1/\udc80"),
        ("http://h/v1", "http://[::1"),
        ("http://h/v1", ""),
    ],
)
def test_what_only_begins_alike_does_not(base: str, url: str) -> None:
    """Another port, host or user, another folder, and what is no URL."""
    assert below(base, url) is None


@pytest.mark.parametrize(
    "url",
    [
        *("", "h", "ftp://h", "http://", "http:///v1", "http://me@h", "http://me:pw@h/v1"),
        *("http://h:0", "http://h:99999/", "http://h:1:2", "http://[::1", "http://[x]/v1"),
        *(
            "http://h/v1?x",
            "http://h/v1#x",
            "http://h/a b",
            "http://h/'",
            'http://h/"',
            "http://h\n",
        ),
        *("http://h/}; touch canary; #", "http://h/\\x", "http://h/\x1b[2J", "http://h/\u202e"),
        *("http://h/<x>", "http://h/`id`", "http://h/|id", "javascript:alert(1)"),
    ],
)
def test_what_is_no_base_url_is_none(url: str) -> None:
    """No user, no query, and no character that no URL has."""
    assert not is_base(url)


@pytest.mark.parametrize("url", ["http://$X_TENANT.0.0.1:$PORT/v1", "$X_PROTO://h/$KEY"])
def test_names_may_stand_for_secrets_in_it(url: str) -> None:
    """A report of a check whose header has a part of the URL for its value is one."""
    assert is_base(url)
    assert below(url, f"{url}/threads") == "/threads"


@given(path=st.text(st.characters()))
def test_a_path_is_written_in_the_characters_of_a_url(path: str) -> None:
    """Nothing in it is a blank, or steers."""
    assert set(in_text(path)) <= {chr(code) for code in range(0x21, 0x7F)}
