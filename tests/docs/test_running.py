"""The runner of pages: what is not as a page says turns it red."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import Block, PageError, Served, steps
from tests.docs.running import BlockFailed, PageRun
from tests.docs.shell import differences

WRONG = {
    "another output": "```console\n$ echo one\ntwo\n```",
    "more output than is shown": "```console\n$ printf 'one\\ntwo\\n'\none\n```",
    "an exit code": "```console\n$ exit 3\n```",
    "success where failure is said": "<!-- exit: 1 -->\n```console\n$ true\n```",
    "a failure before the last command": "<!-- exit: 1 -->\n```console\n$ false\n$ false\n```",
    "a script": "```sh\nfalse\n```",
    "a script whose last command succeeds": "```sh\nfalse\ntrue\n```",
    "a code of Python": "<!-- exit: 3 -->\n```python\na = 1\n```",
    "a name that is not there yet": "```python\nclass A:\n    b = B\n\nclass B: ...\n```",
    "an exception": "```python\nraise OSError(1)\n```",
    "no Python": "```python\ndef (\n```",
    "a prompt": "```python\n>>> 1 + 1\n3\n```",
    "a test": "```python\ndef test_one():\n    assert False\n```",
    "no JSON": "```json\n{,}\n```",
    "no TOML": "```toml\na = \n```",
    "a table with no such option": "```toml\n[tool.run-contracts.check]\nprofil = 1\n```",
    "no YAML": "```yaml\na: [\n```",
    "a server that ends": "<!-- server: $ false {port} -->",
}
RIGHT = {
    "a file": "<!-- file: a/b.txt -->\n```text\none\n```\n\n```console\n$ cat a/b.txt\none\n```",
    "some of the output": "```console\n$ seq 3; echo in 1.5 s\n1\n...\nin ... s\n```",
    "names of an earlier block": "```python\na = 1\n```\n\n```python\nassert a == 1\n```",
    "what is exported": "```console\n$ export A=1\n$ echo $A\n1\n```",
    "a code that is said": "<!-- exit: 3 -->\n```console\n$ exit 3\n```",
    "a folder that is entered once": (
        "```console\n$ mkdir d\n$ cd d && echo x >> a\n$ wc -l < a\n1\n$ cat a\nx\n```"
    ),
    "a script that is run once": (
        "```sh\nexport A=1\necho x >> a\n```\n\n```console\n$ wc -l < a\n1\n$ echo $A\n1\n```"
    ),
    "a value that is drawn once": (
        "```console\n$ export A=$RANDOM$RANDOM\n$ echo $A > a\n$ test $A = $(cat a)\n```"
    ),
    "a file that Python imports": (
        "<!-- file: apple.py -->\n```python\nA = 1\n```\n\n```python\nimport apple\napple.A\n```"
    ),
    "what is exported, in Python": (
        "```console\n$ export APPLE=1\n```\n\n```python\nimport os\nos.environ['APPLE']\n```"
    ),
    "a code of Python": "<!-- exit: 3 -->\n```python\nraise SystemExit(3)\n```",
    "a command in the background": "```console\n$ sleep 600 & echo one\none\n```",
    "what is not run": "<!-- not run: it would take the moon -->\n```sh\nfalse\n```",
    "imports in tests": (
        "```python\nimport json\n```\n\n```python\ndef test_one():\n    assert json\n```"
    ),
}


def _follow(text: str, folder: Path) -> None:
    PageRun.within(folder).follow(steps("page.md", text))


@pytest.mark.parametrize("text", WRONG.values(), ids=[*WRONG])
def test_a_page_that_says_something_wrong_is_red(text: str, tmp_path: Path) -> None:
    """With the place in the page."""
    with pytest.raises(BlockFailed, match=r"page\.md"):
        _follow(text, tmp_path)


@pytest.mark.parametrize("text", RIGHT.values(), ids=[*RIGHT])
def test_a_page_that_is_right_is_green(text: str, tmp_path: Path) -> None:
    """Whatever form its blocks have."""
    _follow(text, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "```cobol\nSTOP\n```",
        "<!-- fiel: a -->\n```text\n```",
        "<!-- File: a -->\n```text\n```",
        "<!-- file: ../a -->\n```text\n```",
        "<!-- exit: one -->\n```sh\ntrue\n```",
        "<!-- exit: 1 -->\n```json\n1\n```",
        "<!-- not run: for another block -->\n\nText.\n\n```sh\nfalse\n```",
        "```console\nno command\n$ true\n```",
        "!!! note\n    ```sh\n    false\n    ```",
    ],
)
def test_what_a_page_cannot_say_is_an_error(text: str, tmp_path: Path) -> None:
    """A word that is misspelt is not passed over."""
    with pytest.raises(PageError):
        _follow(text, tmp_path)


def test_a_server_stands_at_the_port_of_the_page(tmp_path: Path) -> None:
    """And its output names that port, wherever it really is."""
    text = (
        "<!-- server: -->\n\n```console\n"
        "$ python -c 'import urllib.request as r; print(r.urlopen(\"http://127.0.0.1:8000/v1\").url)'\n"
        "http://127.0.0.1:8000/v1\n```"
    )
    _follow(text, tmp_path)


def test_steps_come_in_order() -> None:
    """Servers among the blocks."""
    found = list(steps("page.md", "```text\na\n```\n<!-- server 8001: --fast -->\n\n```sh\nb\n```"))
    assert [type(one) for one in found] == [Block, Served, Block]
    assert [one.line if isinstance(one, Block) else one.port for one in found] == [1, 8001, 6]


def test_output_is_told_apart() -> None:
    """With both in the message."""
    assert "+two" in differences(("one",), "two\n")
