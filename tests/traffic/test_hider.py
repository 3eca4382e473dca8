"""The hider: no form of a secret is left, and nothing else is changed."""

from __future__ import annotations

import re
import time
from string import printable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from run_contracts.client.checked_target import Target
from run_contracts.traffic.hider import hider
from tests.leaks import FORMS, leaks

KEY = "sk-Proj/4f+<&'Zq~90_x.Y"
HIDE = hider({KEY: "$KEY"})
MAX_SECONDS = 0.05
"""Seconds for 60 KB: it takes 1 to 4 milliseconds, and machines may be busy."""
BROKEN_ESCAPE = re.compile(r"[%\\&#][\w#]*\Z")
"""What would be read together with the beginning of what follows."""


def _hides(headers: tuple[tuple[str, str], ...], text: str, **more: str) -> str:
    return Target(url="http://h/v1", headers=headers, **more).hidden(text)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FORMS)
def test_no_form_of_a_secret_is_left(name: str) -> None:
    """Neither alone nor in the middle of a text; its name stands there instead."""
    form = FORMS[name](KEY)
    assert leaks(form, KEY), "the searcher does not know the form"
    for text in (form, f"a {form} b", f'{{"id": "thread_{form}", "n": 1}}', f"?k={form}&x=%20"):
        hidden = HIDE(text)
        assert not leaks(hidden, KEY), hidden
        assert "$KEY" in hidden


@pytest.mark.parametrize("name", FORMS)
def test_what_stands_beside_a_secret_is_kept(name: str) -> None:
    """What is hidden is as long as the form, but for the letters that base64 shares."""
    hidden = HIDE(f'{{"code": "%41\\n&lt;", "why": "no {FORMS[name](KEY)}, sorry &amp; bye%"}}')
    assert hidden.startswith('{"code": "%41\\n&lt;", "why": "no ')
    assert hidden.endswith(', sorry &amp; bye%"}')


def test_a_secret_may_hold_an_escape_itself() -> None:
    """Where a text is decoded that holds it, what stands in the secret is decoded, too."""
    secret = '00\\"0123'
    assert not leaks(hider({secret: "|"})('0%30\\"%3012%33'), secret)


SECRETS = st.text(
    st.sampled_from([c for c in printable if c.isprintable()]), min_size=8, max_size=40
)
SURROUNDINGS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ("%", "\\", "&#", "%2", "\\u00", "==", "Bearer ", '{"a": "', "...", " ...", "\n")
)


@settings(max_examples=300, deadline=None)
@given(secret=SECRETS, before=SURROUNDINGS, after=SURROUNDINGS, name=st.sampled_from(list(FORMS)))
def test_whatever_the_secret_and_its_surroundings_nothing_is_left(
    secret: str, before: str, after: str, name: str
) -> None:
    """Random secrets, random texts around, every form."""
    assume(len(set(secret)) > 5 and secret.strip() == secret)
    assume(not BROKEN_ESCAPE.search(before))
    text = before + FORMS[name](secret) + after
    assume(not leaks(before + "|" + after, secret))
    assert not leaks(hider({secret: "|"})(text), secret)


@settings(max_examples=300, deadline=None)
@given(secret=SECRETS, text=st.text(max_size=300) | st.from_regex(r"[ -~]{0,300}", fullmatch=True))
def test_a_text_without_the_secret_is_unchanged(secret: str, text: str) -> None:
    """Whatever escapes it has, right or broken."""
    assume(len(set(secret)) > 5 and not leaks(text, secret))
    assume(secret[:4].lower() not in text.lower())
    assert hider({secret: "$KEY"})(text) == text


