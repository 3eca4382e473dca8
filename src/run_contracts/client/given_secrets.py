"""What was given to be let in with, so that what is said of an error can hide it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from run_contracts.client.checked_target import DEFAULT_KEY_NAME, Target, without_user
from run_contracts.traffic.credentials import is_secret_name


class GivenSecrets:
    """The values of the options that may hold secrets, as far as they were read.

    They are collected before they are known to be right: what is wrong about one is said, too.
    """

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._key_names: set[str] = set()
        self._headers: list[tuple[str, str]] = []
        self._secret_headers: set[str] = set()

    def add(self, option: str, value: Any) -> None:
        """Remember the value of an option or argument."""
        match option, value:
            case "api_key_env", str():
                self._key_names.add(value)
            case "url", str():
                self._headers += without_user(value)[1]
            case "headers" | "secret_headers", _:
                for text in value:
                    name, _, held = text.partition(":")
                    self._headers.append((name, held.strip()))
                    if option == "secret_headers" or is_secret_name(name):
                        self._secret_headers.add(name.lower())

    @property
    def hidden(self) -> Callable[[str], str]:
        """What returns a text without what is secret of all this."""
        hiders = [
            Target(
                url="",
                key=os.environ.get(name, ""),
                key_name=name,
                headers=tuple(self._headers),
                secret_headers=frozenset(self._secret_headers),
            ).hidden
            for name in sorted({DEFAULT_KEY_NAME, *self._key_names})
        ]

        def hidden(text: str) -> str:
            for hide in hiders:
                text = hide(text)
            return text

        return hidden
