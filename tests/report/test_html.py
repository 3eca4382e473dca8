"""The page of a check: everything a person needs to act, and not more than opens fast."""

from __future__ import annotations

import time
from dataclasses import replace

from lxml import html as reading

from run_contracts.events import (
    Cause,
    Decided,
    Event,
    Exchanged,
    OperationSeen,
    Started,
    Surveyed,
)
from run_contracts.report import html
from run_contracts.traffic.exchange import Exchange, Response
from tests.report.checks_made import SEVERAL, URL, many, seen, without


def _page(events: tuple[Event, ...]) -> reading.HtmlElement:
    return reading.document_fromstring(html.page(events))


def _text(element: reading.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _verdict(requirement: str, events: tuple[Event, ...]) -> Decided:
    return next(
        one for one in events if isinstance(one, Decided) and one.requirement == requirement
    )


def test_the_page_begins_with_the_verdict_in_words() -> None:
    """Target, edition, profile and counts are beside it."""
    header = _text(_page(seen(*SEVERAL)).find(".//header"))
    assert "the contract is broken" in header
    assert URL in header
    assert "edition v2, profile full" in header
    failures = [one for one in seen(*SEVERAL) if isinstance(one, Decided) and one.result == "fail"]
    assert f"{sum(one.is_red for one in failures)} broken" in header
    assert f"{sum(not one.is_red for one in failures)} advice" in header


def test_a_broken_rule_is_told_whole() -> None:
    """Rule, level, source, why, where, expected, found, both sides of the exchange, and curl."""
    verdict = _verdict("RUN-LIST-005", seen(*SEVERAL))
    rule = _page(seen(*SEVERAL)).get_element_by_id("RUN-LIST-005")
    text = _text(rule)
    first = verdict.broken[0]
    for part in (verdict.why, verdict.source, first.request, first.expected, first.found):
        assert part in text
    assert verdict.sentence.replace("`", "") in text
    assert "MUST broken" in text
    assert '"has_more": false' in [mark.text.strip(" ,\n") for mark in rule.iter("mark")]
    assert "curl -i -X GET" in text
    assert "OPENAI_API_KEY" in text
    assert "sk-reference" not in text


def test_what_is_broken_comes_with_the_command_that_checks_it_again() -> None:
    """And nothing else does, nor does anything if the report has no command."""
    first, *rest = seen(*SEVERAL)
    assert isinstance(first, Started)
    page = _page((replace(first, command="run-contracts check 'a b'"), *rest))
    commands = {one.get("id"): one.text for one in page.iter("pre") if "next-" in one.get("id", "")}
    broken = [one.requirement for one in rest if isinstance(one, Decided) and one.broken]
    assert commands == {f"next-{one}": f"run-contracts check 'a b' --only {one}" for one in broken}
    assert "--only" not in _text(_page((replace(first, command=""), *rest)))


def test_every_verdict_has_its_place() -> None:
    """None is left out, and each can be linked to by its id."""
    ids = [rule.get("id") for rule in _page(seen(*SEVERAL)).find_class("rule")]
    verdicts = [one.requirement for one in seen(*SEVERAL) if isinstance(one, Decided)]
    assert sorted(ids) == sorted(verdicts)


def test_every_address_on_the_page_leads_somewhere() -> None:
    """Links to exchanges and rules are of this page, and what they name is there."""
    page = _page(seen(*SEVERAL))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {address.removeprefix("#") for address in page.xpath("//@href")} <= set(ids)


def test_the_same_cause_is_folded() -> None:
    """Every other place of a violation is one line, up to a bound that is told."""
    verdict = _verdict("RUN-STATUS-017", seen(*SEVERAL))
    many_places = replace(verdict, broken=verdict.broken * 20)
    page = _page((*(one for one in seen(*SEVERAL) if one != verdict), many_places))
    others = page.get_element_by_id("RUN-STATUS-017").find_class("others")[0]
    assert len(others.findall(".//li")) == html.MOST_PLACES + 1
    left = len(many_places.broken) - 1 - html.MOST_PLACES
    assert f"and {left} places more" in _text(others)


def test_the_requests_that_show_a_violation_are_told_in_order_and_as_a_script() -> None:
    """Each leads to its exchange; the script sends them all."""
    verdict = _verdict("RUN-LIFE-002", seen(*SEVERAL))
    rule = _page(seen(*SEVERAL)).get_element_by_id("RUN-LIFE-002")
    (sequence,) = rule.find_class("way")
    assert [link.text for link in sequence.iter("a")] == list(map(str, verdict.sequence))
    script = _text(sequence).partition("#!/bin/sh")[2]
    assert all(f" {number} " in script for number in verdict.sequence)


def test_what_was_not_decided_is_told_by_its_cause() -> None:
    """Each reason is there once, with the rules it speaks of below it."""
    page = _page(seen(*SEVERAL))
    causes = page.get_element_by_id("undecided").find_class("cause")
    reasons = {_text(cause.find("h3")).rpartition(" ")[0]: cause for cause in causes}
    undecided = [one for one in seen(*SEVERAL) if isinstance(one, Decided) and one.reason]
    assert set(reasons) == {one.reason for one in undecided}
    assert {_text(rule) for cause in causes for rule in cause.find_class("id")} == {
        one.requirement for one in undecided
    }


def test_the_operations_are_told_first() -> None:
    """In the header, each with its state, and why where something is wrong."""
    one = OperationSeen(
        operation="getRun", what="GET /r", state="missing", reason="answers 404", exchange=2
    )
    *events, end = without(seen(*SEVERAL), Surveyed)
    (table,) = _page((*events, Surveyed(operations=(one,)), end)).find_class("operations")
    assert table.getparent().tag == "header"
    (row,) = table.findall("./tbody/tr")
    assert _text(row) == "getRun GET /r⊘missinganswers 404 2"


def test_causes_come_in_order_and_what_follows_is_folded() -> None:
    """What is red of the first to mend is open to the eye, the rest one click away."""
    broken = [one for one in seen(*SEVERAL) if isinstance(one, Decided) and one.outcome == "broken"]
    follower, lead, *rest = (one.requirement for one in broken)
    causes = [_cause(1, lead, follower), *(_cause(2 + n, one) for n, one in enumerate(rest))]
    *events, end = without(seen(*SEVERAL), Cause)
    group = _page((*events, *causes, end)).get_element_by_id("broken")
    assert _text(group.find("h2")) == f"Broken {len(broken)} in {len(causes)} causes"
    first, *_ = group.find_class("cause")
    assert _text(first.find("h3")) == "fix first: seen in 3 answers"
    assert [rule.get("id") for rule in first.findall("./details[@data-area]")] == [lead]
    (folded,) = first.find_class("followers")
    assert _text(folded.find("summary")) == "1 more follows from this"
    assert [rule.get("id") for rule in folded.find_class("rule")] == [follower]


def _cause(rank: int, *requirements: str) -> Cause:
    return Cause(
        rank=rank,
        title="",
        requirements=requirements,
        request="",
        exchange=1,
        seen=3,
        is_red=True,
    )


def _answered_by(response: Response) -> tuple[Event, ...]:
    """Return a check in which a broken rule was shown by some response, and by that alone."""
    verdict = _verdict("RUN-LIST-005", seen(*SEVERAL))
    number = verdict.broken[0].exchange
    alone = replace(verdict, broken=verdict.broken[:1], sequence=(number,))
    return tuple(
        replace(one, exchange=replace(one.exchange, response=response))
        if isinstance(one, Exchanged) and one.exchange.number == number
        else (alone if one == verdict else one)
        for one in seen(*SEVERAL)
    )


def test_an_answer_that_did_not_come_is_told_wherever_it_would_be() -> None:
    """Beside the request, in the sequence, in the script, and in the list."""
    page = _page(_answered_by(Response(status=0, failure="the connection was closed")))
    rule = page.get_element_by_id("RUN-LIST-005")
    assert _text(rule).count("no answer: the connection was closed") == 3
    assert rule.find_class("start")[1].findtext("code").startswith("no answer: ")
    assert _text(page.get_element_by_id("exchanges")).count("no answer: ") == 1


def test_what_an_application_raised_is_shown_whole() -> None:
    """A 500 of an application in this process comes with its traceback."""
    raised = 'Traceback:\n  File "app.py", line 7, in get\nKeyError: 1'
    page = _page(_answered_by(Response(status=500, traceback=raised)))
    (section,) = page.get_element_by_id("RUN-LIST-005").find_class("raised")
    assert section.findtext("pre") == raised


def test_large_reports_stay_small_and_quick() -> None:
    """Of 1,000 exchanges only those that are pointed at are shown in full."""
    started = time.process_time()
    page = html.page(many(1_000))
    assert time.process_time() - started < 5
    assert len(page) < 1_000_000
    assert page.count('id="exchange-') == 1_000


def test_a_huge_body_is_cut_and_says_so() -> None:
    """Only the lines around the place are shown, with how many there are beside them."""
    verdict = _verdict("RUN-LIST-005", seen(*SEVERAL))
    number = verdict.broken[0].exchange
    body = '{"data": [' + ",".join(["1"] * 5_000) + '], "has_more": false}'
    events = tuple(
        replace(one, exchange=_answering(one.exchange, body))
        if isinstance(one, Exchanged) and one.exchange.number == number
        else one
        for one in seen(*SEVERAL)
    )
    rule = _page(events).get_element_by_id("RUN-LIST-005")
    assert '"has_more": false' in [mark.text.strip() for mark in rule.iter("mark")]
    assert "4,885 lines before are not shown" in _text(rule)


def _answering(exchange: Exchange, body: str) -> Exchange:
    return replace(exchange, response=replace(exchange.response, body=body.encode()))


def test_a_check_that_was_stopped_says_why() -> None:
    """There is no verdict, and no empty list of them."""
    start, end = seen()[0], seen()[-1]
    stopped = replace(end, counts={}, exit_code=3, error="GET /x: Connection refused")
    page = _page((start, stopped))
    assert "Connection refused" in _text(page.find(".//header"))
    assert page.find_class("rule") == []
