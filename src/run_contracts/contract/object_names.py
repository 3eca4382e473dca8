"""What objects call themselves, read from the schemas: ``thread.run`` is a run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from run_contracts.contract.files import kinds, read_json
from run_contracts.contract.requirements import EDITIONS

LIST = "list"
"""What every list calls itself, whatever it lists."""


@cache
def kind_by_object() -> Mapping[str, str]:
    """Return the kind of an object by its `object` field, for objects of any edition but lists.

    >>> kind_by_object()["thread.run.step"]
    'run_step'
    """
    named: dict[str, str] = {}
    for edition in EDITIONS:
        for kind in kinds(edition):
            properties = read_json(f"{edition}/{kind}.json").get("properties", {})
            name = properties.get("object", {}).get("const")
            if name not in (None, LIST):
                named[name] = kind
    return MappingProxyType(named)


def named_kind(value: Any) -> str | None:
    """Return the kind of an object by what it calls itself; None if that is nothing known.

    >>> named_kind({"object": "thread.run"}), named_kind({"object": "list"}), named_kind("run")
    ('run', None, None)
    """
    name = value.get("object") if isinstance(value, Mapping) else None
    return kind_by_object().get(name) if isinstance(name, str) else None
