"""The page on making: each block is a module that runs, its links and names lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "making.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
NONE_WRONG = 0
PROFILE = """
from hypothesis import settings

settings.register_profile("page", deadline=None, max_examples=50)
settings.load_profile("page")
"""
"""In an empty folder hypothesis prepares its tables of letters while it draws the first.

Without a deadline of its own, a draw may take half a minute.
"""


@pytest.mark.slow
def test_each_block_of_python_passes_as_a_test_module(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As somebody pastes it, with our plugin and nothing else."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(**{f"test_block_{at}": block for at, block in enumerate(BLOCKS)})
    pytester.makeconftest(PROFILE)
    plugin = ("-p", "run_contracts.pytest_plugin", "-p", "no:cacheprovider")
    result = pytester.runpytest_subprocess(*plugin, "-q")
    assert result.ret == NONE_WRONG, result.stdout.str()
    outcomes = result.parseoutcomes()
    assert set(outcomes) == {"passed"}
    assert outcomes["passed"] >= len(BLOCKS)


def test_the_links_to_parts_of_the_page_lead_there() -> None:
    """Each heading is linked as GitHub names it."""
    parts = re.findall(r"^## (.+)$", PAGE, flags=re.MULTILINE)
    named = [re.sub(r"[^\w -]", "", part).lower().replace(" ", "-") for part in parts]
    assert set(re.findall(r"\(#([\w-]+)\)", PAGE)) == set(named)
