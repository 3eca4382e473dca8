"""Recordings that show the newest first are judged in the order in which it happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from run_contracts.recordings.formats.entry_parts import headers
from run_contracts.recordings.judging.standings import Standing
from run_contracts.recordings.recorded import Recorded
from run_contracts.recordings.time_order import in_order
from run_contracts.traffic.exchange import Request, Response
from tests.recordings.calls import HOST, STARTED, Call, calls
from tests.recordings.documents_of_calls import WRITERS
from tests.recordings.verdicts_of import verdicts_of
from tests.samples import run

ENTRY_LISTS = ("interactions", "requests", "mappings", "Entries", "log", "entries")


def _backwards(document: Any) -> Any:
    """Return a document whose lists of exchanges are the other way round."""
    if isinstance(document, list):
        return list(reversed(document))
    return {
        key: _backwards(value) if key in ENTRY_LISTS else value for key, value in document.items()
    }


@pytest.mark.parametrize("name", [one for one in WRITERS if "OpenTelemetry" not in one])
def test_the_newest_may_stand_first(tmp_path: Path, name: str) -> None:
    """A right session holds, whichever way its recorder lists it."""
    try:
        text = json.dumps(_backwards(WRITERS[name](calls())))
    except TypeError:
        pytest.skip("no recorder writes it as JSON")
    (tmp_path / "x.json").write_text(text)
    found = verdicts_of(tmp_path / "x.json")
    assert found.broken == set(), found.said
    assert found.answers[Standing.HOLDS] == len(calls())


def _recorded(call: Call, *, at: float = 0.0, date: float | None = None) -> Recorded:
    dated = {} if date is None else {"Date": formatdate(date, usegmt=True)}
    return Recorded(
        request=Request(method=call.method, url=call.url),
        response=Response(
            status=call.status,
            headers=headers({"Content-Type": "application/json"} | dated),
            body=call.body.encode(),
        ),
        at=at,
    )


POLLS = calls()[1:]
"""Without what creates the run."""
ASKED: dict[str, Callable[[], list[Recorded]]] = {
    "dates of answers": lambda: [_recorded(call, date=call.at) for call in POLLS],
    "moments": lambda: [_recorded(call, at=call.at) for call in POLLS],
    "moments of whole seconds": lambda: [
        _recorded(call, at=STARTED + number // 2) for number, call in enumerate(POLLS)
    ],
    "what is created": lambda: [_recorded(call) for call in calls()],
    "what is created within a second": lambda: [_recorded(call, date=STARTED) for call in calls()],
}


@pytest.mark.parametrize("sign", ASKED)
def test_the_order_is_found_out(sign: str) -> None:
    """Of what happened, in either way that it stands."""
    recorded = ASKED[sign]()
    assert in_order(recorded) == recorded
    assert in_order(recorded[::-1]) == recorded


KEPT: dict[str, Callable[[], list[Recorded]]] = {
    "nothing shows it": lambda: [_recorded(call) for call in POLLS[::-1]],
    "two plays of one fake": lambda: [_recorded(call) for call in calls() * 2],
    "dates that go to and fro": lambda: [
        _recorded(call, date=STARTED + number % 2) for number, call in enumerate(calls())
    ],
    "a check of ours": lambda: [
        replace(_recorded(call, date=STARTED - number), is_checked=True)
        for number, call in enumerate(calls())
    ],
    "a URL that is none": lambda: [_recorded(replace(call, path="[/")) for call in calls()],
    "nothing": list,
}


@pytest.mark.parametrize("sign", KEPT)
def test_else_they_stay_as_they_stand(sign: str) -> None:
    """What does not show that it is backwards is forwards."""
    recorded = KEPT[sign]()
    assert in_order(recorded) == recorded


def test_a_run_that_goes_back_is_still_broken(tmp_path: Path) -> None:
    """A status after an end breaks the life cycle where the order shows, in either way."""
    again = calls()
    again.append(Call(method="GET", path=again[1].path, answer=run("in_progress"), at=STARTED + 9))
    for number, order in enumerate((again, again[::-1])):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(WRITERS["vcrpy"](order)))
        assert "RUN-LIFE-002" in verdicts_of(file).broken


def test_what_wiremock_refuses_itself_is_no_answer(tmp_path: Path) -> None:
    """Its own 404 for what no stub matched says nothing of the server behind it."""
    document = WRITERS["requests of WireMock"](calls())
    document["requests"][1] |= {"wasMatched": False, "response": {"status": 404, "body": "No."}}
    (tmp_path / "x.json").write_text(json.dumps(document))
    found = verdicts_of(tmp_path / "x.json")
    assert found.answers == {Standing.HOLDS: len(calls()) - 1}, found.said
    assert HOST not in "".join(found.said)
