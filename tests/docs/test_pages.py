"""Every block of the documentation does what its page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import ROOT, Block, pages, steps
from tests.docs.running import RUNNERS, PageRun


def _blocks(page: str) -> list[Block]:
    found = steps(page, (ROOT / page).read_text(encoding="utf-8"))
    return [step for step in found if isinstance(step, Block)]


@pytest.mark.slow
@pytest.mark.parametrize("page", pages())
def test_a_page_does_what_it_says(page: str, tmp_path: Path) -> None:
    """Followed from its first block to its last, in an empty folder."""
    PageRun.within(tmp_path).follow(steps(page, (ROOT / page).read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", pages())
def test_each_block_says_what_it_is(page: str) -> None:
    """By a language that is known, or by the file it goes into."""
    unknown = [one.place for one in _blocks(page) if one.language not in RUNNERS and not one.file]
    assert unknown == []


@pytest.mark.parametrize("page", pages())
def test_what_is_not_run_says_why(page: str) -> None:
    """In a few words at least."""
    assert [one.place for one in _blocks(page) if 0 < len(one.not_run) < 12] == []
