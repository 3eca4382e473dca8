"""The document with examples of answers: what mock servers send is right by our own checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from run_contracts.contract.operations import operations
from run_contracts.making.answered_document import answered
from tests.cli.door import run

EDITIONS = pytest.mark.parametrize("edition", ["v1", "v2"])


def _examples(edition: str) -> Iterator[tuple[str, str, Any]]:
    """Yield operation, media type and example of every answer that has one."""
    document = answered(edition)
    for known in operations(edition).values():
        described = document["paths"][known.path][known.method.lower()]
        for media, content in described["responses"]["200"]["content"].items():
            if "example" in content:
                yield known.id, media, content["example"]


@EDITIONS
def test_every_example_is_a_legal_answer(edition: str, tmp_path: Path) -> None:
    """Each holds where recorded answers are judged, streams as a whole."""
    for operation, media, example in _examples(edition):
        suffix, text = ("json", json.dumps(example)) if "json" in media else ("sse", example)
        (tmp_path / f"{operation}.{suffix}").write_text(text, encoding="utf-8")
    files = sorted(map(str, tmp_path.iterdir()))
    done = run("validate", "--edition", edition, *files)
    assert done.returncode == 0, done.stdout + done.stderr
    count = len(files)
    assert f"{count} files, {count} answers: {count} hold" in done.stdout + done.stderr


@EDITIONS
def test_every_operation_but_the_list_of_messages_has_one(edition: str) -> None:
    """Also each stream, of which a mock server could make up nothing."""
    found = {(operation, media) for operation, media, _ in _examples(edition)}
    known = operations(edition).values()
    assert {one for one, media in found if media == "application/json"} == {
        one.id for one in known if one.response != "message_list"
    }
    assert {one for one, media in found if media == "text/event-stream"} == {
        one.id for one in known if one.streams
    }


@EDITIONS
@pytest.mark.parametrize(
    ("operation", "first"),
    [
        ("createThreadAndRun", "thread.created"),
        ("createRun", "thread.run.created"),
        ("submitToolOutputs", "thread.run.step.completed"),
    ],
)
def test_each_stream_begins_as_its_operation_does(edition: str, operation: str, first: str) -> None:
    """With what is created, or with what the outputs complete."""
    streams = {one: text for one, _, text in _examples(edition) if isinstance(text, str)}
    assert streams[operation].startswith(f"event: {first}\n")


def test_the_document_is_the_same_each_time() -> None:
    """It can be kept under version control; what is shared is not changed by it."""
    assert answered("v2") == answered("v2")
