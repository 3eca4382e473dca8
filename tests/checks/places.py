"""Where violations are said to be: their pointers, followed into the answers that show them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import reduce
from typing import Any

from run_contracts.client.checked_target import Target
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.trial import PATIENCE, TIMEOUT, URL, reference
from run_contracts.events import Broken, Decided, exchanges
from run_contracts.server import FAULTS, ServerOptions
from run_contracts.traffic.sse import frames
from run_contracts.validation.found import MISSING, shown

PLACED = "v2"
"""The edition whose faults are tried."""
PLACE = re.compile(r"(?:line (?P<line>\d+)(?:: |$))?(?P<steps>(?:/[^/]+)*)")
"""A pointer into an answer or, after its line, into the data of a frame of a stream."""
DESCRIBED = re.compile(
    r"RUN-(CREATE-00[48]|ID-013|LIFE-00[1245789]|LIST-0(0[6789]|1[124568])|META-00[12]"
    r"|STEP-0(29|32|38)|STREAM-0(0[89]|14))"
)
"""The requirements for which is said in words what was found, for it is no value of one field."""


def misplaced(fault: str) -> Iterator[str]:
    """Yield what is said of a fault that does not stand where it is said to be.

    Its rule is checked alone, as a failure says to: that nothing is said of it is told, too.
    """
    options = ServerOptions.for_checking(faults=(fault,))
    target = Target(
        url=URL, key=options.api_key, edition=PLACED, patience=PATIENCE, timeout=TIMEOUT
    )
    with reference(options) as connection:
        events = list(check(target, only=[FAULTS[fault].requirement], connection=connection))
    answers = {one.number: one.response.payload.text for one in exchanges(events)}
    said = [one for one in events if isinstance(one, Decided) and one.broken]
    if FAULTS[fault].requirement not in {one.requirement for one in said}:
        yield f"{fault}: nothing is said of it"
    for verdict in said:
        for broken in verdict.broken:
            if not _is_there(broken, answers[broken.exchange], verdict.requirement):
                yield f"{verdict.requirement} at {broken.pointer}: {broken.found}"


def _is_there(broken: Broken, answer: str, requirement: str) -> bool:
    """Say whether a pointer leads to what was found; the whole answer is not looked through."""
    place = PLACE.fullmatch(broken.pointer)
    if place is None:
        return False
    steps = [_unquoted(step) for step in place["steps"].split("/")[1:]]
    values = list(_values(answer, place["line"]))
    if not steps:
        return bool(values)
    if place["line"] is None and frames(answer.encode()):
        return False
    found = [reduce(_inside, steps, value) for value in values]
    if broken.found == shown(MISSING):
        parents = [reduce(_inside, steps[:-1], value) for value in values]
        return MISSING in found and any(parent is not MISSING for parent in parents)
    is_described = DESCRIBED.fullmatch(requirement) is not None and found != [MISSING]
    return is_described or broken.found in map(shown, found)


def _values(answer: str, line: str | None) -> Iterator[Any]:
    """Yield the values a pointer may lead into; without its line those of all frames."""
    parts = [one for one in frames(answer.encode()) if line in (None, str(one.line))]
    for text in [one.data for one in parts] or [answer]:
        try:
            yield json.loads(text or "")
        except ValueError:
            yield text


def _inside(value: Any, step: str) -> Any:
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return value.get(step, MISSING) if isinstance(value, dict) else MISSING


def _unquoted(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
