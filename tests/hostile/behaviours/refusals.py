"""Answers that refuse everything, lie about what was done, or repeat what was sent."""

from __future__ import annotations

import json

from tests.hostile.behaviour import (
    JSON,
    STREAM_HEAD,
    Answer,
    Asked,
    Behaviours,
    On,
    Said,
    everything,
    runs,
    since,
    streams,
    to,
)

ALL = Behaviours("answers", on=since(3))
PLAIN = ("Content-Type", "text/plain")
PAGE = (
    b"<!doctype html><html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"
)
ERROR = {"message": "Nothing works.", "type": "server_error", "param": None, "code": None}
DELETES: On = lambda asked: asked.method == "DELETE"  # noqa: E731 - a predicate as the others


def _all(  # noqa: PLR0913 - the parts of an answer
    name: str,
    sentence: str,
    status: int,
    body: bytes,
    *headers: tuple[str, str],
    on: On | None = None,
    is_slow: bool = False,
) -> None:
    """Add a behaviour that answers all alike."""
    answer = Answer(status=status, headers=[*headers] or [("Content-Type", JSON)], body=body)
    ALL.says(name, sentence, answer.wire(), on=on, is_slow=is_slow)


def _error(**fields: object) -> bytes:
    return json.dumps({"error": {**ERROR, **fields}}).encode()


_all("500-always", "Answers 500 to everything.", 500, b"Internal Server Error", PLAIN)
_all("500-at-first", "Answers 500 from the first request on.", 500, _error(), on=everything)
_all("404-always", "Answers 404 to everything.", 404, _error())
_all("404-runs", "Answers 404 to all that is about runs.", 404, _error(), on=runs)
_all("400-always", "Answers 400 to everything.", 400, _error(), on=everything)
_all("405-always", "Answers 405 to everything.", 405, b"", ("Allow", "X" * 5_000))
_all("429-always", "Answers 429 to everything, without Retry-After.", 429, _error(), is_slow=True)
_all(
    "429-an-hour", "Answers 429 to everything, for an hour.", 429, _error(), ("Retry-After", "3600")
)
_all("429-at-once", "Answers 429 to everything, for no time.", 429, _error(), ("Retry-After", "0"))
_all("503-always", "Answers 503 to everything.", 503, _error(), is_slow=True)
_all(
    "503-html",
    "Answers a page of HTML and 503 to everything.",
    503,
    PAGE,
    ("Retry-After", "1"),
    is_slow=True,
)
_all(
    "502-html",
    "Answers a page of HTML and 502 to everything.",
    502,
    PAGE,
    ("Content-Type", "text/html"),
)
_all(
    "200-html",
    "Answers a page of HTML and 200 to everything.",
    200,
    PAGE,
    ("Content-Type", "text/html"),
)
_all("200-error", "Answers 200 and an error to everything.", 200, _error())
_all("200-nothing", "Answers 200 and nothing to everything.", 200, b"")
_all("201-object", "Answers 201 and {} to everything.", 201, b"{}")
_all("418-teapot", "Answers 418 to everything.", 418, _error(message="I am a teapot.\x1b[2J"))
_all("error-bare", "Its errors are texts.", 400, b'{"error": "no"}', on=runs)
_all("error-list", "Its errors are lists.", 400, b'{"error": [1, {"message": []}]}', on=runs)
_all("error-null", "Its errors are null.", 400, b'{"error": null}', on=runs)
_all(
    "error-deep",
    "Its errors are errors in errors.",
    400,
    b'{"error":' * 5_000 + b"1" + b"}" * 5_000,
    on=runs,
)
_all(
    "error-odd",
    "Its errors are commands and escapes.",
    400,
    _error(message="\x1b[2J\n::error::x\n$(touch owned)", code={"a": 1}, param=[], type=7),
    on=runs,
)
_all("error-long", "Its errors have 2 MB.", 400, _error(message="no " * 700_000), on=runs)
_all(
    "error-page",
    "Its errors are pages of 1 MB.",
    404,
    PAGE * 11_000,
    ("Content-Type", "text/html"),
    on=runs,
)
_all("delete-nothing", "Answers deletions 200, and deletes nothing.", 200, b"{}", on=DELETES)
_all(
    "delete-false",
    "Says of deletions that nothing is deleted.",
    200,
    b'{"deleted": false}',
    on=DELETES,
)
_all("delete-404", "Answers deletions 404.", 404, _error(), on=DELETES)
_all("delete-500", "Answers deletions 500.", 500, _error(), on=DELETES)
_all(
    "delete-429",
    "Puts deletions off, for an hour.",
    429,
    _error(),
    ("Retry-After", "3600"),
    on=DELETES,
)
_all(
    "delete-html",
    "Answers deletions by a page of HTML.",
    200,
    PAGE,
    ("Content-Type", "text/html"),
    on=DELETES,
)
_all("assistants-none", "Creates no assistants.", 404, _error(), on=to("createAssistant"))
_all("threads-none", "Creates no threads.", 404, _error(), on=to("createThread"))


