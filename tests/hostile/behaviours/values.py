"""JSON that no right server answers: wrong kinds, sizes, depths, encodings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.hostile.behaviour import Asked, Behaviours, Said, runs

ALL = Behaviours("values", on=runs)
MEGABYTE = 1024 * 1024
Wire = dict[str, Any]
MARK = "@@"
"""Stands in a value for JSON that Python does not write."""


def objects(value: Any, kind: str = "thread.run") -> Iterator[Wire]:
    """Yield the objects of a kind in a value, at any depth."""
    if isinstance(value, dict):
        if value.get("object") == kind:
            yield value
        for one in value.values():
            yield from objects(one, kind)
    elif isinstance(value, list):
        for one in value:
            yield from objects(one, kind)


def changed_text(name: str, sentence: str, change: Callable[[bytes], bytes], rows: Behaviours = ALL) -> None:
    """Add a behaviour that changes the bytes of JSON answers."""

    def said(asked: Asked) -> Said:
        if asked.is_stream:
            asked.body = asked.body.replace(b'"stream": true', b'"stream": false')
        answer = asked.right()
        if answer.is_json:
            answer.body = change(answer.body)
        yield answer.wire()

    rows.row(name, sentence, said)


def changed_value(
    name: str, sentence: str, change: Callable[[Any], Any], rows: Behaviours = ALL, raw: str = ""
) -> None:
    """Add a behaviour that changes JSON answers; `raw` is what the mark in them stands for."""

    def changed(body: bytes) -> bytes:
        value = json.loads(body)
        made = change(value)
        text = json.dumps(value if made is None else made)
        return text.replace(f'"{MARK}"', raw).encode()

    changed_text(name, sentence, changed, rows)


def changed_runs(
    name: str, sentence: str, change: Callable[[Wire], object], rows: Behaviours = ALL, raw: str = ""
) -> None:
    """Add a behaviour that changes each run in JSON answers."""

    def changed(value: Any) -> None:
        for run in objects(value):
            change(run)

    changed_value(name, sentence, changed, rows, raw)


def _set(name: str, sentence: str, raw: str = "", **fields: Any) -> None:
    """Add a behaviour that sets fields of each run."""
    changed_runs(name, sentence, lambda run: run.update(fields), raw=raw)


def _body(name: str, sentence: str, body: bytes) -> None:
    """Add a behaviour whose answers have another body."""
    changed_text(name, sentence, lambda _: body)


_set("status-list", "The status of a run is a list.", status=["completed"])
_set("status-object", "The status of a run is an object.", status={"completed": True})
_set("status-number", "The status of a run is a number.", status=7)
_set("status-null", "The status of a run is null.", status=None)
_set("status-true", "The status of a run is true.", status=True)
_set("status-long", "The status of a run has 300 KB.", status="completed" * 33_000)
_set("status-foreign", "The status of a run turns the direction of writing.", status="\u202edetelpmoc")
_set("object-list", "Tools, metadata and usage of a run are of other kinds.", tools={}, metadata=[], usage=[])
_set("texts-numbers", "The texts of a run are numbers.", model=4, instructions=0.5, assistant_id=1)
_set("nulls", "Everything in a run but its id is null.", **dict.fromkeys(
    ["object", "status", "tools", "metadata", "thread_id", "assistant_id", "created_at", "model"]))
_set("action-list", "What a run requires is a list.", required_action=[1])
_set("action-empty", "What a run requires is empty.", required_action={})
_set("action-calls-text", "The calls of a run are a text.", required_action={
    "type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": "call_1"}})
_set("action-calls-null", "The calls of a run are null and numbers.", required_action={
    "type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": [None, 1, [], "x", {}]}})
_set("error-text", "The last error of a run is a text.", last_error="boom")
_set("times-negative", "Times of a run are -1.", created_at=-1, completed_at=-1, expires_at=-1)
_set("times-1e30", "Times of a run are 1e30.", created_at=1e30, completed_at=1e30, started_at=1e30)
_set("times-text", "Times of a run are texts.", created_at="now", completed_at="2026-01-01T00:00:00Z")
_set("times-huge", "Times of a run have 400 digits.", created_at=10**400, expires_at=-(10**400))
_set("times-5000", "Times of a run have 5,000 digits.", raw="9" * 5_000, created_at=MARK, started_at=MARK)
_set("times-nan", "Times of a run are NaN.", created_at=float("nan"), completed_at=float("nan"))
_set("times-infinite", "Times of a run are Infinity.", created_at=float("inf"), expires_at=-float("inf"))
_set("times-1e999", "Times of a run are 1e999.", raw="1e999", created_at=MARK, expires_at=MARK)
_set("times-zero", "Times of a run are -0.0.", created_at=-0.0, started_at=-0.0)
_set("times-true", "Times of a run are true.", created_at=True, started_at=False)
_set("tools-20000", "A run has 20,000 tools.", tools=[{"type": "code_interpreter"}] * 20_000)
_set("tools-odd", "The tools of a run are of every kind.", tools=[None, 1, "x", [], {}, {"type": []}])
_set("metadata-20000", "A run has metadata of 20,000 keys.", metadata={f"k{n}": "v" for n in range(20_000)})
_set("text-1-mb", "The instructions of a run have 1 MB.", instructions="x" * MEGABYTE)
_set("fields-10000", "A run has 10,000 fields more.", **{f"extra_{n}": n for n in range(10_000)})
_set("keys-python", "A run has fields named as Python's and JavaScript's own.", **{
    "__proto__": {"a": 1}, "constructor": {"prototype": {}}, "__class__": "x", "toString": 1,
    "__init__": None, "$ref": "file:///etc/passwd", "$schema": "http://127.0.0.1:1/x", "$id": "#"})
_set("keys-odd", "A run has fields with odd names.", **{
    "": 1, "\x00": 2, "a/b~c": 3, "\u202eabc": 4, "\x1b[31m": 5, "<b>": 6, "k" * 300_000: 7, "\ud800": 8})
_set("texts-surrogates", "Texts of a run are halves of letters.", model="\ud800", instructions="\udfff\ud800")
_set("texts-controls", "Texts of a run hold every control character.",
     instructions="".join(map(chr, range(160))) + "\u2028\u202e\u2066\ufeff", model="\x1b[2J\x1b]0;x\x07")
_set("texts-html", "Texts of a run are HTML and scripts.",
     instructions="</script><script>alert(1)</script><img src=x onerror=alert(1)>]]>", model="--><svg/onload=1>")
_set("texts-commands", "Texts of a run begin commands of GitHub and of shells.",
     instructions="\n::error::owned\n::set-output name=a::b\n$(touch owned)\n`touch owned`", model="';touch owned;'")
_set("texts-templates", "Texts of a run are templates.",
     instructions="{{ 7*7 }}{% raw %}%s %(x)s {0.__class__} [bold]x[/bold] [/]", model="${jndi:ldap://x}")
_set("usage-absurd", "The usage of a run has 400 digits and fractions.", usage={
    "prompt_tokens": 10**400, "completion_tokens": -0.5, "total_tokens": "many"})
_set("deep-field", "A run has a field of 100,000 levels.", raw="[" * 100_000 + "]" * 100_000, extra=MARK)
changed_runs("fields-none", "Runs are objects with nothing in them but their kind.",
             lambda run: [run.pop(key) for key in [*run] if key != "object"])
changed_runs("integers-floats", "Integers of runs are written as 6.0.",
             lambda run: run.update({k: float(v) for k, v in run.items() if type(v) is int}))
_body("body-list", "Answers of the run endpoints are lists.", b"[]")
_body("body-null", "Answers of the run endpoints are null.", b"null")
_body("body-true", "Answers of the run endpoints are true.", b"true")
_body("body-text", "Answers of the run endpoints are a text.", b'"run_1"')
_body("body-number", "Answers of the run endpoints are -0.", b"-0")
_body("body-digits", "Answers of the run endpoints are 5,000 digits.", b"7" * 5_000)
_body("body-exponent", "Answers of the run endpoints are 1e99999999.", b"1e99999999")
_body("body-nan", "Answers of the run endpoints are NaN.", b"NaN")
_body("body-empty", "Answers of the run endpoints are empty.", b"")
_body("body-blank", "Answers of the run endpoints are 5 MB of blanks.", b" " * 5 * MEGABYTE)
_body("body-object", "Answers of the run endpoints are {}.", b"{}")
_body("body-html", "Answers of the run endpoints are HTML.", b"<html><script>alert(1)</script></html>")
_body("body-xml", "Answers of the run endpoints are XML that grows.",
      b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>')
_body("body-yaml", "Answers of the run endpoints are YAML that runs.", b"!!python/object/apply:os.system [id]")
_body("body-pickle", "Answers of the run endpoints are a pickle.", b"cposix\nsystem\n(S'touch owned'\ntR.")
_body("body-zeros", "Answers of the run endpoints are 1 MB of NUL.", b"\x00" * MEGABYTE)
_body("body-deep", "Answers of the run endpoints have 100,000 levels.", b"[" * 100_000 + b"]" * 100_000)
_body("body-deep-objects", "Answers are objects of 100,000 levels.", b'{"a":' * 100_000 + b"1" + b"}" * 100_000)
_body("body-unclosed", "Answers of the run endpoints open 1,000,000 lists.", b"[" * 1_000_000)
_body("body-commas", "Answers of the run endpoints are 1,000,000 commas.", b"[" + b"," * 1_000_000 + b"]")
_body("body-escapes", "Answers of the run endpoints are 1 MB of escapes.", b'"' + b"\\u0000" * 170_000 + b'"')
_body("keys-doubled-100000", "An object has 100,000 keys of one name.", b'{"a":1' + b',"a":1' * 100_000 + b"}")
_body("keys-doubled-pairs", "An object has 50,000 keys, each twice.",
      b"{" + b",".join(b'"k%d":1,"k%d":2' % (n, n) for n in range(50_000)) + b"}")
changed_text("body-30-mb", "Each body of the run endpoints has 30 MB.", lambda body: body + b" " * 30 * MEGABYTE)
changed_text("body-cut", "Each body of the run endpoints is cut in half.", lambda body: body[: len(body) // 2])
changed_text("body-twice", "Each body of the run endpoints comes twice.", lambda body: body * 2)
changed_text("body-bom", "Each body begins with a byte order mark.", lambda body: b"\xef\xbb\xbf" + body)
changed_text("body-utf-16", "Each body is UTF-16.", lambda body: body.decode().encode("utf-16"))
changed_text("body-utf-32", "Each body is UTF-32.", lambda body: body.decode().encode("utf-32"))
changed_text("body-utf-7", "Each body is UTF-7.", lambda body: body.decode().encode("utf-7"))
changed_text("body-bytes", "Each body holds bytes that are no UTF-8.", lambda body: body.replace(b'"id"', b'"id\xff"'))
changed_text("body-commented", "Each body has comments.", lambda body: b"/* a */" + body + b"// b")
changed_text("body-quotes", "Each body has single quotes.", lambda body: body.replace(b'"', b"'"))
changed_text("keys-twice", "Each run has its status twice.",
             lambda body: body.replace(b'"status":', b'"status":"failed","status":'))
changed_value("body-wrapped", "Each body is wrapped in an object and a list.", lambda value: {"data": [value]})
changed_value("body-as-text", "Each body is JSON in a text of JSON.", json.dumps)
