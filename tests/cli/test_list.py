"""``run-contracts list``: what there is to know by id."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from run_contracts.cli.commands.list import command
from run_contracts.contract.requirements import client_register, register
from run_contracts.server.faults import SERVED_FAULTS


def _lines(*arguments: str) -> list[str]:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0
    return result.output.splitlines()


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_every_requirement_is_a_line(edition: str) -> None:
    """Id, level and sentence, in the order of the register."""
    listed = [line.split(maxsplit=2) for line in _lines("--edition", edition)]
    wanted = [[one.id, one.level, one.sentence] for one in register(edition).values()]
    assert listed == wanted


def test_every_requirement_on_clients_is_a_line() -> None:
    """Instead of those on servers."""
    listed = [line.split(maxsplit=2) for line in _lines("--clients")]
    wanted = [[one.id, one.level, one.sentence] for one in client_register("v2").values()]
    assert listed == wanted


def test_every_fault_is_a_line() -> None:
    """Id and sentence of each fault that breaks something in the edition."""
    listed = dict(line.split(maxsplit=1) for line in _lines("--faults"))
    assert listed == {
        fault.id: fault.sentence
        for fault in SERVED_FAULTS.values()
        if fault.requirement in register("v2").by_id
    }
    assert "RUN-SHAPE-018" not in listed
    assert any(line.startswith("RUN-SHAPE-018") for line in _lines("--faults", "--edition", "v1"))
