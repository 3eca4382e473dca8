"""The target: the server under test, and what may be done to it. A value."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, unquote, urlsplit

from run_contracts.client.budget import UNBOUNDED, Budget
from run_contracts.client.permission import check_secrecy, is_here
from run_contracts.contract.azure import (
    KEY_FAMILY,
    KEY_HEADER,
    VERSION_PARAMETER,
    dialect_of_version,
    version_of,
    with_version,
    without_version,
)
from run_contracts.contract.readings import dialect_named, dialect_of
from run_contracts.contract.requirements import EDITIONS
from run_contracts.errors import UsageError
from run_contracts.traffic import credentials
from run_contracts.traffic.credentials import is_secret_name
from run_contracts.traffic.hider import Hider, hider
from run_contracts.traffic.shell import secret_of
from run_contracts.types import DialectName, Edition

DEFAULT_KEY_NAME = "OPENAI_API_KEY"
DEFAULT_MODEL = "gpt-4o"
DEFAULT_CASES = 10
PROFILES = ("smoke", "full")
SMOKE_REQUESTS = 80
"""Requests that a smoke check sends at most, unless its budget says otherwise."""
MOST_RUNS = {"smoke": 40, "full": 600}
"""Runs that a check asks for at most by its profile, refused ones not counted."""
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server under test. Times are in seconds.

    `url` is the base below which ``/threads`` lies; user and password in it become the header that
    they mean, which is hidden, and an ``api-version`` in its query is the `api_version` that every
    request names, as Azure wants it. `key_name` names the environment variable the key came from;
    `key` never leaves the requests it is sent in. Nor do values of headers that are secret by their
    names, or because these are among the `secret_headers`, in lower case. `patience` bounds the
    wait for one run, `timeout` for one answer. `cases` is how many requests are made for each
    endpoint by each way of making them. `budget` bounds what may be sent in all, and `rate` how
    many requests a second. A target that `is_read_only` is sent nothing but GET; `run_id` names a
    run to read on `thread_id`. `is_embedded` says that it is the reference server, started for this
    check alone.
    """

    url: str
    edition: Edition = "v2"
    dialect: DialectName | None = None
    key_name: str = DEFAULT_KEY_NAME
    key: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secret_headers: frozenset[str] = frozenset()
    assistant_id: str | None = None
    thread_id: str | None = None
    model: str = DEFAULT_MODEL
    seed: int = 0
    profile: str = "full"
    timeout: float = 30.0
    patience: float = 60.0
    cases: int = DEFAULT_CASES
    budget: Budget = UNBOUNDED
    run_id: str | None = None
    rate: float | None = None
    is_read_only: bool = False
    is_embedded: bool = False
    api_version: str | None = None

    def __post_init__(self) -> None:
        """Take user, password and version out of the URL."""
        bare, version = without_version(self.url)
        url, user = without_user(bare)
        object.__setattr__(self, "url", url)
        object.__setattr__(self, "api_version", version or self.api_version)
        object.__setattr__(self, "headers", (*user, *self.headers))

    @property
    def address(self) -> str:
        """Its URL as a person types it, with the version of Azure's API if it has one."""
        return with_version(self.url, self.api_version)

    def key_headers(self, key: str) -> dict[str, str]:
        """Return the header that a key is sent in: Azure has one of its own."""
        family = dialect_named(self.dialect).family if self.dialect else KEY_FAMILY
        if self.api_version is not None and family == KEY_FAMILY:
            return {KEY_HEADER: key}
        return {"Authorization": f"Bearer {key}"}

    @property
    def bound(self) -> int | None:
        """How many requests its profile sends at most; None if that is not bounded."""
        is_bounded = self.profile == "smoke" and self.budget.requests is None
        return SMOKE_REQUESTS if is_bounded else None

    @property
    def most_runs(self) -> int:
        """How many runs a check of it asks for at most."""
        return MOST_RUNS[self.profile] if self.budget.runs is None else self.budget.runs

    def is_secret(self, header: str, value: str) -> bool:
        """Say whether the value of a header is secret: by its name, or because it was said to be.

        One that reads like the name of a secret is hidden, too, or a shell would fill it in.
        """
        is_named = is_secret_name(header) or header.lower() in self.secret_headers
        return is_named or bool(secret_of(value))

    def secrets(self) -> Mapping[str, str]:
        """Return what is sent and must never be shown, each with the name to show instead."""
        names = {value: _name(header) for header, value in self._secret_headers}
        if self.key:
            names[self.key] = f"${self.key_name}"
        return {value: name for value, name in names.items() if value}

    @property
    def _secret_headers(self) -> list[tuple[str, str]]:
        return [one for one in self.headers if self.is_secret(*one)]

    @property
    def hidden(self) -> Hider:
        """What returns a text with every secret replaced by the name it is known by.

        What is secret inside of a header, e.g. the token after Bearer, has the name of the header.
        """
        inner = {
            part: _name(header)
            for header, value in self._secret_headers
            for part in credentials.parts(header, value)
        }
        return hider({**inner, **self.secrets()})


