"""Count the blocks of the documentation: `python -m tests.docs`."""

from __future__ import annotations

from collections import Counter

from tests.docs.blocks import ROOT, Block, pages, steps

found = {page: steps(page, (ROOT / page).read_text(encoding="utf-8")) for page in pages()}
blocks = [one for each in found.values() for one in each if isinstance(one, Block)]
run = [one for one in blocks if not one.not_run and (one.file or one.language != "text")]
print(f"{len(found)} pages, {len(blocks)} blocks, {len(run)} of them run or kept as files:")
for language, number in Counter(one.language for one in run).most_common():
    print(f"  {number:4} {language}")
for one in blocks:
    if one.not_run:
        print(f"  not run: {one.place}: {one.not_run}")
