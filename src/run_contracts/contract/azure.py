"""How Azure is asked: a version of its API in every query, and a key in a header of its own."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, cast

from run_contracts.contract.readings import dialect_named, dialects

if TYPE_CHECKING:
    from run_contracts.types import DialectName, Edition

VERSION_PARAMETER = "api-version"
KEY_HEADER = "api-key"
KEY_FAMILY = "azure"
"""The family of dialects whose keys go in that header; the agents of Azure take tokens alone."""
_VERSIONED = re.compile(rf"(.*?)/*\?{VERSION_PARAMETER}=([\w.-]{{1,64}})")


@cache
def edition_of_version(asked: str) -> Edition | None:
    """Return the edition that an api-version of Azure stands for.

    >>> edition_of_version("2024-02-15-preview")
    'v1'
    """
    for dialect in dialects().values():
        if asked in dialect.signs.get("api_versions", ()):
            return dialect.editions[-1]
    return None


def dialect_of_version(asked: str | None) -> DialectName | None:
    """Return the dialect of Azure OpenAI that an api-version stands for; None if none is known.

    >>> dialect_of_version("2024-09-01-preview")
    'azure-2024-08-01-preview'
    """
    for name, dialect in dialects().items():
        if dialect.family == KEY_FAMILY and asked in dialect.signs.get("api_versions", ()):
            return cast("DialectName", name)
    return None


def version_of(dialect: str) -> str | None:
    """Return the api-version that a dialect of Azure OpenAI is asked for by; None for others.

    >>> version_of("azure-2024-05-01-preview"), version_of("openai-2023-11")
    ('2024-05-01-preview', None)
    """
    named = dialect_named(dialect)
    is_azure = named.family == KEY_FAMILY
    return next(iter(named.signs.get("api_versions", ())), None) if is_azure else None


def without_version(url: str) -> tuple[str, str | None]:
    """Return a base URL without the api-version in its query, and that version, if it has any.

    >>> without_version("https://h/openai?api-version=2024-05-01-preview")
    ('https://h/openai', '2024-05-01-preview')
    """
    versioned = _VERSIONED.fullmatch(url)
    return (versioned[1], versioned[2]) if versioned else (url, None)


def with_version(url: str, version: str | None) -> str:
    """Return a URL with an api-version in its query, unless it has one.

    >>> with_version("https://h/openai/threads?limit=2", "v1")
    'https://h/openai/threads?limit=2&api-version=v1'
    """
    path, _, query = url.partition("?")
    has_one = any(each.startswith(f"{VERSION_PARAMETER}=") for each in query.split("&"))
    if version is None or has_one:
        return url
    return f"{path}?{query}{'&' if query else ''}{VERSION_PARAMETER}={version}"
