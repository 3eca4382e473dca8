"""``run-contracts openapi``: a document, and a configuration, for other people's tools."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.config import SchemathesisConfig

from run_contracts.contract.openapi_document import bundled
from run_contracts.making.answered_document import answered
from tests.cli.door import run

EDITIONS = pytest.mark.parametrize("edition", ["v1", "v2"])


@EDITIONS
def test_it_prints_the_document_of_an_edition(edition: str) -> None:
    """What is printed is the bundled document, with examples of answers for mock servers."""
    printed = json.loads(run("openapi", "--edition", edition).stdout)
    OpenAPIV31SpecValidator(printed).validate()
    assert printed == answered(edition)
    assert printed["components"] == bundled(edition)["components"]


def test_it_writes_to_a_file(tmp_path: Path) -> None:
    """With a file nothing is printed."""
    file = tmp_path / "openapi.json"
    done = run("openapi", "--output", str(file))
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(file.read_text(encoding="utf-8")) == answered("v2")


def test_a_file_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    """The line names the file."""
    done = run("openapi", "--output", str(tmp_path / "missing" / "openapi.json"))
    assert done.returncode == 2
    assert "openapi.json: cannot be written: no such file" in done.stderr


@EDITIONS
def test_schemathesis_reads_the_configuration(edition: str) -> None:
    """It is one that schemathesis takes, and a wrong key is not passed over as legal."""
    text = run("openapi", "--edition", edition, "--schemathesis-toml").stdout
    SchemathesisConfig.from_str(text)
    legal = tomllib.loads(text)["checks"]["positive_data_acceptance"]["expected-statuses"]
    assert {401, 403}.isdisjoint(legal)
