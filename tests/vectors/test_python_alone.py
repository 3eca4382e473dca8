"""The vectors are read by Python where run_contracts is not."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.vectors.committed import EDITIONS, ROOT, SCHEMAS, VECTORS
from tests.vectors.test_committed import SETS

SCRIPT = ROOT / "examples" / "vectors" / "read_vectors.py"
NEEDED = (
    "jsonschema",
    "jsonschema_specifications",
    "referencing",
    "rpds",
    "attr",
    "attrs",
    "typing_extensions",
)
"""jsonschema, and what it is made of."""
ALONE = """
import importlib.util, runpy, sys
sys.path.append(sys.argv[1])
assert importlib.util.find_spec("run_contracts") is None
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder from which jsonschema can be imported, and nothing else."""
    folder = tmp_path_factory.mktemp("packages")
    for name in NEEDED:
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            continue  # not every version of jsonschema needs all of them
        origin = Path(found.origin)
        place = origin.parent if origin.name == "__init__.py" else origin
        (folder / place.name).symlink_to(place)
    return folder


def _read(packages: Path, schemas: Path, vectors: Path) -> subprocess.CompletedProcess[str]:
    arguments = [str(one) for one in (packages, SCRIPT, schemas, vectors)]
    command = [sys.executable, "-I", "-S", "-c", ALONE, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=170, check=False)


@pytest.mark.slow
def test_the_schemas_say_of_every_vector_what_is_said_beside_it(packages: Path) -> None:
    """By a script that has the standard library and jsonschema alone."""
    done = _read(packages, SCHEMAS, VECTORS)
    assert done.returncode == 0, done.stderr
    counts = dict(line.rsplit(": ", 1) for line in done.stdout.splitlines())
    assert counts.keys() == {f"{edition} {set_}" for edition in EDITIONS for set_ in SETS}
    assert sum(map(int, counts.values())) > 3_000


def test_a_vector_that_is_otherwise_is_named(packages: Path, tmp_path: Path) -> None:
    """By its id, and the exit code is 1."""
    name = "v1/edge-cases/thread.json"
    for part in ("schema", "v1/edge-cases"):
        (tmp_path / part).mkdir(parents=True)
    for path in (VECTORS / "schema").iterdir():
        (tmp_path / "schema" / path.name).write_bytes(path.read_bytes())
    text = (VECTORS / name).read_text(encoding="utf-8")
    wrong = text.replace('"object": "thread"', '"object": "knot"', 1)
    (tmp_path / name).write_text(wrong, encoding="utf-8")
    index = '{"files": [{"file": "%s", "edition": "v1", "set": "edge-cases", "kind": "thread"}]}'
    (tmp_path / "index.json").write_text(index % name, encoding="utf-8")
    done = _read(packages, SCHEMAS, tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("otherwise than promised: v1/thread/")
