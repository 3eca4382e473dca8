"""The command that makes a check again, to be pasted into a shell; no secret is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from run_contracts.client.checked_target import Target
from run_contracts.client.permission import is_here
from run_contracts.engine.policy import Policy
from run_contracts.traffic.base_urls import is_plain
from run_contracts.traffic.shell import header_word, word

OPTION_BY_FIELD = {
    "url": "target",
    "edition": "edition",
    "dialect": "dialect",
    "key_name": "api-key-env",
    "headers": "header",
    "assistant_id": "assistant-id",
    "thread_id": "thread-id",
    "model": "model",
    "profile": "profile",
    "seed": "seed",
    "cases": "cases",
    "run_id": "run-id",
    "rate": "rate",
}
"""What sets each field of a target: options, which pytest has with ``run-`` before them; for
``run-contracts check`` the URL is no option."""
HIDING_OPTION = "secret-header"
"""What sets a header whose value is hidden whatever its name."""
FREE_TEXTS = frozenset({"url", "assistant_id", "thread_id", "run_id", "model"})
"""Fields that could hold a secret; the others are numbers, one of few words, or a secret's name."""
FIELD_DEFAULTS = {field.name: field.default for field in fields(Target)}


def check_command(target: Target, policy: Policy, name: str = "") -> str:
    """Return the command that checks a target again; what is as it is by default is left out.

    `name` takes the place of the URL where it is not by that that a command reaches the target.

    >>> headers = (("X-Tenant", "blue"), ("X-Key", "s3cret"))
    >>> print(check_command(Target(url="https://h/v1", headers=headers), Policy()))
    run-contracts check https://h/v1 --write --header 'X-Tenant: blue' --header "X-Key: $X_KEY"
    """
    secrets = target.secrets()
    given = {name: getattr(target, name) for name in OPTION_BY_FIELD}
    changed = {name: value for name, value in given.items() if value != FIELD_DEFAULTS[name]}
    del changed["url"]
    words = ["run-contracts", "check"]
    if target.is_embedded:
        changed.pop("key_name", None)
    else:
        words.append(word(name or target.address, secrets))
    words += permission_words(target, name)
    words += option_words(changed, target)
    words += [str(target.budget)] if str(target.budget) else []
    words += ["--strict"] if policy.strict else []
    words += ["--fail-under", f"{policy.fail_under:g}"] if policy.fail_under else []
    if policy.baseline.is_typed:
        words += ["--baseline", word(policy.baseline.name, secrets)]
    return " ".join(words)


def permission_words(target: Target, name: str = "", prefix: str = "--") -> Iterator[str]:
    """Yield the words that permit what a target needs permission for.

    >>> list(permission_words(Target(url="http://runs.example/v1", key="sk-1")))
    ['--write', '--insecure']
    """
    is_ours = bool(name) or is_here(target.url)
    if target.is_read_only is is_ours:
        yield f"{prefix}no-write" if is_ours else f"{prefix}write"
    if not is_ours and is_plain(target.url) and target.secrets():
        yield f"{prefix}insecure"


def option_words(given: Mapping[str, Any], target: Target, prefix: str = "--") -> Iterator[str]:
    """Yield the words of the options that set fields of a target to what is given.

    Its secrets stand there by their names.
    """
    secrets = target.secrets()
    for name, option in OPTION_BY_FIELD.items():
        if name == "headers":
            for header, value in given.get(name, ()):
                is_said_secret = header.lower() in target.secret_headers
                yield f"{prefix}{HIDING_OPTION if is_said_secret else option}"
                yield header_word(header, value, secrets)
        elif name in given:
            held = secrets if name in FREE_TEXTS else {}
            yield from (f"{prefix}{option}", word(str(given[name]), held))
