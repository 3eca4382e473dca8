"""What decides verdicts; ``python -m tests.contract.released`` writes the list of a release.

For each requirement that is its row of the register, and what the life cycle and the schemas say
that it is judged by. What a release says is kept in ``released.json``; what differs from it, and
can turn a green server red, is to be named in the changelog.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from run_contracts.contract.files import read_toml
from run_contracts.contract.lifecycle import Lifecycle, lifecycle
from run_contracts.contract.loading import Contract, load
from run_contracts.contract.requirements import EDITIONS

ROOT = Path(__file__).parents[2]
RELEASED = Path(__file__).with_name("released.json")
COMMAND = "python -m tests.contract.released"
ROW = ("level", "on", "fields", "keyword", "expect", "statuses", "prefix", "sentence")
"""The keys of a row that decide, or say, what it asks for; other keys may come and go."""
LISTS = ("run_list", "run_step_list", "message_list")
CELLS = {"run": "fields", "run_step": "steps"}
"""The tables of fields by status, by the kind they are about."""
ANNOTATIONS = {"title", "description", "examples", "default", "$comment", "$id", "$schema"}
Data = dict[str, dict[str, Any]]


def verdict_data(rows: list[dict[str, Any]]) -> Data:
    """Return what decides the verdicts on each requirement of a register, by id."""
    forms = _forms(rows)
    return {row["id"]: _plain_row(row) | _tables(row) | forms.get(row["id"], {}) for row in rows}


def current() -> Data:
    """Return what decides the verdicts now."""
    return verdict_data(read_toml("requirements.toml")["requirement"])


def unnamed(released: Data, now: Data, named: set[str]) -> Iterator[str]:
    """Yield a sentence for each MUST that differs from a release and is not named.

    What is withdrawn, or only advice, turns nothing red.
    """
    for id_, row in now.items():
        before = released.get(id_)
        if row["level"] != "MUST" or row == before or id_ in named:
            continue
        keys = sorted(
            key for key in row | (before or {}) if (before or {}).get(key) != row.get(key)
        )
        what = f"it is asked for otherwise, by {', '.join(keys)}" if before else "it is new"
        yield (
            f"{id_}: {what}, so a green server may turn red; name it under '### Verdicts' of the "
            f"topmost version in CHANGELOG.md"
        )


def named_verdicts(changelog: str, released: str) -> set[str]:
    """Return the ids under "Verdicts" of the topmost version, unless that one is out already."""
    topmost = re.split(r"^## ", changelog, flags=re.MULTILINE)[1]
    if re.match(rf"{re.escape(released)} \(\d", topmost):
        return set()
    verdicts = re.search(r"^### Verdicts$(.*?)(?=^### |\Z)", topmost, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"RUN-[A-Z]+-\d{3}", verdicts[1])) if verdicts else set()


def _plain_row(row: Mapping[str, Any]) -> dict[str, Any]:
    known = {key: row[key] for key in ROW if key in row}
    return known | {"fields": _field_names(row), "editions": sorted(row.get("editions", EDITIONS))}


def _field_names(row: Mapping[str, Any]) -> list[str]:
    """Return the fields of a row; `field` is short for a list of one."""
    return list(row.get("fields", [row["field"]] if "field" in row else []))


def _tables(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the tables of the life cycle say that a requirement is judged by."""
    said = {one: _said(row, lifecycle(one)) for one in row.get("editions", EDITIONS)}
    return {"tables": said} if any(said.values()) else {}


def _said(row: Mapping[str, Any], life: Lifecycle) -> Any:
    if "expect" in row and row["on"] in CELLS:
        wanted, names = row["expect"], _field_names(row)
        cells = getattr(life, CELLS[row["on"]]).items()
        return sorted(one for one, cell in cells if wanted in map(cell.get, names))
    alive, events = sorted(life.live), sorted(life.events.items())
    said = {
        "RUN-CREATE-002": life.initial,
        "RUN-CANCEL-001": alive,
        "RUN-THREAD-001": alive,
        "RUN-LIFE-001": {one: sorted(after) for one, after in sorted(life.reachable.items())},
        "RUN-LIFE-002": sorted(life.terminal),
        "RUN-STREAM-005": {name: event.status for name, event in events},
        "RUN-STREAM-006": {name: event.kind for name, event in events},
        "RUN-STREAM-007": sorted(life.terminal | life.pauses),
    }
    return said.get(row["id"])


def _forms(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return, by requirement, digests of the schemas that it is judged by, by edition and kind.

    The form of a field belongs to the first requirement that speaks of it; of fields without one,
    and of the value itself, to the one for all others, or for the value.
    """
    digests: dict[str, dict[str, Any]] = {}
    for edition in EDITIONS:
        contract = load(edition)
        for kind in contract.kinds:
            by_field = _form_rules(rows, edition, "list" if kind in LISTS else kind)
            parts: dict[str, dict[str, Any]] = {}
            for field, form in _fields(contract, kind):
                rule = by_field.get(field) or by_field.get("*") or by_field.get("")
                if rule is not None:
                    parts.setdefault(rule, {})[field] = form
            for rule, said in parts.items():
                digests.setdefault(rule, {"forms": {}})["forms"][f"{edition} {kind}"] = _digest(
                    said
                )
    return digests


def _form_rules(rows: list[dict[str, Any]], edition: str, kind: str) -> dict[str, str]:
    own: dict[str, str] = {}
    for row in rows:
        is_special = row.keys() & {"keyword", "expect", "prefix", "fields"}
        if row["on"] == kind and edition in row.get("editions", EDITIONS) and not is_special:
            own.setdefault(row.get("field", ""), row["id"])
    return own


def _fields(contract: Contract, kind: str) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a kind with their form and whether they must be there; then the rest."""
    whole = contract.schema(kind)
    schema = whole["properties"]["error"] if kind == "error" else whole
    for name, form in schema.get("properties", {}).items():
        yield name, [_bare(form, whole, contract), name in schema.get("required", ())]
    rest = {key: value for key, value in schema.items() if key not in ("properties", "required")}
    yield "", _bare({key: rest[key] for key in rest if key != "$defs"}, whole, contract)


def _bare(schema: Any, document: Any, contract: Contract) -> Any:
    """Return a schema without what only describes, its parts written where they are used."""
    if isinstance(schema, list):
        return [_bare(item, document, contract) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name, _, pointer = schema.get("$ref", "").partition("#")
    if pointer:
        home = contract.documents[name.removesuffix(".json")] if name else document
        part = home
        for step in pointer.strip("/").split("/"):
            part = part[step]
        return _bare(part, home, contract)
    kept = {key: value for key, value in schema.items() if key not in ANNOTATIONS}
    return {key: _bare(value, document, contract) for key, value in kept.items()}


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


@cache
def read_released() -> tuple[str, Data]:
    """Return the version of the last release, and what decided its verdicts."""
    content = json.loads(RELEASED.read_text(encoding="utf-8"))
    return content["version"], content["requirements"]


def written(version: str, data: Data) -> str:
    """Return the list as it is committed, a requirement on each line."""
    rows = (f"  {json.dumps(id_)}: {json.dumps(row, sort_keys=True)}" for id_, row in data.items())
    return f'{{"version": {json.dumps(version)}, "requirements": {{\n' + ",\n".join(rows) + "\n}}\n"


def main() -> None:
    """Write the list for the version of the project."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    RELEASED.write_text(written(project["version"], current()), encoding="utf-8")


if __name__ == "__main__":
    main()
