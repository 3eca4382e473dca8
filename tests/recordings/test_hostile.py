"""Documents of any kind: reading them raises nothing, runs nothing, and judging them ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from run_contracts.recordings.documents import NotRead, yaml_document
from run_contracts.recordings.file_parts import Entries
from run_contracts.recordings.file_reading import entries
from run_contracts.recordings.formats import DOCUMENT_FORMATS
from run_contracts.recordings.formats.exchange_records import PartNames
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.part_verdict import judged_part
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.recorded import Recorded, Unread
from run_contracts.recordings.value_entries import found_in
from tests.recordings.calls import calls
from tests.recordings.documents_of_calls import WRITERS
from tests.recordings.mutating import ODD, VALUES, mutants
from tests.recordings.records_of_calls import RECORDERS

DOCUMENTS = {name: write(calls()[:3]) for name, write in WRITERS.items()}
DOCUMENTS |= {name: [write(one) for one in calls()[:3]] for name, write in RECORDERS.items()}
EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
"""What fails is small enough as it is: making it smaller took minutes."""


def _judge(value: Any) -> None:
    """Read and judge a value; what is raised is a defect, and so is what the judge says of one."""
    found = found_in(value, PartNames())
    assert all(isinstance(entry, Recorded | Unread) for entry in found.entries)
    verdict = judged_part(Entries(name="x", entries=found.entries), AskedFor(), 100)
    assert not verdict.answers[Standing.OUR_ERROR], verdict.said


@pytest.mark.parametrize("name", DOCUMENTS)
@settings(EXAMPLES)
@given(data=st.data())
def test_what_is_changed_anywhere_is_read_or_not(name: str, data: st.DataObject) -> None:
    """A document whose parts are of other types, or missing, costs nothing but its entries."""
    _judge(data.draw(mutants(DOCUMENTS[name])))


@settings(EXAMPLES, max_examples=120)
@given(value=VALUES | st.sampled_from(ODD))
def test_any_value_is_read_or_not(value: Any) -> None:
    """Whatever JSON can say is recognised, or is no recording."""
    for form in DOCUMENT_FORMATS:
        form.recognises(value)
    _judge(value)


YAML_BOMB = "interactions:\n" + "".join(
    f"  a{at}: &a{at} [{', '.join([f'*a{at - 1}' if at else 'x'] * 9)}]\n" for at in range(30)
)
HOSTILE_TEXTS = {
    "a bomb in YAML": YAML_BOMB,
    "YAML nested deep": "interactions: " + "[" * 20_000 + "]" * 20_000,
    "YAML that makes an object": "interactions: !!python/object/apply:os.system ['touch ran']",
    "a date that is none": "interactions:\n- request: 2024-13-45\n  response: 2024-99-99\n",
    "a long number in YAML": "interactions: " + "9" * 5000,
    "JSON nested deep": "[" * 200_000,
    "a long number in JSON": '{"log": {"entries": [' + "9" * 5000 + "]}}",
    "a number without end": '{"log": {"entries": [{"time": 1e999, "request": 1, "response": {}}]}}',
}


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_a_hostile_text_is_one_line_of_complaint(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is made to exhaust or to run something is not read, in no time, and nothing is run."""
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").write_text(HOSTILE_TEXTS[name])
    assert all(isinstance(entry, Unread) for entry in entries("x.yaml"))
    assert [file.name for file in tmp_path.iterdir()] == ["x.yaml"]


def test_what_no_safe_loader_makes_is_not_read() -> None:
    """An object of a class is refused by its tag."""
    with pytest.raises(NotRead, match="could not determine a constructor"):
        yaml_document("!!python/object/apply:os.getcwd []")


@pytest.mark.parametrize("path", ["/" * 3_000_000, "[", "/v1/threads/" + "%" * 100_000])
def test_a_url_that_no_server_reads_costs_its_entry(path: str) -> None:
    """One that is none, or longer than any, is named in a line, and the others are judged."""
    document = WRITERS["HAR"]([replace(calls()[0], path=path), *calls()])
    found = found_in(document, PartNames())
    assert [type(one) for one in found.entries] == [Unread, *[Recorded] * len(calls())]
    assert len(str(found.entries[0])) < 200
