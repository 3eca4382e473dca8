"""Connections that are silent, slow, cut, or of another protocol."""

from __future__ import annotations

import itertools
import random

from tests.hostile.behaviour import (
    HOLD,
    RESET,
    STREAM_HEAD,
    Answer,
    Asked,
    Behaviours,
    Said,
    each,
    passed,
    runs,
    since,
    to,
)

ALL = Behaviours("connections")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
NOISE = random.Random(7).randbytes(4_096)
LONG = "x" * 1_000_000
ALL.says("silent", "Takes every request and never answers.", HOLD, is_slow=True)
ALL.says("closes-at-once", "Closes every connection without a word.")
ALL.says("resets-at-once", "Resets every connection.", RESET)
ALL.says("half-a-status-line", "Says half a status line and closes.", b"HTTP/1.1 20")
ALL.says(
    "half-a-status-line-held",
    "Says half a status line and stays silent.",
    b"HTTP/1.1 20",
    HOLD,
    is_slow=True,
)
ALL.says("half-a-head", "Closes in the middle of the headers.", b"HTTP/1.1 200 OK\r\nContent-Ty")
ALL.says("http-0-9", "Answers in HTTP/0.9: a body and no head.", b'{"object": "thread.run"}\n')
ALL.says(
    "http-2-preface",
    "Answers by the settings frame of HTTP/2.",
    b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\x00\x04\x00\x01\x00\x00",
)
ALL.says("tls-alert", "Answers by an alert of TLS.", b"\x15\x03\x03\x00\x02\x02\x28")
ALL.says("ssh-banner", "Answers by the banner of another protocol.", b"SSH-2.0-OpenSSH_9.9\r\n")
ALL.says("noise", "Answers by 4 KB of random bytes.", NOISE)
ALL.says("icy", "Answers by a status line of a radio.", b"ICY 200 OK\r\n\r\n{}")
ALL.says("status-0", "Answers with status 000.", b"HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n")
ALL.says("status-99", "Answers with status 99.", b"HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n")
ALL.says(
    "status-999", "Answers with status 999.", b"HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n"
)
ALL.says("status-word", "Answers with a word for a status.", b"HTTP/1.1 OK fine\r\n\r\n")
ALL.says("status-digits", "Answers with a status of 5,000 digits.", b"HTTP/1.1 " + b"2" * 5_000)
ALL.says("version-9", "Answers as HTTP/9.9.", b"HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n{}")


@ALL.add(on=runs)
def reason_escapes(asked: Asked) -> Said:
    """Colours the reason of its status line, and sets the title of the terminal."""
    wire = asked.right().wire()
    yield wire.replace(b" OK\r\n", b" \x1b[31mOK\x1b]0;owned\x07\r\n", 1)


@ALL.add(on=runs)
def reason_long(asked: Asked) -> Said:
    """Reasons of 1 MB stand in its status lines."""
    yield asked.right().wire().replace(b" OK\r\n", f" {LONG}\r\n".encode(), 1)


@ALL.add(on=since(5))
def resets_in_head(asked: Asked) -> Said:
    """In the middle of the headers comes a reset, from the fifth request on."""
    yield asked.right().wire()[:40]
    yield RESET


@ALL.add(on=runs)
def resets_in_body(asked: Asked) -> Said:
    """In the middle of each body of the run endpoints comes a reset."""
    wire = asked.right().wire()
    yield wire[:-20]
    yield 0.05
    yield RESET


@ALL.add(is_slow=True)
def endless_100(asked: Asked) -> Said:
    """Says 100 Continue for ever."""
    yield from itertools.repeat(CONTINUE)


@ALL.add(is_slow=True)
def endless_102_slowly(asked: Asked) -> Said:
    """Says 102 Processing every second, and never answers."""
    while True:
        yield PROCESSING
        yield 1.0


@ALL.add()
def informs_first(asked: Asked) -> Said:
    """Says 100, 102 and 103 before each answer, as it may."""
    yield CONTINUE + PROCESSING + b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    yield from passed(asked)


@ALL.add(on=since(3), is_slow=True)
def head_drips(asked: Asked) -> Said:
    """Each second a byte of its head comes, from the third request on."""
    for byte in asked.right().wire():
        yield bytes([byte])
        yield 1.0


