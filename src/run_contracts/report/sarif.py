"""The report for code scanning: SARIF 2.1.0, one result for each requirement that is broken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from run_contracts.events import ADVICE, BROKEN, KNOWN, Broken, Decided, ExitCode, Result
from run_contracts.events.fingerprint import FingerprintIndex, anywhere
from run_contracts.filesystem.single_line import shortened
from run_contracts.report import sanitizing
from run_contracts.report.finding_lines import sentence
from run_contracts.report.sarif_places import Places, base_ids, web_request, web_response
from run_contracts.report.summary import Summary
from run_contracts.report.words import concerns

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
SARIF_VERSION = "2.1.0"
TOOL = "run-contracts"
OF_THE_CHECK = ("edition", "dialect", "profile", "seed")
"""What is said of a check as a whole."""
LEVELS = {"MUST": "error", "SHOULD": "warning"}
"""What SARIF calls how binding a requirement is."""
FINGERPRINT = "runContracts/v1"
LINE_HASH = "primaryLocationLineHash"
"""By what GitHub tells one alert from another: of all fingerprints it reads this alone."""
COMPLETE = frozenset({ExitCode.HOLDS, ExitCode.BROKEN, ExitCode.NOTHING_VERIFIED})
"""The exit codes of checks that came to their end."""
MOST_OTHERS = 10
"""Places at which a requirement is broken that are named beside the first."""
LONGEST_SENTENCE = 1_000
LONGEST_NOTIFICATION = 4_000
"""Characters of what is said of a result, and of an error of ours with its traceback."""


def document(summary: Summary) -> str:
    """Return a check as a SARIF log of one run.

    All requirements that were judged are rules. What is broken is a result, a known failure a
    suppressed one; what was not decided is none. What else is wrong with the check, and errors of
    ours, are notifications of its invocation.
    """
    log = {"$schema": SARIF_SCHEMA, "version": SARIF_VERSION, "runs": [_run(summary)]}
    return json.dumps(log, ensure_ascii=False).encode("utf-8", errors="replace").decode()


def _run(summary: Summary) -> dict[str, Any]:
    started = summary.started
    rules = {verdict.requirement: verdict for verdict in summary.verdicts}
    indexes = {requirement: number for number, requirement in enumerate(rules)}
    driver = {"name": TOOL, "version": started.version, "rules": [*map(_rule, rules.values())]}
    return {
        "tool": {"driver": driver},
        "invocations": [_invocation(summary, indexes)],
        "originalUriBaseIds": base_ids(started.target),
        "results": list(_results(summary, indexes)),
        "properties": {name: getattr(started, name) for name in OF_THE_CHECK},
    }


def _rule(verdict: Decided) -> dict[str, Any]:
    about = [verdict.why, f"Source: {verdict.source}", f"{TOOL} explain {verdict.requirement}"]
    return {
        "id": verdict.requirement,
        "shortDescription": _message(verdict.sentence),
        "fullDescription": _message(verdict.why or verdict.sentence),
        "help": {"text": "\n\n".join(_message(one)["text"] for one in about if one)},
        "defaultConfiguration": {"level": LEVELS[verdict.level]},
        "properties": {"tags": [verdict.area]},
    }


def _results(summary: Summary, indexes: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Yield what is broken, the gravest first."""
    index = FingerprintIndex()
    for exchange in summary.exchanges.values():
        index.add(exchange)
    places = Places(summary)
    for outcome in (BROKEN, ADVICE, KNOWN):
        for verdict in summary.by_outcome[outcome]:
            if verdict.broken:
                yield {
                    "ruleId": verdict.requirement,
                    "ruleIndex": indexes[verdict.requirement],
                    "level": "error" if verdict.is_red else LEVELS[verdict.level],
                    "suppressions": _suppressions(verdict),
                    **_shown(verdict, summary, index, places),
                }


def _suppressions(verdict: Decided) -> list[dict[str, str]]:
    """Return why a failure is known; SARIF wants it said of all results, or of none."""
    if not verdict.known:
        return []
    text = shortened(sanitizing.line(verdict.known), LONGEST_SENTENCE)
    return [{"kind": "external", "status": "accepted", "justification": text}]


def _shown(
    verdict: Decided, summary: Summary, index: FingerprintIndex, places: Places
) -> dict[str, Any]:
    """Return what shows a requirement broken: where, how often, with what request and answer."""
    by_print: dict[str, Broken] = {}
    for broken in verdict.broken:
        by_print.setdefault(_fingerprint(broken, index), broken)
    first, *others = by_print.values()
    exchange = summary.exchanges.get(first.exchange)
    shown: dict[str, Any] = {
        "message": _message(sentence(first)),
        "locations": [places.of(first)],
        "relatedLocations": [
            {**places.of(one), "message": _message(sentence(one))} for one in others[:MOST_OTHERS]
        ],
        "occurrenceCount": len(verdict.broken) + verdict.more,
        "properties": {"exchange": first.exchange, "next": summary.next_step(verdict)},
    }
    known_by = next(iter(by_print))
    if known_by:
        line_hash = sha256(f"{verdict.requirement} {known_by}".encode(errors="replace"))
        shown["partialFingerprints"] = {
            FINGERPRINT: shortened(sanitizing.line(known_by), LONGEST_SENTENCE),
            LINE_HASH: f"{line_hash.hexdigest()[:16]}:1",
        }
    if exchange is not None:
        shown |= {"webRequest": web_request(exchange), "webResponse": web_response(exchange)}
    return shown


def _fingerprint(broken: Broken, index: FingerprintIndex) -> str:
    """Return what stays the same of a violation; empty for one from before there were codes."""
    return anywhere(index.fingerprint(broken)) if broken.code else ""


def _invocation(summary: Summary, indexes: Mapping[str, int]) -> dict[str, Any]:
    finished, command = summary.finished, summary.started.command
    is_whole = finished.exit_code in COMPLETE and not (finished.is_cut or finished.own_errors)
    return {
        **({"commandLine": command} if command else {}),
        "exitCode": finished.exit_code,
        "exitCodeDescription": summary.conclusion,
        "executionSuccessful": is_whole,
        "toolExecutionNotifications": list(_notifications(summary, indexes)),
    }


def _notifications(summary: Summary, indexes: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Yield what is wrong with a check beside what is broken: errors of ours, what was not seen."""
    if summary.finished.error:
        yield _notification(f"stopped: {summary.finished.error}")
    for name, texts in concerns(summary.finished).items():
        yield from (_notification(f"{name}: {text}") for text in texts)
    for verdict in summary.by_outcome[Result.ERROR]:
        rule = {"id": verdict.requirement, "index": indexes[verdict.requirement]}
        text = f"{verdict.requirement}: {verdict.reason}"
        yield {**_notification(text), "associatedRule": rule}


def _notification(text: str) -> dict[str, Any]:
    lines = "\n".join(map(sanitizing.line, text.splitlines()))
    return {"level": "error", "message": {"text": _plain(shortened(lines, LONGEST_NOTIFICATION))}}


def _message(text: str) -> dict[str, str]:
    return {"text": _plain(shortened(sanitizing.line(text), LONGEST_SENTENCE))}


def _plain(text: str) -> str:
    """Return a text that SARIF takes for nothing but text: no placeholder, no link.

    >>> _plain('{"a": 1} [here](http://evil.example)')
    '{{"a": 1}} [here] (http://evil.example)'
    """
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
