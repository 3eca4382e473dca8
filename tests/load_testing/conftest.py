"""What each test of a load has for itself."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def ledgers(tmp_path: Path) -> Path:
    """Return a folder of ledgers of one test: a load whose server died rightly leaves some."""
    folder = tmp_path / "ledgers"
    folder.mkdir()
    return folder
