"""The paths that the docs show lead where they say."""

from __future__ import annotations

import importlib

import pytest

from run_contracts import UsageError

PATHS = {
    "run_contracts.target": ("Budget", "Target", "target"),
    "run_contracts.factories": ("Factory", "RunProvider", "as_sse", "factory", "from_contract"),
    "run_contracts.strategies": (
        "RunMachine",
        "event_streams",
        "from_contract",
        "histories",
        "runs",
    ),
    "run_contracts.making": ("edge_case", "edge_cases", "near_misses"),
    "run_contracts.making.edge_cases": ("edge_cases",),
    "run_contracts.making.near_misses": ("near_misses",),
    "run_contracts.contract": ("Contract", "load"),
    "run_contracts.validation": ("assert_valid_run", "judge", "violations"),
    "run_contracts.server": ("FAULTS", "ServerOptions", "create_app", "life", "running"),
    "run_contracts.testing": ("AssertRun", "PlayedServer", "RunServer", "suite"),
    "run_contracts.schemathesis_checks": ("run_contract",),
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_has_its_names(path: str) -> None:
    """Whatever moves behind it."""
    module = importlib.import_module(path)
    assert [name for name in PATHS[path] if not hasattr(module, name)] == []


def test_a_target_is_made_of_what_a_person_typed() -> None:
    """A fixture may return one; what cannot be is refused."""
    from run_contracts.target import Target, target  # noqa: PLC0415 - the door under test

    made = target("http://127.0.0.1:8000/v1/", profile="smoke")
    assert isinstance(made, Target)
    assert (made.url, made.profile) == ("http://127.0.0.1:8000/v1", "smoke")
    with pytest.raises(UsageError, match="is not a base URL"):
        target("127.0.0.1:8000")
