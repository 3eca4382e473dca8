"""Headers that ask for something: to wait, to go elsewhere, to say who one is, to keep cookies."""

from __future__ import annotations

from tests.hostile.behaviour import (
    JSON,
    Answer,
    Asked,
    Behaviours,
    Headers,
    On,
    Said,
    each,
    everything,
    runs,
    since,
)

ALL = Behaviours("headers")
LATER = since(3)
BUSY = b'{"error": {"message": "Later.", "type": "server_error", "param": null, "code": null}}'


def _retry(name: str, sentence: str, value: str, *, is_slow: bool = False) -> None:
    """Add a behaviour that puts off every tenth request by a Retry-After."""
    answer = Answer(status=429, headers=[("Content-Type", JSON), ("Retry-After", value)], body=BUSY)
    ALL.says(name, sentence, answer.wire(), on=each(10), is_slow=is_slow)


def _redirect(name: str, sentence: str, place: str, status: int = 307, on: On = LATER) -> None:
    """Add a behaviour that sends requests elsewhere; HERE and THERE stand for two servers."""

    def said(asked: Asked) -> Said:
        where = place.replace("THERE", asked.elsewhere).replace("HERE", asked.target)
        where = where.replace("BESIDE", asked.elsewhere.partition("//")[2])
        yield Answer(status=status, headers=[("Location", where)]).wire()

    ALL.row(name, sentence, said, on=on)


def _refusal(name: str, sentence: str, status: int, *headers: tuple[str, str], on: On) -> None:
    """Add a behaviour that refuses requests by a status, with some headers."""
    answer = Answer(status=status, headers=[("Content-Type", JSON), *headers], body=BUSY)
    ALL.says(name, sentence, answer.wire(), on=on)


def _more(name: str, sentence: str, *headers: tuple[str, str], on: On = everything) -> None:
    """Add a behaviour whose answers carry more headers; THERE stands for another server."""

    def said(asked: Asked) -> Said:
        answer = asked.right()
        there: Headers = [(one, value.replace("THERE", asked.elsewhere)) for one, value in headers]
        yield answer.wire(*there)

    ALL.row(name, sentence, said, on=on)


def _typed(name: str, sentence: str, value: str) -> None:
    """Add a behaviour whose answers of run endpoints have this content type."""

    def said(asked: Asked) -> Said:
        answer = asked.right()
        others = [pair for pair in answer.headers if pair[0].lower() != "content-type"]
        answer.headers = [*others, ("Content-Type", value)]
        yield answer.wire()

    ALL.row(name, sentence, said, on=runs)


