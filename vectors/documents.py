"""All files of vectors as they are committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from run_contracts.contract.requirements import EDITIONS
from vectors.identities import Identities
from vectors.repeated import shortened
from vectors.sets import files
from vectors.vector_files import VERSION, contract_of, split, written

HERE = Path(__file__).parent
IDS, INDEX = "ids.json", "index.json"


def identities() -> Identities:
    """Return the ids that are given as committed."""
    return Identities.read((HERE / IDS).read_text(encoding="utf-8"))


def documents(ids: Identities) -> Mapping[str, str]:
    """Return the text of every file, by its path; the ids of new vectors are given on the way."""
    made = [
        replace(part, vectors=tuple(map(shortened, part.vectors)))
        for edition in EDITIONS
        for one in files(edition, ids)
        for part in split(one)
    ]
    listed = [
        {
            "file": one.path,
            "edition": one.edition,
            "set": one.set,
            **one.about,
            "count": len(one.vectors),
        }
        for one in made
    ]
    contracts = [contract_of(edition) for edition in EDITIONS]
    index = {"$schema": "schema/index.json", "version": VERSION, "contracts": contracts}
    given = {"$schema": "schema/ids.json", "version": VERSION, **ids.document()}
    return {
        INDEX: written({**index, "files": listed}),
        IDS: written(given),
        **{one.path: written(one.document()) for one in made},
    }
