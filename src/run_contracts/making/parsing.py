"""Reading forms out of JSON Schemas of draft 2020-12.

Keywords that can be read one by one are; those that say something together with others (allOf,
not, if, dependentRequired, branches of a oneOf that overlap, ...) are first merged, see
`run_contracts.making.normal_form`. A part that cannot be read becomes `Unmade` where it stands:
it stops only what needs it, see `run_contracts.making.pruning`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from run_contracts.contract.loading import Contract, load
from run_contracts.making.form_reader import FormReader
from run_contracts.making.forms import Form
from run_contracts.making.pruning import makeable


@lru_cache(maxsize=256)
def form_of(contract: Contract, kind: str) -> Form:
    """Return the form of a kind; raise `ContractError` for a schema that cannot be made from.

    >>> from run_contracts import load
    >>> sorted(form_of(load("v2"), "error").fields)
    ['error']
    """
    contract.schema(kind)
    base = contract.uri(kind)
    resolver = contract.registry.resolver(base)
    reader = FormReader(contract=contract, resolver=resolver, base=base, where=kind)
    return reader.form({"$ref": base})


def schema_form(schema: Any, where: str) -> Form:
    """Return the form of a schema of somebody else's, e.g. the parameters of a function.

    References lead within it only. Raises `ContractError` for one that cannot be made from.

    >>> schema_form({"type": "object", "properties": {"a": {"const": 1}}}, "mine").fields["a"].value
    1
    """
    alone = replace(load(), documents={where: schema})
    base = alone.uri(where)
    reader = FormReader(
        contract=alone, resolver=alone.registry.resolver(base), base=base, where=where
    )
    return makeable(reader.form({"$ref": base}))
