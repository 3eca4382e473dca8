"""The matrix: what each fault and degradation breaks, as committed.

A trial has to show exactly that.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from run_contracts.contract.requirements import EDITIONS
from run_contracts.engine.selftest.trial import TrialResult
from run_contracts.errors import ContractError
from run_contracts.types import Edition

MATRIX_FILE = Path(__file__).with_name("matrix.toml")
MATRIX_HEADER = """\
# What each fault and each degradation of the reference server breaks, edition by edition, as the
# self-test shows it. Degradations that break nothing have no line.
#
# broken    the requirements whose check turns red, or into advice where they are SHOULD.
# blocked   those that could no longer be exercised because of a fault.
#
# Written by: run-contracts selftest --write
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What one fault or degradation is declared to do in one edition."""

    broken: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """What every fault and degradation is declared to do, by edition and id."""

    rows: Mapping[tuple[str, str], Declared] = field(default_factory=dict)

    def declared(self, edition: Edition, planted: str | None) -> Declared:
        """Return what is declared of a fault or degradation; of all others it is nothing."""
        return self.rows.get((edition, planted or ""), Declared())

    def with_results(self, results: Iterable[TrialResult], known: Iterable[str]) -> Matrix:
        """Return a copy that says what these results show, and speaks only of what is known."""
        rows = dict(self.rows)
        for result in results:
            if result.trial.planted is not None:
                shown = Declared(broken=result.broken, blocked=blocked_by_faults(result))
                rows[result.trial.edition, result.trial.planted] = shown
        ids = set(known)
        kept = {
            place: row
            for place, row in sorted(rows.items())
            if place[1] in ids and row != Declared()
        }
        return Matrix(rows=MappingProxyType(kept))


def blocked_by_faults(result: TrialResult) -> frozenset[str]:
    """Return what could not be exercised, of which a matrix says nothing behind a degradation."""
    return frozenset() if result.trial.degradations else result.blocked


def read_matrix(place: Path = MATRIX_FILE) -> Matrix:
    """Return the committed matrix; raise `ContractError` if it cannot be read."""
    try:
        data = tomllib.loads(place.read_text(encoding="utf-8"))
        rows = {
            (edition, fault): Declared(
                broken=frozenset(row.get("broken", ())), blocked=frozenset(row.get("blocked", ()))
            )
            for edition, faults in data.items()
            for fault, row in faults.items()
        }
    except (OSError, tomllib.TOMLDecodeError, AttributeError) as error:
        raise ContractError(f"{place}: the matrix cannot be read: {error}") from error
    return Matrix(rows=MappingProxyType(rows))


def write_matrix(matrix: Matrix, place: Path = MATRIX_FILE) -> None:
    """Write a matrix as it is committed."""
    place.write_text("\n".join([MATRIX_HEADER, *_lines(matrix)]) + "\n", encoding="utf-8")


def _lines(matrix: Matrix) -> Iterator[str]:
    """Yield the tables of a matrix, one line a fault; JSON's arrays of strings are TOML, too."""
    for edition in EDITIONS:
        yield f"[{edition}]"
        for (of, fault), row in matrix.rows.items():
            if of == edition:
                parts = [f"broken = {json.dumps(sorted(row.broken))}"]
                parts += [f"blocked = {json.dumps(sorted(row.blocked))}"] if row.blocked else []
                yield f"{fault} = {{ {', '.join(parts)} }}"
        yield ""
