"""Ids that are no ids: odd letters, of others, all the same, new each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from tests.hostile.behaviour import STREAM_HEAD, Asked, Behaviours, Said, everything, framed
from tests.hostile.changing import Wire, changed_runs, changed_value, objects

ALL = Behaviours("ids", on=everything)
IDS = ("id", "thread_id", "assistant_id", "run_id", "message_id", "first_id", "last_id")
FRESH = count()


def _each_text(value: Any, change: Callable[[str, str], str], key: str = "") -> Any:
    """Return a value with each text in it changed, by the key it stands under, and itself."""
    if isinstance(value, dict):
        return {name: _each_text(one, change, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_each_text(one, change) for one in value]
    return change(key, value) if isinstance(value, str) else value


def _suffixed(name: str, sentence: str, suffix: str) -> None:
    """Add a behaviour whose ids end with something, and which knows them all the same."""

    def longer(value: Any) -> Any:
        return _each_text(value, lambda key, one: one + suffix if key in IDS else one)

    def shorter(value: Any) -> Any:
        return _each_text(value, lambda _, one: one.removesuffix(suffix))

    def restored(asked: Asked) -> Asked:
        path, _, query = asked.target.partition("?")
        plain = unquote(path, errors="surrogatepass").replace(suffix, "")
        pairs = [(key, value.replace(suffix, "")) for key, value in parse_qsl(query, True)]
        target = quote(plain, errors="replace") + (f"?{urlencode(pairs)}" if pairs else "")
        try:
            value = json.loads(asked.body)
        except ValueError:
            return replace(asked, target=target)
        body = asked.body if shorter(value) == value else json.dumps(shorter(value)).encode()
        return replace(asked, target=target, body=body)

    def said(asked: Asked) -> Said:
        if asked.is_stream:
            yield STREAM_HEAD
            for frame in framed(asked):
                before, _, data = frame.partition(b"data: ")
                if not data.startswith(b"{"):
                    yield frame
                    continue
                yield before + b"data: " + json.dumps(longer(json.loads(data))).encode() + b"\n\n"
            return
        answer = asked.right()
        if answer.is_json:
            answer.body = json.dumps(longer(answer.value)).encode()
        yield answer.wire()

    ALL.row(name, sentence, said, restored=restored)


_suffixed(
    "id-newline", "Ids hold line breaks and what looks like headers.", "\r\nX-Owned: yes\r\n\r\n"
)
_suffixed("id-nul", "Ids hold NUL.", "\x00")
_suffixed("id-slash", "Ids hold slashes.", "/cancel/")
_suffixed("id-up", "Ids lead up by dots.", "/../../../assistants")
_suffixed("id-dots", "Ids end with a path of dots.", "/..")
_suffixed("id-encoded", "Ids hold what is already encoded.", "%2f..%2f%00%25")
_suffixed("id-query", "Ids hold a query and a fragment.", "?limit=1&after=x#y")
_suffixed("id-url", "Ids look like URLs.", "@127.0.0.1:1//http://x")
_suffixed(
    "id-shell", "Ids are commands of a shell.", "'\"; touch owned; $(touch owned) `touch owned` #"
)
_suffixed("id-shell-lines", "Ids end a line of a shell.", "\ntouch owned\nEOF\ntouch owned\n")
_suffixed(
    "id-options", "Ids look like options of commands.", " --output owned -o owned @/etc/passwd"
)
_suffixed("id-html", "Ids are HTML.", "\"'><script>alert(1)</script><img src=x onerror=alert(1)>")
_suffixed("id-ansi", "Ids steer a terminal.", "\x1b[2J\x1b]0;owned\x07\x9b31m")
_suffixed("id-bidi", "Ids turn the direction of writing.", "\u202e\u2066gnp.exe\u200b")
_suffixed("id-foreign", "Ids are in foreign letters.", "日本語ß🙂\u0301")
_suffixed("id-surrogate", "Ids end with half a letter.", "\ud83d")
_suffixed("id-format", "Ids are formats and templates.", "{0}{}%s%(a)s{{7*7}}[bold][/]\\1${x}")
_suffixed("id-xml", "Ids hold what XML cannot.", "]]>\x01\x0b\ufffe\uffff&a;")
_suffixed(
    "id-github", "Ids begin commands of GitHub Actions.", "\n::error::owned\r::stop-commands::x\n"
)
_suffixed("id-300-kb", "Ids have 300 KB.", "x" * 300_000)
_suffixed("id-5-kb", "Ids have 5 KB.", "x" * 5_000)
_suffixed("id-blank", "Ids end with blanks.", " \t  ")
_suffixed("id-sql", "Ids are of SQL.", "' OR 1=1; DROP TABLE runs; --")


def _ids(name: str, sentence: str, value: Any) -> None:
    """Add a behaviour in which every object has the same id."""

    def changed(answer: Any) -> None:
        for kind in ("thread.run", "thread", "assistant", "thread.run.step", "thread.message"):
            for one in objects(answer, kind):
                one["id"] = value

    changed_value(name, sentence, changed, ALL)


_ids("id-empty", "Every id is empty.", "")
_ids("id-one", "Everything has the same id.", "run_1")
_ids("id-dot", "Every id is a dot.", ".")
_ids("id-two-dots", "Every id is two dots.", "..")
_ids("id-runs", "Every id is the name of a path.", "runs")
_ids("id-null", "Every id is null.", None)
_ids("id-number", "Every id is a number of 400 digits.", 10**400)
_ids("id-float", "Every id is a fraction.", 0.1)
_ids("id-list", "Every id is a list.", ["run_1"])
_ids("id-object", "Every id is an object.", {"$ref": "#"})
_ids("id-true", "Every id is true.", True)


def _renewed(run: Wire) -> None:
    run["id"] = f"run_{next(FRESH)}"


changed_runs("id-new-each-time", "A run has a new id each time it is seen.", _renewed, ALL)
changed_runs(
    "id-of-thread",
    "A run has the id of its thread.",
    lambda run: run.update(id=run["thread_id"]),
    ALL,
)
changed_runs(
    "thread-of-others",
    "Runs belong to the thread of others.",
    lambda run: run.update(thread_id="thread_of_others"),
    ALL,
)
changed_runs(
    "assistant-of-others",
    "Runs belong to an assistant of others.",
    lambda run: run.update(assistant_id="asst_of_others"),
    ALL,
)
changed_runs("thread-number", "Runs belong to a number.", lambda run: run.update(thread_id=7), ALL)
changed_runs("thread-none", "Runs belong to no thread.", lambda run: run.pop("thread_id"), ALL)
