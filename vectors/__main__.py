"""Write the vectors: ``python -m vectors``; into another folder: ``python -m vectors FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from vectors.documents import HERE, documents, identities


def main(arguments: list[str]) -> None:
    """Write every file of vectors, and take away those that are none any more."""
    folder = Path(arguments[0]) if arguments else HERE
    ids = identities()
    texts = documents(ids)
    for path in sorted(folder.glob("v*/**/*.json")):
        if str(path.relative_to(folder)) not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(texts)} files, {len(ids.used)} vectors, {sum(map(len, texts.values()))} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
