"""Reading a baseline: a TOML file, here or beside pyproject.toml unless another is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from run_contracts.contract.requirements import EDITIONS, register
from run_contracts.engine.baseline.entries import EMPTY, FILE_NAME, GENERATED, Baseline, Known
from run_contracts.errors import UsageError
from run_contracts.filesystem.opening import exists
from run_contracts.filesystem.single_line import name_of
from run_contracts.filesystem.toml_text import read_table
from run_contracts.validation.found import shown

PLACEHOLDER = "TODO: say why this is accepted"
NO_REASONS = frozenset({"", "todo", "tbd", "fixme", "...", "\u2026", "?", "-", "reason", "known"})
NO_REASON = f"none of {', '.join(sorted(filter(None, NO_REASONS)))}, nor what begins with todo"
"""What may not be a reason, in words."""
FIELDS: dict[str, type] = {
    "id": str,
    "fingerprint": str,
    "failures": list,
    "reason": str,
    "expires": date,
    "link": str,
    "profile": str,
}
FIELD_FORMS = {str: "a text", date: "a date like 2027-03-31", list: "a list of texts"}
"""What is expected of a field, by the type of its value."""
OPTIONAL = frozenset({"link", "profile", "fingerprint", "failures"})
OLD_FORM = ", expected "
"""What fingerprints held before they were made of codes."""
ENTRY_PROFILES = ("smoke", "full", GENERATED)


def found(given: Path | None, start: Path) -> Baseline:
    """Return the baseline of a file, or of the one here, or beside a pyproject.toml upwards.

    Raises `UsageError` with a line for each entry that cannot be.
    """
    if given is not None:
        return replace(read(given), is_typed=True)
    near = place(start)
    return read(near) if near is not None else EMPTY


def place(start: Path) -> Path | None:
    """Return where the baseline is: here, or upwards beside a pyproject.toml; None if nowhere."""
    projects = (one for one in start.parents if exists(one / "pyproject.toml"))
    places = (one / FILE_NAME for one in (start, *projects))
    return next((one for one in places if exists(one)), None)


def read(path: Path) -> Baseline:
    """Return the baseline in a file; raise `UsageError` with a line for each wrong entry."""
    baseline, wrong = read_leniently(path)
    if wrong:
        raise UsageError("\n".join(wrong))
    return baseline


def read_leniently(path: Path) -> tuple[Baseline, list[str]]:
    """Return the entries of a file, reasons or not, and a line for each that is wrong.

    Raises `UsageError` if it is no file of entries at all.
    """
    entries, wrong = [], []
    for number, table in enumerate(_tables(path), start=1):
        name = table.get("id") if isinstance(table, dict) else None
        complaint = next(_complaints(table), None)
        if complaint is None:
            failures = tuple(table.get("failures", ()))
            entries.append(Known(**{"reason": "", **table, "failures": failures}))
            if not has_reason(entries[-1].reason):
                complaint = f"reason: say why this failure is accepted; {NO_REASON}"
        if complaint is not None:
            wrong.append(f"{name_of(path)}: entry {number}, {shown(name)}: {complaint}")
    return Baseline(name=str(path), entries=tuple(entries)), wrong


def _tables(path: Path) -> list[Any]:
    data = read_table(path)
    tables = data.get("known", [])
    if set(data) - {"known"} or not isinstance(tables, list):
        wanted = "a list of known failures holds nothing but [[known]] tables"
        raise UsageError(f"{name_of(path)}: {wanted}")
    return tables


def _complaints(table: Any) -> Iterator[str]:
    """Yield what is wrong with the form of an entry."""
    if not isinstance(table, dict):
        yield "expected a table"
        return
    for name, value in table.items():
        if name not in FIELDS:
            yield f"{shown(name)}: there is no such field; there are {', '.join(FIELDS)}"
        elif type(value) is not FIELDS[name]:
            yield f"{name}: expected {FIELD_FORMS[FIELDS[name]]}, found {shown(str(value))}"
    for name in FIELDS:
        if name not in table and name not in {*OPTIONAL, "reason"}:
            yield f"{name}: is missing"
    forms = [name for name in ("fingerprint", "failures") if name in table]
    if not forms:
        yield "fingerprint: is missing, and there are no failures"
        return
    if len(forms) > 1:
        yield "failures: expected this or fingerprint, not both"
    yield from _of_failures(table)
    if table.get("profile", "full") not in ENTRY_PROFILES:
        allowed = ", ".join(ENTRY_PROFILES)
        yield f"profile: expected one of {allowed}, found {shown(table['profile'])}"


def _of_failures(table: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the failures that an entry accepts."""
    failures = table.get("failures", [f"{table['id']} {table.get('fingerprint')}"])
    name = "failures" if "failures" in table else "fingerprint"
    if not failures or not all(isinstance(one, str) for one in failures):
        yield "failures: expected texts, each the id of a requirement and a fingerprint"
        return
    for requirement in (table["id"], *(failure.partition(" ")[0] for failure in failures)):
        if not any(requirement in register(edition) for edition in EDITIONS):
            yield "id: there is no such requirement; run-contracts list shows all"
    if any(OLD_FORM in failure for failure in failures):
        yield f"{name}: a sentence, the old form; run-contracts baseline write makes a new one"


def has_reason(reason: str) -> bool:
    """Say whether a reason says something.

    >>> has_reason("our gateway cuts the last page"), has_reason(PLACEHOLDER), has_reason(" tbd ")
    (True, False, False)
    """
    words = reason.strip().lower()
    return words not in NO_REASONS and not words.startswith("todo")