_retry(
    "retry-5000-digits", "Puts off every tenth request for 5,000 digits of seconds.", "9" * 5_000
)
_retry("retry-negative", "Puts off every tenth request for -5 seconds.", "-5")
_retry("retry-nan", "Puts off every tenth request for NaN seconds.", "NaN")
_retry("retry-infinity", "Puts off every tenth request for Infinity.", "Infinity")
_retry("retry-1e400", "Puts off every tenth request for 1e400 seconds.", "1e400")
_retry("retry-float", "Puts off every tenth request for 0.2 seconds.", "0.2")
_retry("retry-arabic", "Puts off every tenth request for Arabic digits.", "٣")
_retry("retry-words", "Puts off every tenth request for a while.", "in a while")
_retry("retry-empty", "Puts off every tenth request for nothing.", "")
_retry(
    "retry-date-past", "Puts off every tenth request until 1994.", "Sun, 06 Nov 1994 08:49:37 GMT"
)
_retry(
    "retry-date-far",
    "Puts off every tenth request until the year 9999.",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    is_slow=True,
)
_retry(
    "retry-date-odd", "Puts off every tenth request until the 99th.", "Mon, 99 Foo 20240 25:61:61"
)
_retry("retry-year", "Puts off every tenth request for a year.", "31536000", is_slow=True)
_redirect("redirect-self", "Redirects every request to itself.", "HERE")
_redirect("redirect-self-301", "Moves every request to itself for good.", "HERE", 301)
_redirect("redirect-elsewhere", "Redirects every request to another server.", "THERE/threads/runs")
_redirect(
    "redirect-all", "Redirects every request elsewhere from the first on.", "THERE", 308, everything
)
_redirect("redirect-303", "Sends every request to another server by 303.", "THERE/assistants", 303)
_redirect("redirect-user", "Redirects elsewhere with a user and a password.", "http://u:p@BESIDE")
_redirect("redirect-slashes", "Redirects to //host.", "//BESIDE")
_redirect("redirect-file", "Redirects to a file of yours.", "file:///etc/passwd")
_redirect("redirect-data", "Redirects to data in a URL.", "data:application/json,{}")
_redirect("redirect-script", "Redirects to a script.", "javascript:alert(1)")
_redirect("redirect-escape", "Redirects to escapes of terminals.", "http://x/\x1b[2J\u202e")
_redirect("redirect-long", "Redirects to a URL of 1 MB.", f"THERE/{'a' * 1_000_000}")
_redirect("redirect-nowhere", "Redirects to an empty URL.", "")
_redirect("redirect-ports", "Redirects to a port that cannot be.", "http://127.0.0.1:99999999/")
_refusal("redirect-no-place", "Redirects without a place.", 302, on=since(3))
_refusal("status-300", "Offers several choices, and none.", 300, on=since(3))
_refusal(
    "basic-401",
    "Asks for a password from the fifth request on.",
    401,
    ("WWW-Authenticate", 'Basic realm="yours"'),
    on=since(5),
)
_refusal(
    "digest-401",
    "Asks everybody for a digest.",
    401,
    ("WWW-Authenticate", 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"'),
    on=everything,
)
_refusal(
    "challenge-odd",
    "Asks for a password in a challenge that is none.",
    401,
    ("WWW-Authenticate", 'Basic realm="\x1b[31m' + "," * 10_000),
    on=since(5),
)
_refusal(
    "proxy-407",
    "Asks for the password of a proxy.",
    407,
    ("Proxy-Authenticate", 'Basic realm="proxy"'),
    on=since(5),
)
_refusal("upgrade-426", "Asks for another protocol.", 426, ("Upgrade", "HTTP/9"), on=since(5))
_refusal("payment-402", "Asks for money from the tenth request on.", 402, on=since(10))
_refusal("forbidden-403", "Forbids everything from the third request on.", 403, on=since(3))
ALL.says(
    "upgrade-101",
    "Switches protocols, and says nothing more that is HTTP.",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n\x00\x00\x00",
    on=since(3),
)
_more(
    "cookie-foreign",
    "Sets a cookie in foreign letters.",
    ("Set-Cookie", "näme=wärt\u202e日本; Path=/"),
)
_more(
    "cookie-huge", "Sets a cookie of 60 KB each time.", ("Set-Cookie", f"a={'x' * 60_000}; Path=/")
)
_more(
    "cookies-many",
    "Sets 50 cookies each time.",
    *[("Set-Cookie", f"c{at}={at}; Path=/") for at in range(50)],
)
_more(
    "cookie-elsewhere",
    "Sets cookies for others.",
    ("Set-Cookie", "a=b; Domain=example.com; Path=/x"),
)
_more(
    "cookie-nonsense",
    "Sets cookies that are none.",
    ("Set-Cookie", "=;;; ,\x01; Expires=never; Max-Age=1e9"),
)
_more("refresh", "Asks to be loaded again from elsewhere.", ("Refresh", "0; url=THERE"))
_more("alt-svc", "Says that it is to be found elsewhere.", ("Alt-Svc", 'h3="THERE"; ma=9999999'))
_more("link-next", "Says that the next page is elsewhere.", ("Link", '<THERE>; rel="next"'))
_more("content-location", "Says that its content is elsewhere.", ("Content-Location", "THERE"))
_more(
    "request-id-odd", "Gives ids of requests that escape.", ("X-Request-Id", "\x1b]0;x\x07$(id)<b>")
)
_typed("charset-utf-16", "Says that its JSON is UTF-16.", "application/json; charset=utf-16")
_typed("charset-unknown", "Names a charset that nobody knows.", "application/json; charset=klingon")
_typed(
    "charset-codec",
    "Names a codec of Python for a charset.",
    "application/json; charset=zlib_codec",
)
_typed("charset-idna", "Names idna for a charset.", "application/json; charset=idna")
_typed("charset-nul", "Names a charset with NUL and quotes.", 'application/json; charset="a\x00b')
_typed("charset-long", "Names a charset of 100 KB.", f"application/json; charset={'u' * 100_000}")
_typed("type-html", "Says that its JSON is HTML.", "text/html")
_typed("type-multipart", "Says that its JSON is of many parts.", "multipart/mixed; boundary=")
_typed("type-nonsense", "Has a content type that is none.", ";;;=\x1b[1m,,/json")
