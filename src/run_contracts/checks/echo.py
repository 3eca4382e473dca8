"""Echo: what a run repeats of its request, or else of its assistant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from run_contracts.checks.assistants import assistant_before
from run_contracts.checks.created_runs import echoes, right_creations
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.traffic.evidence import Evidence
from run_contracts.validation.found import MISSING

LIMITS = ("max_prompt_tokens", "max_completion_tokens")
ECHOED_WHOLE = {
    "RUN-ID-012": "assistant_id",
    "RUN-ECHO-001": "model",
    "RUN-ECHO-003": "metadata",
    "RUN-ECHO-006": "temperature",
    "RUN-ECHO-007": "top_p",
    "RUN-ECHO-011": "parallel_tool_calls",
}
"""Fields that are repeated as they were."""
ECHOED_IN_PART = {
    "RUN-ECHO-008": ("tool_choice", ("type", "function")),
    "RUN-ECHO-009": ("response_format", ("type",)),
    "RUN-ECHO-010": ("truncation_strategy", ("type", "last_messages")),
}
"""Fields that are a word or an object, with the keys that are repeated; others may be added."""


@decides(*ECHOED_WHOLE)
def echoed(evidence: Evidence) -> Iterator[Outcome]:
    """Judge what a run repeats of its request as it was; an empty text names nothing."""
    for requirement, name in ECHOED_WHOLE.items():
        for seen, asked in echoes(evidence, name):
            exchange, run = seen.exchange, seen.run
            wanted = asked.get(name)
            if wanted in (None, "") or (name == "metadata" and not _all_strings(wanted)):
                continue
            yield decided(
                evidence,
                requirement,
                exchange,
                holds=run.get(name) == wanted or _are_both_empty(run.get(name), wanted),
                actual=run.get(name, MISSING),
                code="not-as-asked",
                wanted=wanted,
                pointer=seen.at(name),
            )


def _are_both_empty(actual: Any, wanted: Any) -> bool:
    """Say whether null stands for metadata without pairs, which RUN-META-005 speaks of."""
    return wanted == {} and actual is None


@decides(*ECHOED_IN_PART)
def echoed_in_part(evidence: Evidence) -> Iterator[Outcome]:
    """Judge words as they were, and of objects the keys that carry the choice.

    The word auto leaves the choice to the server, which may say what it chose.
    """
    for requirement, (name, keys) in ECHOED_IN_PART.items():
        for seen, asked in echoes(evidence, name):
            exchange, run = seen.exchange, seen.run
            wanted, actual = asked.get(name), run.get(name)
            if wanted in (None, "auto"):
                continue
            yield decided(
                evidence,
                requirement,
                exchange,
                holds=_agrees(actual, wanted, keys),
                actual=actual,
                code="not-as-asked",
                wanted=wanted,
                pointer=seen.at(name),
            )


def _agrees(actual: Any, wanted: Any, keys: tuple[str, ...]) -> bool:
    """Say whether a word is the one wanted, or an object the same under these keys."""
    if not isinstance(wanted, dict):
        return bool(actual == wanted)
    given = {key: wanted[key] for key in keys if wanted.get(key) is not None}
    return isinstance(actual, dict) and all(
        _holds(actual.get(key), value) for key, value in given.items()
    )


def _holds(actual: Any, wanted: Any) -> bool:
    """Say whether a value is there, an object with all its pairs."""
    if isinstance(wanted, dict):
        return isinstance(actual, dict) and wanted.items() <= actual.items()
    return bool(actual == wanted)


@decides("RUN-META-005")
def no_metadata_is_empty(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the metadata of runs whose request gave none."""
    for first, asked in right_creations(evidence):
        exchange, run = first.exchange, first.run
        if not asked.get("metadata") and "metadata" in run:
            yield decided(
                evidence,
                "RUN-META-005",
                exchange,
                holds=run["metadata"] == {},
                actual=run["metadata"],
                code="not-empty",
                pointer=first.at("metadata"),
            )


