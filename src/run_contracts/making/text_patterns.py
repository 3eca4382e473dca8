r"""Patterns of strings: the regular expressions of ECMA-262, as Python reads them.

Python's `\d` and `\w` know all of Unicode and its `$` lets a line end follow; ECMA's do not. What
is left of the differences is caught by trying each string with the validator that judges, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from run_contracts.errors import ContractError
from run_contracts.making.forms import Identifier, Text

_DIFFERENT = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$|\(\?<(?=[A-Za-z_])", re.DOTALL)
"""Escapes and classes, to be left alone, and what ECMA writes in another form."""
_IN_PYTHON = {"$": r"\Z", "(?<": "(?P<"}
_OPEN_ENDED = re.compile(r"\^((?:\\[dws]|\[(?:\\.|[^\]\\])*\]|[A-Za-z0-9.]))([*+])\$")
"""One class that is repeated without a bound: it can be repeated as often as lengths say."""


@lru_cache(maxsize=256)
def compiled_pattern(form: Text) -> re.Pattern[str]:
    r"""Return the pattern of a form for Python; raise `ContractError` if it has no such form.

    >>> compiled_pattern(Text(pattern=r"^(?<year>\d{4})$")).pattern
    '^(?P<year>\\d{4})\\Z'
    """
    pattern = form.pattern or ""
    repeated = _OPEN_ENDED.fullmatch(pattern)
    if repeated is not None and (form.least > 1 or form.most is not None):
        least = max(form.least, 1 if repeated[2] == "+" else 0)
        most = "" if form.most is None else form.most
        pattern = f"^{repeated[1]}{{{least},{most}}}$"
    try:
        return re.compile(_DIFFERENT.sub(_python, pattern), re.ASCII)
    except (re.error, OverflowError) as error:
        raise ContractError(
            f"pattern {form.pattern!r} is not understood ({error}); only what the regular "
            "expressions of Python and of ECMA-262 have in common is"
        ) from None


def _python(match: re.Match[str]) -> str:
    return _IN_PYTHON.get(match[0], match[0])


@lru_cache(maxsize=1024)
def is_text_of(form: Text) -> Callable[[str], bool]:
    """Return what says whether a string is of a form: its lengths, its pattern, its format."""
    import jsonschema_rs  # noqa: PLC0415 - only where a form asks for more than lengths

    schema = {
        "minLength": form.least,
        "maxLength": form.most,
        "pattern": form.pattern,
        "format": form.format,
    }
    stated = {word: value for word, value in schema.items() if value is not None}
    try:
        return jsonschema_rs.Draft202012Validator(stated, validate_formats=True).is_valid
    except ValueError as error:
        raise ContractError(f"pattern {form.pattern!r} is not understood ({error})") from None


def is_shaped(form: Text) -> bool:
    """Say whether a form asks for more of its strings than a length."""
    return form.pattern is not None or form.format is not None


def is_of_text(form: Text | Identifier, value: str) -> bool:
    """Say whether a string is of a form: of its lengths and shape, or an id with its prefix.

    >>> is_of_text(Identifier(prefix="run_"), "run_1"), is_of_text(Text(most=2), "abc")
    (True, False)
    """
    if isinstance(form, Identifier):
        return value.startswith(form.prefix)
    if is_shaped(form):
        return is_text_of(form)(value)
    return form.least <= len(value) and (form.most is None or len(value) <= form.most)
