"""No secret leaves by any door, whatever a server says again: all that is told is searched.

``python -m tests.doors.test_secrets`` prints how much that is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import requests
import schemathesis
from schemathesis.config import SchemathesisConfig

from run_contracts.contract.openapi_document import bundled
from run_contracts.schemathesis_checks import run_contract
from tests.echoing_server import COOKIE, KEY, PLACES, SECRETS, SOCKET_PLACES, TENANT, serving
from tests.leaks import FORMS, leaks

ROOT = Path(__file__).parent.parent.parent
APP = "tests.echoing_server:app"
GIVEN = ("--secret-header", f"X-Tenant: {TENANT}", "--header", f"Cookie: sid={COOKIE}; lang=en")
PLUGIN_GIVEN = tuple(word.replace("--", "--run-") for word in GIVEN)
ONLY = ("--only", "RUN-BODY-001", "--only", "RUN-ID-011", "--only", "RUN-STREAM-002")
FILES = ("--report", "check.jsonl", "--html", "check.html", "--junit", "check.xml")
MACHINES = ("--har", "check.har", "--sarif", "check.sarif")
PLUGIN = (
    "-p",
    "no:randomly",
    "-p",
    "no:cacheprovider",
    "--run-profile=smoke",
    "-vv",
    "--showlocals",
)
Outputs = dict[str, str]


def _run(folder: Path, *words: str) -> str:
    """Run a module of Python in a folder, and return what it printed."""
    variables = {
        **os.environ,
        "OPENAI_API_KEY": KEY,
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, env=variables, capture_output=True, text=True,
        timeout=240, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def _check(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield what a check prints and writes, and what is made of its report afterwards."""
    ours = "run_contracts"
    more = ("--profile", "smoke", "--max-requests", "30", "--badge", "check.svg", "--github")
    yield "check", _run(folder, ours, "check", APP, *GIVEN, *FILES, *MACHINES, *more)
    names = ("check.jsonl", "check.html", "check.xml", "check.svg", "check.har", "check.sarif")
    for file in (*names, "summary.md"):
        yield file, (folder / file).read_text(encoding="utf-8")
    yield "check of some", _run(folder, ours, "check", APP, *GIVEN, *ONLY, "--max-requests", "12")
    yield (
        "check as JSON",
        _run(folder, ours, "check", APP, *GIVEN, "--format", "json", "--max-requests", "12"),
    )
    yield (
        "replay as script",
        _run(folder, ours, "replay", "check.jsonl", "RUN-BODY-001", "--script"),
    )
    yield "report", _run(folder, ours, "report", "check.jsonl")
    for status in (200, 302, 500):
        with serving(status) as url:
            yield (
                f"check of {status}",
                _run(folder, ours, "check", url, *GIVEN, "--max-requests", "9"),
            )


def _plugin(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield what pytest prints and writes, alone and with workers."""
    asked = ("--run-only=RUN-BODY-001", "--run-only=RUN-ID-011", "--run-max-requests=20")
    files = ("--run-report=p.jsonl", "--run-html=p.html", "--run-junit=p.xml", "--junitxml=own.xml")
    files += ("--run-har=p.har", "--run-sarif=p.sarif")
    target = f"--run-target={APP}"
    words = (*PLUGIN, target, *PLUGIN_GIVEN, *asked)
    yield "pytest", _run(folder, "pytest", *words, *files)
    for file in ("p.jsonl", "p.html", "p.xml", "p.har", "p.sarif", "own.xml"):
        yield f"pytest {file}", (folder / file).read_text(encoding="utf-8")
    yield "pytest with workers", _run(folder, "pytest", *words, "-n1", "--basetemp=shared")
    for file in (folder / "shared").rglob("*.jsonl"):
        yield "the file of workers", file.read_text(encoding="utf-8")


def _failing(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield what is said of wrong usage, and of errors."""
    (folder / "conftest.py").write_text(
        "import os\nimport pytest\nfrom run_contracts.testing import checking\n"
        "def fails(*args):\n    key = os.environ['OPENAI_API_KEY']\n"
        "    raise KeyError('no ' + key)\n"
        "checking._events = fails\n"
    )
    shown = ("--run-only=RUN-BODY-001", f"--run-target={APP}", *PLUGIN, "--full-trace")
    yield "an error of ours in pytest", _run(folder, "pytest", *shown)
    for word in (f"http://h/v1?key={KEY}", f"me:{KEY}@h/v1", f"http:/me:{KEY}@h", f"http://[{KEY}"):
        yield f"URL {word[:8]}", _run(folder, "run_contracts", "check", word)
        yield f"pytest URL {word[:8]}", _run(folder, "pytest", *PLUGIN, f"--run-target={word}")
    for words in (
        ("check", APP, "--header", f"Authorization {KEY}"),
        ("check", APP, "--secret-header", KEY),
        ("check", APP, "--only", KEY),
        ("check", APP, "--edition", KEY),
        ("check", f"http://h/{KEY}", "--dry-run"),
        ("check", f"http://me:{KEY}@127.0.0.1:9/{KEY}"),
        ("check", f"{KEY}:app"),
        ("cleanup", "check.jsonl", f"http://me:{KEY}@127.0.0.1:9/v1", "--dry-run"),
        ("cleanup", f"{KEY}.jsonl"),
    ):
        yield " ".join(words[:3]).replace(KEY, ""), _run(folder, "run_contracts", *words)


DOORS: dict[str, Callable[[Path], Iterator[tuple[str, str]]]] = {
    "check": _check, "plugin": _plugin, "errors": _failing,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_no_form_of_a_secret_leaves(door: str, tmp_path: Path) -> None:
    """Of the key, a secret header and a cookie, in none of what is printed and written."""
    outputs = dict(DOORS[door](tmp_path))
    assert searched(outputs) == {}
    assert "OPENAI_API_KEY" in "".join(outputs.values())


def searched(outputs: Outputs) -> dict[str, list[str]]:
    """Return where a secret was found, and how it was read there."""
    found = {}
    for name, text in outputs.items():
        words = "\n".join(dict.fromkeys(text.split()))
        for secret in SECRETS:
            if ways := leaks(words, secret):
                found[f"{name}: {secret}"] = ways
    return found


def test_a_message_inside_of_another_schemathesis_holds_no_secret() -> None:
    """Of those that the request carries."""
    schema = schemathesis.openapi.from_dict(bundled("v2"), config=SchemathesisConfig.from_dict({}))
    with serving(200) as url, closing(requests.Session()):
        case = schema["/threads/runs"]["POST"].Case(body={}, media_type="application/json")
        headers = {"Authorization": f"Bearer {KEY}", "OpenAI-Beta": "assistants=v2"}
        response = case.call(base_url=url, headers=headers)
        with pytest.raises(AssertionError) as raised:
            run_contract(None, response, case)
    assert not leaks(str(raised.value), KEY)
    assert "RUN-" in str(raised.value)


def _count() -> None:
    """Print how much is searched, and what is found."""
    with TemporaryDirectory() as folder:
        outputs = {name: text for door in DOORS.values() for name, text in door(Path(folder))}
    places = len(PLACES) + len(SOCKET_PLACES)
    size = sum(map(len, outputs.values()))
    asked = f"{places} places x {len(FORMS)} forms x {len(SECRETS)} secrets"
    sys.stdout.write(f"{asked} x {len(outputs)} outputs, {size:,} characters\n")
    sys.stdout.write(f"found: {searched(outputs) or 'nothing'}\n")


if __name__ == "__main__":
    _count()
