"""``redocly respect`` on the workflow beside this file; ends with its exit code.

python -m benchmarks.rated.respect REDOCLY OPENAPI_FILE FOLDER KEY

respect calls a field wrong that a schema does not declare, unless the schema says that it is open.
Ours are open by saying nothing, as JSON Schema has it, so that is written into them here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

WORKFLOW = Path(__file__).with_name("walk.arazzo.yaml")
CLOSING = {"additionalProperties", "unevaluatedProperties"}


def opened(value: Any) -> Any:
    """Return a document whose schemas say that they are open, where nothing closes them."""
    if isinstance(value, list):
        return [opened(item) for item in value]
    if not isinstance(value, dict):
        return value
    inside = {name: opened(item) for name, item in value.items()}
    is_schema = isinstance(inside.get("properties"), dict) and {"type", "required"} & inside.keys()
    if is_schema and not CLOSING & inside.keys():
        inside["additionalProperties"] = True
    return inside


def main(redocly: str, document: str, folder: str, key: str) -> int:
    """Check the server that a document names."""
    place = Path(folder)
    text = json.dumps(opened(json.loads(Path(document).read_text(encoding="utf-8"))))
    (place / "openapi.json").write_text(text, encoding="utf-8")
    workflow = WORKFLOW.read_text(encoding="utf-8").replace("Bearer KEY", f"Bearer {key}")
    (place / "walk.arazzo.yaml").write_text(workflow, encoding="utf-8")
    quiet = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "CI": "true"}
    return subprocess.run(
        [redocly, "respect", "walk.arazzo.yaml"],
        cwd=place,
        env={**os.environ, **quiet},
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