def target(  # noqa: PLR0913 - the options of a check
    url: str,
    *,
    edition: Edition = "v2",
    dialect: DialectName | None = None,
    api_key_env: str = DEFAULT_KEY_NAME,
    headers: tuple[str, ...] = (),
    secret_headers: tuple[str, ...] = (),
    assistant_id: str | None = None,
    thread_id: str | None = None,
    model: str | None = None,
    seed: int = 0,
    profile: str = "full",
    cases: int = DEFAULT_CASES,
    budget: Budget = UNBOUNDED,
    run_id: str | None = None,
    rate: float | None = None,
    write: bool | None = None,
    insecure: bool = False,
) -> Target:
    """Return a target from what a person typed; raise `UsageError` for what cannot be.

    It may be written to if `write` says so, or else if it is on this machine; it is sent a secret
    if nobody on the way can read it, or if it is `insecure`.

    >>> target("http://127.0.0.1:8000/v1/", headers=("X-Tenant: blue",)).url
    'http://127.0.0.1:8000/v1'
    """
    _check_base(without_version(url)[0])
    made = Target(
        url=url.rstrip("/"),
        edition=edition,
        dialect=dialect,
        key_name=api_key_env,
        key=os.environ.get(api_key_env, ""),
        headers=tuple(map(parsed_header, (*headers, *secret_headers))),
        secret_headers=names_of(secret_headers),
        assistant_id=assistant_id,
        thread_id=thread_id,
        model=model or DEFAULT_MODEL,
        seed=seed,
        profile=profile,
        cases=cases,
        budget=budget,
        run_id=run_id,
        rate=rate,
        is_read_only=not (is_here(without_user(url)[0]) if write is None else write),
    )
    return _checked(_with_implied(made), is_insecure=insecure)


def _with_implied(made: Target) -> Target:
    """Return a target with what its version and its dialect say of one another.

    A dialect of Azure implies a version, unless the URL is that of Azure's newer surface, which
    ends with ``/v1``; a version in a URL implies its dialect.
    """
    version = made.api_version
    if version is not None:
        return replace(made, dialect=made.dialect or dialect_of_version(version))
    is_unversioned = made.dialect is None or made.url.endswith("/v1")
    return made if is_unversioned else replace(made, api_version=version_of(str(made.dialect)))


def _checked(made: Target, *, is_insecure: bool) -> Target:
    """Return a target; raise `UsageError` for words that are none, or do not go together."""
    _one_of("edition", made.edition, EDITIONS)
    _one_of("profile", made.profile, PROFILES)
    if made.dialect is not None:
        dialect_of(made.edition, made.dialect)
    if made.run_id is not None and made.thread_id is None:
        raise UsageError("--run-id names a run on a thread; give the thread by --thread-id")
    named = f"the key in ${made.key_name}" if made.key else "a header"
    check_secrecy(made.url, named if made.secrets() else "", is_insecure=is_insecure)
    check_proxy(made.url)
    return made


def _parts(url: str) -> SplitResult | None:
    """Return the parts of a URL; None if its address, or its port, is none."""
    try:
        return urlsplit(url) if urlsplit(url).port != 0 else None
    except ValueError:
        return None


def check_proxy(url: str) -> None:
    """Raise `UsageError` for a proxy in the environment that no request can go through."""
    from run_contracts.client.proxies import proxy_for  # noqa: PLC0415 - loads what sends

    proxy_for(url)


def _check_base(url: str) -> None:
    """Raise `UsageError` for what is no base URL; what may be secret in it is not repeated."""
    shown = re.split("[?#]", url, maxsplit=1)[0].rpartition("@")[2]
    base, *more = re.split("[?#]", without_user(url)[0], maxsplit=1)
    parts = _parts(base)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{shown!r} is not a base URL; give one like http://127.0.0.1:8000/v1")
    if any(more):
        raise UsageError(
            f"{shown!r} has a query or fragment; give the base URL alone, or Azure's "
            f"with ?{VERSION_PARAMETER}=VERSION and nothing else"
        )


def names_of(headers: Iterable[str]) -> frozenset[str]:
    """Return the names, in lower case, of headers that were typed with their values."""
    return frozenset(parsed_header(one)[0].lower() for one in headers)


def _one_of(what: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise UsageError(f"no {what} {given!r}; choose one of {', '.join(allowed)}")


def without_user(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return a URL without user and password, and the header that they are sent in, if any.

    >>> without_user("http://me:pw@h/v1")
    ('http://h/v1', (('Authorization', 'Basic bWU6cHc='),))
    """
    scheme, slashes, rest = url.partition("//")
    place = re.match("[^/?#]*", rest)
    user, at, _ = (place[0] if place else "").rpartition("@")
    if not at:
        return url, ()
    name, _, password = user.partition(":")
    sent = b64encode(f"{unquote(name)}:{unquote(password)}".encode()).decode()
    return f"{scheme}{slashes}{rest[len(user) + 1 :]}", (("Authorization", f"Basic {sent}"),)


def _name(header: str) -> str:
    """Return what stands for the value of a header: a variable that is called like it.

    >>> _name("X-Tenant"), _name("2nd`id`")
    ('$X_TENANT', '$_2ND_ID_')
    """
    name = re.sub("[^A-Z0-9]", "_", header.upper())
    return f"$_{name}" if name[:1].isdigit() else f"${name}"


def parsed_header(text: str) -> tuple[str, str]:
    """Return name and value of a header; an error repeats neither, they may be secret."""
    header = _HEADER.fullmatch(text)
    if header is None:
        raise UsageError(
            "a header is not of the form 'Name: value'; it is not repeated, it may be secret"
        )
    return header[1], header[2]
