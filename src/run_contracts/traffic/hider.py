"""The hider: a text with the names of secrets for the secrets, whatever form they have in it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from propcache.api import cached_property

from run_contracts.traffic.escapes import Reading, readings, whole_end
from run_contracts.traffic.secret_forms import LEAST_LONG, Form, forms

LEAST_PART = 4
"""Characters of a secret that are hidden where a text was cut in the middle of it; of a long one
as many as `MOST_OF_PART`, for keys of one maker begin alike."""
MOST_OF_PART = 6
LEAST_HALVED = 16
"""Characters from which the first half of a secret, or of a form of it, is hidden anywhere."""
REMEMBERED_LENGTH, MOST_KNOWN = 200, 2048
"""Characters of a text that is remembered, for names and headers come again, and how many are."""
_CUT = re.compile(r"[ \t]*(?:\.\.\.|…)")
"""What stands where a text was cut."""

Span = tuple[int, int, str]
"""Where something secret stands in a text, and the name to show instead."""


class Hider:
    """Returns a text with the name of each secret for it; one without secrets as it is.

    A secret is found as it is, in any case, percent encoded as a whole or in parts, in base64 also
    inside a longer one, in hex, escaped as in JSON, HTML or Python, and each of these in another.
    One of less than eight characters is only found as a word of its own, so that no other text is
    spoiled. Where a text was cut in the middle of a longer one, the rest of it is hidden, too.

    >>> hide = hider({"sk-secret-1": "$KEY", "ab1": "$PIN"})
    >>> hide("Bearer sk-secret-1, sk%2Dsecret%2d1, c2stc2VjcmV0LTE=, ab1, cab1")
    'Bearer $KEY, $KEY, $KEY, $PIN, cab1'
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        """Look for these secrets; each has the name that is shown instead."""
        self._secrets = sorted(filter(None, names), key=len, reverse=True)
        self._names = [names[secret] for secret in self._secrets]
        self._forms = [list(_forms_of(secret)) for secret in self._secrets]
        self._parts = list(self._cuttable())
        self._needles = [one for form in self._every for one in form.needles]
        self._longest = max(map(len, self._needles), default=0)
        self._is_ascii = all(map(str.isascii, names))
        self._known = lru_cache(maxsize=MOST_KNOWN)(self._hidden)

    def __repr__(self) -> str:
        return f"<Hider of {', '.join(self._names) or 'nothing'}>"

    def __call__(self, text: str) -> str:
        """Return a text without secrets."""
        if not self._names or not text:
            return text
        return self._known(text) if len(text) <= REMEMBERED_LENGTH else self._hidden(text)

    def _hidden(self, text: str) -> str:
        spans = [span for reading in self._readings(text) for span in self._spans(reading)]
        return _replaced(text, spans) if spans else text

    def _readings(self, text: str) -> Iterator[Reading]:
        return readings(text, is_ascii=self._is_ascii)

    @property
    def _every(self) -> Iterable[Form]:
        return (form for some in self._forms for form in some)

    def _cuttable(self) -> Iterator[tuple[str, str, str]]:
        """Yield the beginning of each needle by which its rest is found, the needle, its name.

        What holds another secret begins with what is none: ``Bearer``, or the name of a cookie.
        """
        for secret, some, name in zip(self._secrets, self._forms, self._names, strict=True):
            for form in some if not self._holds_another(secret) else ():
                for needle in form.needles if form.may_be_cut else ():
                    least = min(MOST_OF_PART, max(LEAST_PART, len(needle) // 2))
                    yield needle[:least], needle, name

    def _holds_another(self, secret: str) -> bool:
        others = (one for one in self._secrets if one != secret)
        return any(
            secret.endswith(one) or (len(one) >= LEAST_PART and one in secret) for one in others
        )

    @cached_property
    def _halves(self) -> list[tuple[str, str, str]]:
        """The first half of each needle that is so long that its half stands nowhere by chance."""
        return [
            (needle[: len(needle) // 2], needle, name)
            for _, needle, name in self._parts
            if len(needle) >= LEAST_HALVED
        ]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """What finds every form of every secret: the number of its group is that of the secret."""
        groups = ("|".join(form.pattern for form in some) for some in self._forms)
        return re.compile("|".join(f"({group})" for group in groups), re.IGNORECASE)

    def _spans(self, reading: Reading) -> Iterator[Span]:
        """Yield where secrets, or what is left of them at a cut, stand in the original."""
        lower = reading.text.lower()
        if any(needle in lower for needle in self._needles):
            for secret in self._pattern.finditer(reading.text):
                name = self._names[(secret.lastindex or 1) - 1]
                yield (*reading.place(*secret.span()), name)
        if len(lower) != len(reading.text):
            lower = reading.text  # A letter became two; no place would be right.
        for start, end, name in itertools.chain(self._left(lower), self._broken_off(lower)):
            yield (*reading.place(start, end), name)

    def _broken_off(self, text: str) -> Iterator[Span]:
        """Yield what is left of secrets that were cut, wherever the text goes on with something."""
        for half, needle, name in self._halves:
            start = text.find(half)
            while start >= 0:
                pairs = zip(needle, text[start : start + len(needle)], strict=False)
                end = start + sum(1 for _ in itertools.takewhile(_are_same, pairs))
                yield start, end, name
                start = text.find(half, end)

    def _left(self, text: str) -> Iterator[Span]:
        """Yield what is left of secrets where the text ends, or says that it was cut."""
        ends = [whole_end(text.rstrip("\"'"))]
        if "..." in text or "…" in text:
            ends += [whole_end(text[: mark.start()]) for mark in _CUT.finditer(text)]
        for end in ends:
            first = max(0, end - self._longest)
            window = text[first:end]
            for beginning, needle, name in self._parts:
                at = window.find(beginning)
                while at >= 0:
                    if needle.startswith(window[at:]):
                        yield first + at, end, name
                        break
                    at = window.find(beginning, at + 1)


def _forms_of(secret: str) -> Iterator[Form]:
    """Yield every form of a secret, and of what it reads as where it holds an escape itself."""
    yield from forms(secret)
    for reading in itertools.islice(readings(secret, is_ascii=False), 1, None):
        if 2 * len(reading.text) > len(secret) >= LEAST_LONG:
            yield from forms(reading.text)


def _are_same(pair: tuple[str, str]) -> bool:
    return pair[0] == pair[1]


def _replaced(text: str, spans: list[Span]) -> str:
    """Return a text with names for spans of it; of those that overlap the first is named."""
    pieces, at = [], 0
    for start, end, name in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= at:
            pieces += [text[at:start], name]
        at = max(at, end)
    return "".join([*pieces, text[at:]])


@lru_cache(maxsize=16)
def _hider(names: tuple[tuple[str, str], ...]) -> Hider:
    return Hider(dict(names))


def hider(names: Mapping[str, str]) -> Hider:
    """Return what hides secrets under their names; the same for the same."""
    return _hider(tuple(names.items()))
