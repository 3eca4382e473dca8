"""Read the vectors with nothing but jsonschema: ``python read_vectors.py SCHEMAS VECTORS``.

Takes the folders `schemas` and `vectors` of the project, or of the npm package, and tells for each
set how many vectors there are and what the schemas alone say of them.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry, Resource


def read(path):
    """Return the JSON in a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def registry(folder):
    """Return all schemas below a folder by their `$id`; nothing is fetched."""
    documents = [read(path) for path in sorted(folder.rglob("*.json"))]
    resources = [Resource.from_contents(one) for one in documents if "$id" in one]
    return Registry().with_resources((one.id(), one) for one in resources)


def expanded(vector):
    """Return a vector with its long texts, which files ending in .large.json keep short."""
    for text in vector.pop("repeated", ()):
        steps = [one.replace("~1", "/").replace("~0", "~") for one in text["pointer"].split("/")]
        holder = vector
        for step in steps[1:-1]:
            holder = holder[int(step) if isinstance(holder, list) else step]
        times = math.ceil(text["length"] / len(text["unit"]))
        long = (text["unit"] * times)[: text["length"]]
        last = int(steps[-1]) if isinstance(holder, list) else steps[-1]
        holder[last] = text["before"] + long + text["after"]
    return vector


def events(stream):
    """Return the events in the text of a stream, by the HTML standard."""
    lines = stream.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    name, data = None, []
    for line in lines:
        if not line:
            if data:
                yield {"event": name, "data": decoded("\n".join(data))}
            name, data = None, []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)


def decoded(text):
    """Return the JSON value of a text, or the text as it stands."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def as_promised(file, vector, holds):
    """Say whether the schemas say of a vector what is said beside it."""
    if file["set"] == "edge-cases":
        return holds(file["kind"], vector["value"])
    if file["set"] == "requests":
        return holds(file["kind"], vector["body"]) is ("refused" not in vector)
    if file["set"] == "streams":
        return [*events(vector["text"])] == vector["events"]
    if file["set"] == "histories":
        return "broken" in vector or all(holds("run", run) for run in vector["value"])
    breaks = vector["broken"].get("breaks_schema")
    return breaks is None or holds(file["kind"], vector["value"]) is not breaks


def main(schemas, vectors):
    """Judge every vector; print how many there are of each set, and fail if one is otherwise."""
    known, of_vectors = registry(schemas), registry(vectors / "schema")
    counts, wrong, judges = Counter(), [], {}
    for file in read(vectors / "index.json")["files"]:
        path = vectors / file["file"]
        document = read(path)
        schema = read(path.parent / document["$schema"])
        Draft202012Validator(schema, registry=of_vectors).validate(document)

        def holds(kind, value, edition=file["edition"]):
            if (edition, kind) not in judges:
                reference = {"$ref": read(schemas / edition / f"{kind}.json")["$id"]}
                judges[edition, kind] = Draft202012Validator(reference, registry=known)
            return judges[edition, kind].is_valid(value)

        for vector in map(expanded, document["vectors"]):
            counts[f"{file['edition']} {file['set']}"] += 1
            if not as_promised(file, vector, holds):
                wrong.append(vector["id"])
    for name, count in counts.items():
        print(f"{name}: {count}")
    return f"otherwise than promised: {', '.join(wrong)}" if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
