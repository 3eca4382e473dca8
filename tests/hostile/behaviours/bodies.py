"""Bodies that are no JSON, or JSON that no right server answers: sizes, depths, encodings."""

from __future__ import annotations

import json
from functools import partial

from tests.hostile.behaviour import Behaviours, runs
from tests.hostile.changing import changed_text, changed_value

ALL = Behaviours("bodies", on=runs)
MEGABYTE = 1024 * 1024
_text = partial(changed_text, rows=ALL)
_value = partial(changed_value, rows=ALL)


def _body(name: str, sentence: str, body: bytes) -> None:
    """Add a behaviour whose answers have another body."""
    _text(name, sentence, lambda _: body)


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
_body(
    "body-html", "Answers of the run endpoints are HTML.", b"<html><script>alert(1)</script></html>"
)
_body(
    "body-xml",
    "Answers of the run endpoints are XML that grows.",
    b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
)
_body(
    "body-yaml",
    "Answers of the run endpoints are YAML that runs.",
    b"!!python/object/apply:os.system [id]",
)
_body(
    "body-pickle",
    "Answers of the run endpoints are a pickle.",
    b"cposix\nsystem\n(S'touch owned'\ntR.",
)
_body("body-zeros", "Answers of the run endpoints are 1 MB of NUL.", b"\x00" * MEGABYTE)
_body(
    "body-deep",
    "Answers of the run endpoints have 100,000 levels.",
    b"[" * 100_000 + b"]" * 100_000,
)
_body(
    "body-deep-objects",
    "Answers are objects of 100,000 levels.",
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
)
_body("body-unclosed", "Answers of the run endpoints open 1,000,000 lists.", b"[" * 1_000_000)
_body(
    "body-commas",
    "Answers of the run endpoints are 1,000,000 commas.",
    b"[" + b"," * 1_000_000 + b"]",
)
_body(
    "body-escapes",
    "Answers of the run endpoints are 1 MB of escapes.",
    b'"' + b"\\u0000" * 170_000 + b'"',
)
_body(
    "keys-doubled-100000",
    "An object has 100,000 keys of one name.",
    b'{"a":1' + b',"a":1' * 100_000 + b"}",
)
_body(
    "keys-doubled-pairs",
    "An object has 50,000 keys, each twice.",
    b"{" + b",".join(b'"k%d":1,"k%d":2' % (n, n) for n in range(50_000)) + b"}",
)
_text(
    "body-30-mb",
    "Each body of the run endpoints has 30 MB.",
    lambda body: body + b" " * 30 * MEGABYTE,
)
_text(
    "body-cut",
    "Each body of the run endpoints is cut in half.",
    lambda body: body[: len(body) // 2],
)
_text("body-twice", "Each body of the run endpoints comes twice.", lambda body: body * 2)
_text("body-bom", "Each body begins with a byte order mark.", lambda body: b"\xef\xbb\xbf" + body)
_text("body-utf-16", "Each body is UTF-16.", lambda body: body.decode().encode("utf-16"))
_text("body-utf-32", "Each body is UTF-32.", lambda body: body.decode().encode("utf-32"))
_text("body-utf-7", "Each body is UTF-7.", lambda body: body.decode().encode("utf-7"))
_text(
    "body-bytes",
    "Each body holds bytes that are no UTF-8.",
    lambda body: body.replace(b'"id"', b'"id\xff"'),
)
_text("body-commented", "Each body has comments.", lambda body: b"/* a */" + body + b"// b")
_text("body-quotes", "Each body has single quotes.", lambda body: body.replace(b'"', b"'"))
_text(
    "keys-twice",
    "Each run has its status twice.",
    lambda body: body.replace(b'"status":', b'"status":"failed","status":'),
)
_value(
    "body-wrapped", "Each body is wrapped in an object and a list.", lambda value: {"data": [value]}
)
_value("body-as-text", "Each body is JSON in a text of JSON.", json.dumps)
