"""``run-contracts explain``: one requirement in full, with something right and something wrong."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import click

from run_contracts.cli.completion import every_requirement_id
from run_contracts.cli.examples import ANSWER, Example, example
from run_contracts.cli.given_once import OnceCommand
from run_contracts.contract.loading import load
from run_contracts.contract.requirements import (
    CLIENT,
    EDITIONS,
    OUTCOME,
    Requirement,
    register_of,
)
from run_contracts.errors import MissingExtra
from run_contracts.extras import named_extras
from run_contracts.report.finding_lines import LABEL_WIDTH
from run_contracts.types import Edition

LINE_WIDTH = 80
"""Columns of a line."""
NO_EXAMPLE = "none: it speaks of fields that only a schema with a vendor's own fields declares"

Fault = dict[str, str]
"""What breaks a requirement: its id, its sentence, and the command that serves it."""

HALF_A_SENTENCE = " ...."
"""How a sentence ends whose value is too long to be shown in it."""
ANYTHING_SENT, A_TRIAL = "any request", "a trial of the client: what it tells in the end"
"""What shows a requirement on clients that names no operation."""


@click.command(
    cls=OnceCommand,
    epilog="""\b
Examples:
  run-contracts explain RUN-LIFE-007
  run-contracts explain RUN-LIST-005 RUN-USAGE-001 --edition v1
  run-contracts explain RUN-CANCEL-002 --format json
  run-contracts explain CLIENT-POLL-001
""",
)
@click.argument(
    "ids", nargs=-1, required=True, metavar="ID...", shell_complete=every_requirement_id
)
@click.option("--edition", type=click.Choice(EDITIONS), help="The newest that has it, if left out.")
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True
)
def command(ids: tuple[str, ...], edition: Edition | None, form: str) -> None:
    """Explain requirements: the rule, why it hurts, an example, and a server that breaks it.

    An example of what takes requests is what the reference server is seen to answer, with the
    fault; it runs inside this command, nothing is sent.
    """
    explanations = [_explained(*_rule(one, edition)) for one in dict.fromkeys(ids)]
    if form == "json":
        click.echo(json.dumps(explanations, indent=2, ensure_ascii=False))
        return
    click.echo("\n\n".join("\n".join(_lines(one)) for one in explanations))


def _rule(requirement: str, edition: Edition | None) -> tuple[Requirement, Edition]:
    """Return a requirement and its edition; raise `UsageError` with the nearest ids if none."""
    if edition is None:
        newest = (one for one in reversed(EDITIONS) if requirement in register_of(requirement, one))
        return register_of(requirement, chosen := next(newest, EDITIONS[-1]))[requirement], chosen
    return register_of(requirement, edition)[requirement], edition


def _explained(rule: Requirement, edition: Edition) -> dict[str, Any]:
    """Return all there is to say of a requirement, ready for JSON."""
    shown, faults, left_out = _shown(rule, edition)
    return {
        "id": rule.id,
        "level": rule.level.value,
        "sentence": rule.sentence,
        "area": register_of(rule.id, edition).titles[rule.area],
        "edition": edition,
        "editions": list(rule.editions),
        "speaks_of": rule.on,
        "shown_by": list(rule.shown_by),
        "why": rule.why,
        "source": rule.source,
        "example": None if shown is None else asdict(shown),
        "faults": faults,
        "left_out": left_out,
    }


def _shown(rule: Requirement, edition: Edition) -> tuple[Example | None, list[Fault], str]:
    """Return an example of a rule, what breaks it, and which extra either would have taken."""
    shown, faults = None, []
    try:
        with named_extras(extra="check"):
            if not rule.id.startswith(CLIENT):
                shown = example(rule.id, load(edition))
            faults = _faults(rule.id)
    except MissingExtra as missing:
        return shown, faults, str(missing)
    return shown, faults, ""


def _faults(requirement: str) -> list[Fault]:
    from run_contracts.server.faults import FAULTS  # noqa: PLC0415 - heavy

    return [
        {
            "id": fault.id,
            "sentence": fault.sentence,
            "command": f"run-contracts serve --fault {fault.id}",
        }
        for fault in FAULTS.values()
        if fault.requirement == requirement
    ]


def _lines(explanation: dict[str, Any]) -> Iterator[str]:
    """Yield what there is to say as lines of a terminal."""
    head = f"{explanation['id']} {explanation['level']}  {explanation['sentence']}"
    yield from textwrap.wrap(head, LINE_WIDTH, break_on_hyphens=False)
    yield from _labelled("area", explanation["area"])
    yield from _labelled("editions", ", ".join(explanation["editions"]))
    yield from _labelled("why", explanation["why"])
    yield from _labelled("source", explanation["source"])
    if explanation["id"].startswith(CLIENT):
        anything = A_TRIAL if explanation["speaks_of"] == OUTCOME else ANYTHING_SENT
        yield from _labelled("shown by", ", ".join(explanation["shown_by"]) or anything)
        return
    yield from _shown_by_servers(explanation)


def _shown_by_servers(explanation: dict[str, Any]) -> Iterator[str]:
    """Yield an example of a requirement on servers, its faults, and what to type next."""
    shown = explanation["example"]
    if shown is None:
        yield from _labelled("example", explanation["left_out"] or NO_EXAMPLE)
    else:
        yield from _labelled("right", shown["right"])
        yield from _labelled("wrong", shown["wrong"])
        if shown["kind"] != ANSWER and not shown["sentence"].endswith(HALF_A_SENTENCE):
            yield from _labelled("", f"({shown['sentence'].rstrip('.')})")
    if shown is not None and explanation["left_out"]:
        yield from _labelled("fault", explanation["left_out"])
    for number, fault in enumerate(explanation["faults"]):
        yield from _labelled("fault" if number == 0 else "", fault["command"])
        yield from _labelled("", f"  {fault['sentence'].rstrip('.')}")
    edition = (
        "" if explanation["edition"] == EDITIONS[-1] else f" --edition {explanation['edition']}"
    )
    yield from _labelled("check", f"run-contracts check URL{edition} --only {explanation['id']}")
    if shown is not None and shown["kind"] != ANSWER:
        yield from _labelled(
            "values", f"run-contracts sample{edition} --breaks {explanation['id']} -n 6"
        )


def _labelled(label: str, text: str) -> Iterator[str]:
    """Yield a text behind its label, wrapped; lines of the text stay lines."""
    for number, line in enumerate(_wrapped(text.splitlines())):
        yield f"  {label if number == 0 else '':<{LABEL_WIDTH}}{line}".rstrip()


def _wrapped(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from textwrap.wrap(line, LINE_WIDTH - LABEL_WIDTH - 2, break_on_hyphens=False) or [""]
