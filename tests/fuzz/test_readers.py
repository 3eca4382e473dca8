"""Whatever a file holds, it is read, or refused in one line, and nothing else happens."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.readers import READERS, mutated_file, tried

FEW = 25
"""Files tried of each kind in the suite; `python -m benchmarks fuzz --seconds 60` tries more."""
few = settings(
    max_examples=FEW, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("name", READERS)
def test_real_files_are_read(name: str, tmp_path: Path) -> None:
    """What is made wrong below is right before."""
    assert tried(name, READERS[name].real(), tmp_path) == "read"


@pytest.mark.parametrize("name", READERS)
@few
@given(seed=st.integers(0, 10**6))
def test_real_files_made_wrong_end_in_a_line(name: str, tmp_path: Path, seed: int) -> None:
    """Cut, doubled, filled with NUL, of other types, with huge numbers, deep, long."""
    tried(name, mutated_file(name, seed), tmp_path)


@pytest.mark.parametrize("name", READERS)
@few
@given(data=st.binary(max_size=2000) | st.text(max_size=500).map(str.encode))
def test_any_bytes_end_in_a_line(name: str, tmp_path: Path, data: bytes) -> None:
    """Bytes of no form at all, and texts of any characters."""
    tried(name, data, tmp_path)