def _request(asked: Asked) -> str:
    """Return a request as it came."""
    lines = [f"{name}: {value}" for name, value in asked.headers]
    return "\r\n".join([f"{asked.method} {asked.target} HTTP/1.1", *lines, "", asked.body.decode()])


@ALL.add()
def echo_body(asked: Asked) -> Said:
    """Answers by the whole request."""
    yield Answer(body=_request(asked).encode()).wire()


@ALL.add(on=runs)
def echo_error(asked: Asked) -> Said:
    """Repeats the whole request in the message of an error."""
    yield Answer(
        status=400, body=_error(message=_request(asked), code=asked.header("authorization"))
    ).wire()


@ALL.add(on=everything)
def echo_headers(asked: Asked) -> Said:
    """Repeats the key in headers of every right answer, in their names, too."""
    key = asked.header("authorization")
    bare = key.rpartition(" ")[2]
    more = [
        ("X-Echo", key),
        ("Set-Cookie", f"key={bare}"),
        ("Location", f"/v1?key={bare}"),
        (f"X-{bare}", "1"),
    ]
    yield asked.right().wire(*more)


@ALL.add(on=runs, is_slow=True)
def echo_values(asked: Asked) -> Said:
    """Repeats the key in keys, values and ids of every right answer about runs."""
    key = asked.header("authorization").rpartition(" ")[2]
    answer = asked.right()
    if answer.is_json and answer.status == 200:
        value = {
            **answer.value,
            key: key,
            "status": key,
            "model": f"a{key}b",
            "metadata": {key: key},
        }
        answer.body = json.dumps(value).encode()
    yield answer.wire()


@ALL.add(on=runs)
def echo_reason(asked: Asked) -> Said:
    """Repeats the key in the reason of the status line."""
    reason = asked.header("authorization").encode()
    yield asked.right().wire().replace(b" OK\r\n", b" " + reason + b"\r\n", 1)


@ALL.add(on=runs)
def echo_type(asked: Asked) -> Said:
    """Repeats the key in the content type."""
    answer = asked.right()
    answer.headers = [("Content-Type", f"application/{asked.header('authorization')}")]
    yield answer.wire()


@ALL.add(on=streams)
def echo_stream(asked: Asked) -> Said:
    """Repeats the key in names, comments, ids and data of a stream."""
    key = asked.header("authorization").encode()
    yield STREAM_HEAD
    yield b": %b\nid: %b\nevent: %b\ndata: %b\n\n" % (key, key, key, key)


@ALL.add(on=everything)
def echo_redirect(asked: Asked) -> Said:
    """Redirects elsewhere, with the key in the URL."""
    key = asked.header("authorization").rpartition(" ")[2]
    place = f"{asked.elsewhere}/?key={key}"
    yield Answer(status=302, headers=[("Location", place)]).wire()


@ALL.add(on=runs)
def echo_half(asked: Asked) -> Said:
    """Half way through the repeated key it breaks off."""
    key = asked.header("authorization").encode()
    answer = Answer(body=b'{"id": "' + key * 3)
    yield answer.wire()[: -len(key) // 2]
