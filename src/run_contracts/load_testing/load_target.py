"""The target of a load: what a user class says of it, and the environment of the key."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from run_contracts.client.budget import Budget
from run_contracts.client.checked_target import DEFAULT_KEY_NAME, Target, target
from run_contracts.client.permission import check_secrecy
from run_contracts.errors import UsageError
from run_contracts.load_testing.load_attributes import check_attributes, check_sendable
from run_contracts.types import DialectName, Edition

OWN_KEY_NAME = "RUN_CONTRACTS_API_KEY"
"""The variable of the key that wins over the one that clients read, too."""
ANY_NUMBER = 10**12
"""Requests and runs that a session may ask for: Locust says how long a load takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """What a user class may say of its target; those of a check, under the same names."""

    edition: Edition = "v2"
    dialect: DialectName | None = None
    headers: tuple[str, ...] = ()
    secret_headers: tuple[str, ...] = ()
    assistant_id: str | None = None
    model: str | None = None
    timeout: float = 30.0
    patience: float = 60.0
    write: bool | None = None
    insecure: bool = False


def load_target(
    host: str | None, api_key: str | None, options: LoadOptions, environ: Mapping[str, str]
) -> Target:
    """Return the target; raise `UsageError` for what cannot be, or may not be written to.

    >>> load_target(None, None, LoadOptions(), {})
    Traceback (most recent call last):
    run_contracts.errors.UsageError: the user class has no host; give it host = "http://.../v1"
    """
    check_attributes({"host": host, "api_key": api_key, **asdict(options)})
    if not host:
        raise UsageError('the user class has no host; give it host = "http://.../v1"')
    name = OWN_KEY_NAME if environ.get(OWN_KEY_NAME) else DEFAULT_KEY_NAME
    given = asdict(options)
    waits = {each: given.pop(each) for each in ("timeout", "patience")}
    budget = Budget(requests=ANY_NUMBER, runs=ANY_NUMBER)
    made = target(host, api_key_env=name, budget=budget, **given)
    if made.is_read_only:
        raise UsageError(
            f"{made.url} is on another machine, and a load creates runs there; "
            "say write = True in the user class if it may"
        )
    for header, value in made.headers:
        check_sendable(f"the header {header}", value)
    key = api_key or environ.get(name, "")
    if key:
        check_sendable("the API key", key)
        check_secrecy(made.url, "the API key", is_insecure=options.insecure)
    return replace(made, key=key, **waits)


def from_environment(host: str | None, api_key: str | None, options: LoadOptions) -> Target:
    """Return the target with the environment of this process."""
    return load_target(host, api_key, options, os.environ)
