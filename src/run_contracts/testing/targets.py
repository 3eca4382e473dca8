"""From what the fixture `run_target` returns to a target, and a connection to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from run_contracts.client import checked_target as targets
from run_contracts.client.applications import (
    DEFAULT_PATH,
    ApplicationName,
    as_asgi,
    connected,
)
from run_contracts.client.checked_target import Target
from run_contracts.client.connection import NETWORK, Connection
from run_contracts.client.given_secrets import GivenSecrets
from run_contracts.client.lifespan import Application
from run_contracts.engine import baseline
from run_contracts.engine.baseline import Baseline
from run_contracts.errors import UsageError
from run_contracts.testing.dialect_option import dialect_in
from run_contracts.testing.plugin_options import given
from run_contracts.traffic.base_urls import IN_PROCESS
from run_contracts.traffic.hiding import Hide
from run_contracts.types import Edition

TARGET_FORMS = (
    "a base URL, 'module:app', an application, a pair of base URL and application, "
    "or a run_contracts Target"
)
TARGET_OPTIONS = (
    "assistant_id",
    "thread_id",
    "run_id",
    "model",
    "seed",
    "profile",
    "cases",
    "rate",
    "write",
    "insecure",
)
"""Options of the plugin that are those of a target, by the same name."""


@dataclass(frozen=True, kw_only=True)
class ResolvedTarget:
    """A target, and the application that answers for it if it is in this process."""

    target: Target
    application: Application | None = None
    name: str

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open a connection to the target; an application is started before and stopped after."""
        if self.application is None:
            yield NETWORK
            return
        with connected(self.application) as connection:
            yield connection


def known_failures(config: pytest.Config) -> Baseline:
    """Return the list of known failures that a session names, or that lies where it was called."""
    named = given(config, "baseline")
    return baseline.found(Path(named) if named else None, config.invocation_params.dir)


def options_hidden(config: pytest.Config) -> Hide:
    """Return what hides the secrets among the options of a session, right or wrong as they are."""
    secrets = GivenSecrets()
    secrets.add("api_key_env", given(config, "api_key_env"))
    secrets.add("url", given(config, "target"))
    for name in ("header", "secret_header"):
        secrets.add(f"{name}s", given(config, name))
    return secrets.hidden


class TargetResolver:
    """Resolves what the fixture `run_target` returns, by the options of a session."""

    def __init__(self, config: pytest.Config) -> None:
        """Keep what a target is made of."""
        self._config = config
        self._folder = config.invocation_params.dir
        self.edition: Edition = given(config, "edition")
        self.profile: str = given(config, "profile")
        self._url: str | None = given(config, "target")
        self._options: dict[str, Any] = {
            "api_key_env": given(config, "api_key_env"),
            "headers": tuple(given(config, "header")),
            "secret_headers": tuple(given(config, "secret_header")),
            **{name: given(config, name) for name in TARGET_OPTIONS},
        }
        if self._options["rate"] is not None and self._options["rate"] <= 0:
            raise UsageError(f"rate {self._options['rate']:g} is not a number above 0")
        if self._options["cases"] < 1:
            raise UsageError(f"cases {self._options['cases']} is not a number above 0")

    def check_options(self) -> None:
        """Raise `UsageError` for options that make no target, before anything is collected."""
        url = self._url
        named = ApplicationName.read(url or "")
        self._target(IN_PROCESS if url is None or named else url, self.edition)
        known_failures(self._config)

    def resolve(self, value: Any, edition: Edition) -> ResolvedTarget:
        """Return the target that a value of the fixture stands for; raise `UsageError` if none."""
        match value:
            case Target():
                return self._as_it_is(value, edition)
            case str() if named := ApplicationName.read(value):
                return self._within(named.url, named.load(self._folder), edition, value)
            case str():
                target = self._target(value, edition)
                return ResolvedTarget(target=target, name=target.url)
            case (str() as url, given) if callable(given):
                name = _name(given)
                return self._within(url, as_asgi(given, name), edition, f"{name} at {url}")
            case _ if isinstance(getattr(value, "url", None), str) and hasattr(value, "api_key"):
                target = replace(
                    self._target(value.url, edition), key=value.api_key, key_name="RUN_SERVER_KEY"
                )
                return ResolvedTarget(target=target, name=value.url)
            case _ if callable(value) and not isinstance(value, type):
                name = _name(value)
                url = IN_PROCESS + DEFAULT_PATH
                return self._within(url, as_asgi(value, name), edition, name)
        raise UsageError(f"the fixture run_target returned {value!r}; return {TARGET_FORMS}")

    def _as_it_is(self, target: Target, edition: Edition) -> ResolvedTarget:
        if target.edition != edition:
            raise UsageError(
                f"the fixture run_target returned a target of edition {target.edition}, but the "
                f"items are those of {edition}; set run_edition = {target.edition}"
            )
        return ResolvedTarget(target=target, name=target.url)

    def _within(
        self, url: str, application: Application, edition: Edition, name: str
    ) -> ResolvedTarget:
        # Whatever it is called by, it is here, and nobody is on the way.
        permitted = {"write": self._options["write"] is not False, "insecure": True}
        target = self._target(url, edition, **permitted)
        return ResolvedTarget(target=target, application=application, name=name)

    def _target(self, url: str, edition: Edition, **other: Any) -> Target:
        dialect = dialect_in(self._config, edition)
        return targets.target(url, edition=edition, dialect=dialect, **self._options | other)


def _name(application: object) -> str:
    kind = getattr(application, "__qualname__", None) or type(application).__qualname__
    return f"{kind} in this process"