@decides("RUN-ECHO-012", "RUN-ECHO-013")
def assistant_decides_the_rest(evidence: Evidence) -> Iterator[Outcome]:
    """Judge what a run takes from its assistant, as it was shown last.

    Instructions may be added to; a model may be an alias, so that is advice (013).
    """
    for first, asked in right_creations(evidence):
        exchange, run = first.exchange, first.run
        assistant = assistant_before(evidence, asked.get("assistant_id"), exchange) or {}
        for name in ("instructions", "tools", "model"):
            wanted, actual = assistant.get(name), run.get(name)
            if asked.get(name) is not None or wanted in (None, "") or name not in run:
                continue
            yield decided(
                evidence,
                "RUN-ECHO-013" if name == "model" else "RUN-ECHO-012",
                exchange,
                holds=_inherits(name, actual, wanted),
                actual=actual,
                code="not-inherited",
                assistant=assistant["id"],
                wanted=wanted,
                pointer=first.at(name),
            )


def _inherits(name: str, actual: Any, wanted: Any) -> bool:
    """Say whether a run's field is as its assistant has it."""
    match name:
        case "instructions":
            return isinstance(actual, str) and str(wanted).strip() in actual
        case "tools":
            return _names(actual) == _names(wanted)
        case _:
            return bool(actual == wanted)


@decides("RUN-ECHO-002")
def instructions_kept(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that the run follows the instructions the request gave."""
    for seen, asked in echoes(evidence, "instructions"):
        exchange, run = seen.exchange, seen.run
        wanted = asked.get("instructions")
        if not isinstance(wanted, str) or not wanted.strip():
            continue
        actual = run.get("instructions")
        yield decided(
            evidence,
            "RUN-ECHO-002",
            exchange,
            holds=isinstance(actual, str) and wanted.strip() in actual,
            actual=actual,
            code="instructions-not-as-asked",
            wanted=wanted,
            pointer=seen.at("instructions"),
        )


@decides("RUN-ECHO-014")
def additional_instructions_kept(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that the instructions of the run hold what the request added to them."""
    for seen, asked in echoes(evidence, "instructions", asked_as="additional_instructions"):
        wanted, actual = asked.get("additional_instructions"), seen.run.get("instructions")
        if isinstance(wanted, str) and wanted.strip() and "instructions" in seen.run:
            yield decided(
                evidence,
                "RUN-ECHO-014",
                seen.exchange,
                holds=isinstance(actual, str) and wanted.strip() in actual,
                actual=actual,
                code="instructions-not-as-asked",
                wanted=wanted,
                pointer=seen.at("instructions"),
            )


@decides("RUN-ECHO-004")
def limits_kept(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the token limits the run says it has."""
    for name in LIMITS:
        for seen, asked in echoes(evidence, name):
            exchange, run = seen.exchange, seen.run
            if isinstance(asked.get(name), int):
                yield decided(
                    evidence,
                    "RUN-ECHO-004",
                    exchange,
                    holds=run.get(name) == asked[name],
                    actual=run.get(name, MISSING),
                    code="limit-not-as-asked",
                    wanted=asked[name],
                    pointer=seen.at(name),
                )


@decides("RUN-ECHO-005")
def tools_kept(evidence: Evidence) -> Iterator[Outcome]:
    """Judge kinds, names and order of the tools; servers may add defaults inside them."""
    for seen, asked in echoes(evidence, "tools"):
        exchange, run = seen.exchange, seen.run
        if isinstance(asked.get("tools"), list):
            wanted, actual = _names(asked["tools"]), _names(run.get("tools"))
            yield decided(
                evidence,
                "RUN-ECHO-005",
                exchange,
                holds=actual == wanted,
                actual=actual,
                code="tools-not-as-asked",
                wanted=wanted or ["none"],
                pointer=seen.at("tools"),
            )


def _names(tools: Any) -> list[str]:
    """Return each tool as its kind, a function with its name."""
    names = []
    for tool in tools if isinstance(tools, list) else []:
        kind = tool.get("type") if isinstance(tool, dict) else None
        function = tool.get("function") if isinstance(tool, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        names.append(f"{kind} {name}" if name else str(kind))
    return names


def _all_strings(metadata: Any) -> bool:
    return isinstance(metadata, dict) and all(isinstance(value, str) for value in metadata.values())