@pytest.mark.parametrize("size", range(len(KEY) // 2, len(KEY)))
@pytest.mark.parametrize(
    "mark", ["", " ...", "...", "…", " … 17 more characters", '"', '" and more']
)
def test_what_is_left_of_a_secret_where_a_text_was_cut_is_hidden(size: int, mark: str) -> None:
    """Whoever cut it: a limit of ours, or a server that broke off."""
    for cut in (
        KEY[:size],
        FORMS["percent lower"](KEY)[: 3 * size + 1],
        FORMS["json all"](KEY)[: 6 * size + 3],
    ):
        assert not leaks(HIDE(f"no such key: {cut}{mark}"), KEY)
    assert not leaks(HIDE(f"no such key: {FORMS['base64'](KEY)[: size + 4]}{mark}"), KEY)


@pytest.mark.parametrize("secret", ["a", "1234", "v1", "abc.d"])
def test_a_short_secret_is_only_hidden_as_a_word(secret: str) -> None:
    """So that no other text is spoiled by it; in every case, and where it is escaped."""
    hide = hider({secret: "$K"})
    for text in (f"x{secret}", f"{secret}x", f"9{secret}0", f"{secret}_1", "data: 12345.6789"):
        assert hide(text) == text
    for text in (
        secret,
        f'"{secret}"',
        f"/{secret}/",
        f"key={secret}.",
        f"\\n{secret}",
        f"%20{secret}",
    ):
        assert hide(text) == text.replace(secret, "$K")
    assert hide("12.1234 1234.5") == "12.1234 1234.5"


def test_a_longer_secret_comes_before_one_inside_of_it() -> None:
    """Else half of it would be left."""
    hide = hider({"hush-hush": "$B", "psst hush-hush": "$A", "hush": "$C"})
    assert hide("psst hush-hush, hush-hush, hush") == "$A, $B, $C"


def test_a_name_is_not_looked_into() -> None:
    """What stands for one secret may hold another."""
    assert (
        hider({"sk-secret-1": "$OTHER_SECRET", "other_secret": "$B"})("sk-secret-1")
        == "$OTHER_SECRET"
    )


@pytest.mark.parametrize("end", ["", " ...", " is required", "@h"])
def test_what_stands_before_a_secret_is_no_part_of_it(end: str) -> None:
    """Neither the word before a token, nor a user, nor the name of a cookie."""
    headers = (("Authorization", "Bearer abcdefghijkl"), ("Cookie", "preferences=abcdefghijklmn"))
    target = Target(url="http://administrator:x1y2z3@h", headers=headers)
    for text in ("Bearer a", "Bearer", "the administrator", "administrator:", "preferences="):
        assert target.hidden(text + end) == text + end


def test_values_of_ordinary_headers_are_no_secrets() -> None:
    """A version is garbled nowhere."""
    text = '{"version": 1, "beta": "assistants=v2"}'
    assert _hides((("X-Version", "1"), ("OpenAI-Beta", "assistants=v2")), text) == text


@pytest.mark.parametrize(
    "name",
    ["Authorization", "proxy-authorization", "X-API-Key", "x-my-TOKEN", "Secret", "X-Credentials"],
)
def test_a_header_is_secret_by_its_name(name: str) -> None:
    """Whatever its case."""
    assert "s3cr3t-v4lue" not in _hides(((name, "s3cr3t-v4lue"),), "no s3cr3t-v4lue")


def test_a_token_is_secret_without_its_scheme() -> None:
    """In any case of the whole."""
    headers = (("Authorization", "Bearer abcdefgh"),)
    assert _hides(headers, "Bearer abcdefgh, abcdefgh") == "$AUTHORIZATION, $AUTHORIZATION"


def test_a_cookie_is_secret_as_a_whole_and_by_its_values() -> None:
    """But for values that stand everywhere."""
    headers = (("Cookie", 'sid=s%3A0123456789; lang=en; ok=true; q="quoted-value"'),)
    text = "s%3A0123456789 s:0123456789 sid lang=en true quoted-value"
    assert _hides(headers, text) == "$COOKIE $COOKIE sid lang=en true $COOKIE"
    assert _hides(headers, headers[0][1]) == "$COOKIE"


def test_user_and_password_of_a_url_are_secret_together_and_the_password_alone() -> None:
    """As they are, encoded, and as the header that they are sent in."""
    hide = Target(url="http://me:p%40ssw0rd@h/v1").hidden
    text = "me:p@ssw0rd p%40ssw0rd bWU6cEBzc3cwcmQ= Basic bWU6cEBzc3cwcmQ= me"
    name = "$AUTHORIZATION"
    assert hide(text) == f"{name} {name} {name} {name} me"
    assert Target(url="http://tok3n-4lone@h/v1").hidden("tok3n-4lone") == name


def test_hiding_is_quick() -> None:
    """For 60 KB without a secret, with escapes or without any."""
    hide = Target(url="http://me:pa55w0rd@h", key="sk-" + "aB3" * 50).hidden
    for text in ('{"id": "run_1", "a": 17}' * 2500, '"\\u0416%20&amp;\\n' * 3500, "Ж" * 30_000):
        hide(text + "sk-")
        begun = time.process_time()
        assert hide(text) == text
        assert time.process_time() - begun < MAX_SECONDS


def test_what_it_prints_as_holds_no_secret() -> None:
    """Tracebacks show the values of variables."""
    assert repr(HIDE) == "<Hider of $KEY>"
    assert KEY not in repr(Target(url="http://h", key=KEY, headers=(("X-Key", KEY),)))
