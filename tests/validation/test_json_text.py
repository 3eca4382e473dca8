"""Bytes: bodies and streams, read strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from run_contracts.errors import UnreadableBody
from run_contracts.traffic.sse import Frame, frames
from run_contracts.validation.json_text import BODY_LIMIT, MOST_VALUES, decode_json

BAD = {
    "empty": (b"", "Expecting value at line 1, column 1"),
    "not JSON": (b"<html></html>", "Expecting value at line 1, column 1"),
    "cut off": (b'{"id": "run_1", "stat', "Unterminated string"),
    "cut off between fields": (b'{"id": 1,', "cut off?"),
    "two texts": (b"{} {}", "Extra data at line 1, column 4"),
    "NaN": (b'{"temperature": NaN}', "NaN is not a JSON number"),
    "Infinity": (b"[Infinity]", "Infinity is not a JSON number"),
    "minus Infinity": (b"[-Infinity]", "-Infinity is not a JSON number"),
    "not UTF-8": (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "byte 0 is not UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_json_is_one_violation_that_says_where(name: str) -> None:
    """Whatever is not JSON breaks RUN-BODY-001 with the reason and the place."""
    data, reason = BAD[name]
    body = decode_json(data)
    assert not body.is_json
    (violation,) = body.violations
    assert violation.requirement == "RUN-BODY-001"
    assert reason in violation.expected


def test_a_key_given_twice_is_advice() -> None:
    """The last value counts, as in most readers, and the key is named."""
    body = decode_json(b'{"a": 1, "b": {"a": 2, "a": 3}}')
    assert body.value == {"a": 1, "b": {"a": 3}}
    assert [(one.requirement, one.found) for one in body.violations] == [("RUN-BODY-002", "a")]


@pytest.mark.parametrize("text", [b'{"a": "\\ud800"}', b'{"a": [{"\\uDFFF": 1}]}'])
def test_a_lone_surrogate_is_advice(text: bytes) -> None:
    """Half a character, in a value or a key, is found where it stands."""
    (violation,) = decode_json(text).violations
    assert violation.requirement == "RUN-BODY-003"
    assert violation.pointer.startswith("/a")


def test_a_whole_surrogate_pair_is_fine() -> None:
    """A character beyond the basic plane may be written as two escapes."""
    assert decode_json(b'"\\ud83d\\ude00"').violations == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[" * 10_000 + b"]" * 10_000, "deeper than the 200 levels"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "deeper than the 200 levels"),
        (b"[" * 201 + b"]" * 201, "deeper than the 200 levels"),
        (b" " * (BODY_LIMIT + 1), "at most 32 MiB"),
        (b"[" + b"1" * 5_000 + b"]", "a number too long"),
    ],
    ids=["deep arrays", "deep objects", "one level too deep", "too large", "long number"],
)
def test_what_is_too_much_is_declined_and_not_called_wrong(data: bytes, reason: str) -> None:
    """A limit of ours is no violation of theirs."""
    with pytest.raises(UnreadableBody, match=reason):
        decode_json(data)


@pytest.mark.parametrize("levels", [151, 199, 200])
def test_a_body_of_two_hundred_levels_is_judged(levels: int) -> None:
    """The limit itself is inside, and what is wrong with such a body is told."""
    body = decode_json(b"[" * levels + b'{"a": 1, "a": 2}' * (levels < 200) + b"]" * levels)
    assert body.is_json
    assert [one.requirement for one in body.violations] == ["RUN-BODY-002"] * (levels < 200)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**80), 2**80)
        | st.text()
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_comes_back_as_it_was(value: Any) -> None:
    """Reading what was written changes nothing and finds nothing."""
    body = decode_json(json.dumps(value, ensure_ascii=False).encode())
    assert body.value == value
    assert body.violations == ()


@given(st.binary())
def test_any_bytes_are_read_or_are_a_violation(data: bytes) -> None:
    """No bytes make the reader fail."""
    body = decode_json(data)
    assert body.is_json or [one.requirement for one in body.violations] == ["RUN-BODY-001"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_frames_end_with_any_line_ending(end: str) -> None:
    """LF, CR LF and CR are all lines of a stream."""
    text = end.join(["event: a", "data: 1", "", ": a comment", "data: 2", "data: 3", "", ""])
    assert frames(text.encode()) == (
        Frame(name="a", data="1", line=1),
        Frame(name=None, data="2\n3", line=5),
    )


@pytest.mark.parametrize("cut", [b"event: a\ndata: 1", b"event: a\ndata: 1\n"])
def test_a_frame_without_its_blank_line_is_cut_off(cut: bytes) -> None:
    """A browser drops such a frame; a judge must see it."""
    (frame,) = frames(cut)
    assert (frame.data, frame.whole) == ("1", False)


@pytest.mark.parametrize("nothing", [b"", b"\n\n", b": only a comment\n\n", b"id: 7\n\n"])
def test_what_says_nothing_is_no_frame(nothing: bytes) -> None:
    """Comments and blank lines keep a connection alive and mean nothing."""
    assert frames(nothing) == ()


@given(st.lists(st.tuples(st.from_regex(r"[a-z.]+", fullmatch=True), st.text())))
def test_frames_come_back_as_they_were(events: list[tuple[str, str]]) -> None:
    """Names and JSON data survive being written as a stream."""
    written = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    found = [(one.name, json.loads(one.data or "")) for one in frames(written.encode())]
    assert found == events


@pytest.mark.parametrize("name", BAD)
def test_only_a_body_that_ends_too_early_is_called_cut_off(name: str) -> None:
    """What is wrong before its end was not cut there."""
    (violation,) = decode_json(BAD[name][0]).violations
    assert ("cut off?" in str(violation)) is (name == "cut off between fields")


def test_each_key_that_is_given_twice_is_told_once() -> None:
    """And no other of its object."""
    data = b'{"b": 1, "a": 2, "c": {"d": 1, "d": 2, "d": 3, "e": 4}, "a": 5, "b": 6}'
    assert [one.found for one in decode_json(data).violations] == ["d", "a", "b"]


@pytest.mark.parametrize(("width", "depth"), [(300, 1), (30, 20), (2, 150)])
def test_many_brackets_are_not_deep(width: int, depth: int) -> None:
    """What counts is how far they are nested."""
    nested = "[" * depth + "]" * depth
    body = decode_json(f"[{','.join([nested] * width)}]".encode())
    assert body.is_json
    assert len(body.value) == width


@pytest.mark.parametrize(("length", "ending"), [(59, "x"), (60, "x"), (61, "x..."), (600, "x...")])
def test_only_a_body_that_is_cut_says_so(length: int, ending: str) -> None:
    """Of what is no JSON the first sixty bytes are shown."""
    (violation,) = decode_json(b"x" * length).violations
    assert violation.found == "x" * (min(length, 60) - 1) + ending


def test_more_values_than_can_be_held_are_declined() -> None:
    """A small value takes many times its text: what has too many of them is not read."""
    for body in (b"[" + b"{}," * MOST_VALUES + b"{}]", b"[" * (MOST_VALUES + 1)):
        with pytest.raises(UnreadableBody, match="more than the 500,000 values"):
            decode_json(body)


@pytest.mark.parametrize("text", [",", "{[", '\\",', "\\\\"])
def test_what_texts_hold_is_no_value(text: str) -> None:
    """A long text full of commas is one value, with quotes and backslashes in it, too."""
    body = f'["{text * MOST_VALUES}", "x"]'.encode()
    assert len(decode_json(body).value) == 2
