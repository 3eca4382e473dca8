"""The clients of clients.toml as values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.clients.operations import OPERATIONS

DRIVERS = Path(__file__).parent / "drivers"
TABLE = Path(__file__).parent / "clients.toml"
NAMED = re.compile(r'\boperation\(\s*"([^"]+)"')
"""How a driver names an operation, in Python and in JavaScript."""


@dataclass(frozen=True, kw_only=True)
class Defect:
    """What a client does wrongly, whatever the server, and how its failure is known to be that."""

    does: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client that somebody's program is written with; clients.toml says what its fields mean."""

    name: str
    packages: tuple[str, ...]
    driver: str
    part: str = ""
    installer: str = "pip"
    modes: tuple[str, ...] = ("",)
    lacks: frozenset[str] = frozenset()
    defects: Mapping[str, Defect] = field(default_factory=dict)
    quick: bool = False

    @property
    def title(self) -> str:
        """What the page calls it, with its version.

        >>> Client(name="sdk", packages=("openai@7.59.0",), driver="", installer="npm").title
        'openai 7.59.0 (npm)'
        """
        package = re.sub(r"==|@", " ", re.sub(r"\[.*\]", "", self.packages[0]))
        suffix = " (npm)" if self.installer == "npm" else ""
        return f"{package}{suffix}{f', `{self.part}`' if self.part else ''}"

    @property
    def environment(self) -> str:
        """The name of the folder that its packages are installed in."""
        named = "-".join((self.installer, *sorted(self.packages)))
        return re.sub(r"[^\w.]+", "-", named)

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """The operations that its driver does and that it has, in the order of the table."""
        named = self.driven - self.lacks
        return tuple(name for name in OPERATIONS if name in named)

    def is_known(self, name: str, reason: str) -> bool:
        """Tell whether an operation fails as its defect does."""
        return name in self.defects and self.defects[name].reason in reason

    @cached_property
    def driven(self) -> frozenset[str]:
        """The operations that its driver names."""
        place = DRIVERS / self.driver
        files = [place] if place.parent == DRIVERS else place.parent.glob("*.*")
        texts = (file.read_text(encoding="utf-8") for file in files)
        return frozenset(name for text in texts for name in NAMED.findall(text))


def _client(name: str, fields: Mapping[str, Any]) -> Client:
    """Return a client by its table."""
    lacks = frozenset(fields.get("lacks", ()))
    defects = {key: Defect(**value) for key, value in fields.get("defects", {}).items()}
    given = {
        key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()
    }
    return Client(name=name, **{**given, "lacks": lacks, "defects": defects})


CLIENTS: Mapping[str, Client] = {
    name: _client(name, fields)
    for name, fields in tomllib.loads(TABLE.read_text(encoding="utf-8")).items()
}
