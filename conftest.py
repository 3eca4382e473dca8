"""What every test shares."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parent
pytest_plugins = ["pytester"]
# Tests make many small values; looking for garbage as often as usual takes a tenth of their time.
gc.set_threshold(50_000, 10, 10)
# How long a draw takes on a busy machine says nothing; what must be fast has a measure of its own.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
LOCUST = ("load.py", "load_testing/locust_events.py", "load_testing/run_user.py")
"""Modules that import Locust, which patches the whole process; tests run it in processes."""
collect_ignore = [
    "tests/typing",  # read by mypy, never imported
    *(f"src/run_contracts/{name}" for name in LOCUST),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what is slow first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def recorded() -> Path:
    """Return the folder of recorded traffic; it is not part of the project."""
    place = Path(os.environ.get("RUN_CONTRACTS_RECORDED", ROOT.parent / "shared" / "recorded"))
    if not (place / "index.csv").is_file():
        pytest.skip(f"no recorded traffic at {place}; name its folder in RUN_CONTRACTS_RECORDED")
    return place


@pytest.fixture(scope="session")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the ledgers of the checks that tests make."""
    return tmp_path_factory.mktemp("ledgers")


@pytest.fixture(autouse=True)
def _no_real_key(monkeypatch: pytest.MonkeyPatch, ledgers: Path) -> None:
    """Keep the key, the options and the ledgers of the person who runs the tests out of them."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    for name in [name for name in os.environ if name.startswith("RUN_CONTRACTS_")]:
        if name != "RUN_CONTRACTS_RECORDED":
            monkeypatch.delenv(name)
    monkeypatch.setenv("RUN_CONTRACTS_STATE", str(ledgers))