@ALL.add(on=since(3), is_slow=True)
def head_drips_for_ever(asked: Asked) -> Said:
    """One more header comes every half second, for ever."""
    yield b"HTTP/1.1 200 OK\r\n"
    for number in itertools.count():
        yield f"X-Header-{number}: more\r\n".encode()
        yield 0.5


@ALL.add(on=since(3), is_slow=True)
def body_drips(asked: Asked) -> Said:
    """Each second a byte of its body comes, from the third request on."""
    answer = asked.right()
    yield answer.head(("Content-Length", str(len(answer.body))))
    for byte in answer.body:
        yield bytes([byte])
        yield 1.0


@ALL.add(on=to("getRun", "listRuns"), is_slow=True)
def chunks_for_ever(asked: Asked) -> Said:
    """Where a run is read, a chunk of one space comes every tenth of a second, for ever."""
    yield Answer().head(("Transfer-Encoding", "chunked"))
    while True:
        yield b"1\r\n \r\n"
        yield 0.1


@ALL.add(on=to("getRun"), is_slow=True)
def silent_after_head(asked: Asked) -> Said:
    """Of each run that is read the head comes, and no body."""
    answer = asked.right()
    yield answer.head(("Content-Length", str(len(answer.body))))
    yield HOLD


@ALL.add(on=runs, is_slow=True)
def silent_in_body(asked: Asked) -> Said:
    """Stays silent in the middle of each body of the run endpoints."""
    yield asked.right().wire()[:-20]
    yield HOLD


ALL.says("silent-since-6", "Is silent from the sixth request on.", HOLD, on=since(6), is_slow=True)
ALL.says("silent-creates", "Never answers createRun.", HOLD, on=to("createRun"), is_slow=True)
ALL.says("silent-deletes", "Never answers a deletion.", HOLD, on=lambda one: one.method == "DELETE")
ALL.says("closes-since-6", "Closes without a word from the sixth request on.", on=since(6))
ALL.says("closes-each-third", "Closes each third connection without a word.", on=each(3))


@ALL.add()
def keep_alive_lie(asked: Asked) -> Said:
    """Says that it keeps each connection, and closes it."""
    yield asked.right().wire(("Connection", "keep-alive"), ("Keep-Alive", "timeout=600"))


@ALL.add()
def answers_twice(asked: Asked) -> Said:
    """Every answer comes twice on a connection that it keeps."""
    asked.is_kept = True
    yield asked.right().wire() * 2


@ALL.add()
def answers_ahead(asked: Asked) -> Said:
    """Behind each answer comes one to a request that nobody has sent yet."""
    asked.is_kept = True
    ahead = Answer(body=b'{"id": "run_of_others", "object": "thread.run"}')
    yield asked.right().wire() + ahead.wire()


@ALL.add()
def closes_before_end(asked: Asked) -> Said:
    """Says Connection: close and keeps the connection open."""
    yield asked.right().wire(("Connection", "close"))
    yield 20.0


@ALL.add(on=runs, is_slow=True)
def newlines_for_ever(asked: Asked) -> Said:
    """Answers the run endpoints by line breaks, for ever."""
    yield from itertools.repeat(b"\r\n" * 1_000)


@ALL.add(on=runs, is_slow=True)
def body_for_ever(asked: Asked) -> Said:
    """Answers the run endpoints by a body without end, as fast as it is read."""
    yield Answer(headers=[("Content-Type", "application/json")]).head(("Connection", "close"))
    yield from itertools.repeat(b'{"a": [' * 10_000)


@ALL.add(on=runs, is_slow=True)
def head_for_ever(asked: Asked) -> Said:
    """Answers the run endpoints by one header without end."""
    yield b"HTTP/1.1 200 OK\r\nX-Long: "
    yield from itertools.repeat(b"x" * 65_536)


@ALL.add(on=since(4, runs))
def stream_to_everybody(asked: Asked) -> Said:
    """Answers the run endpoints by an event stream, whatever was asked for."""
    yield STREAM_HEAD
    yield b"event: thread.run.created\ndata: {}\n\nevent: done\ndata: [DONE]\n\n"
