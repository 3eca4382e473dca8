"""The catalogue: every requirement with its example, a page an area, and an index of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from run_contracts.contract.files import read_toml
from run_contracts.contract.readings import dialects
from run_contracts.contract.requirements import (
    CLIENT,
    EDITIONS,
    EVERY_OTHER,
    OUTCOME,
    Requirement,
    client_register,
    register,
)
from run_contracts.server.faults import CONCURRENT_FAULTS
from website.reference.client_examples import ClientExample, client_examples, client_faults_of
from website.reference.markdown import code, codes, fence, link, marked_up, page, table, text
from website.reference.server_examples import Shown, faults_of, newest, server_example

FOLDER = "requirements"
MARKS = {
    "STATED": "stated by a published document",
    "OBSERVED": "observed without exception in recorded traffic",
    "INFERRED": "inferred from documents or traffic",
}
"""How sure a requirement is."""
SPOKEN_OF = {
    "body": "the bytes of an answer",
    "exchange": "one request with its answer",
    "history": "one run, as it was seen in order",
    "walk": "the pages of a list",
    "stream": "the events of a streamed answer",
    OUTCOME: "what comes of a trial of the client",
    "list": "a page of a list",
}
"""What requirements speak of that are not on one kind of object."""


def requirement_pages() -> Mapping[str, str]:
    """Return the pages by path: the index, and one for each area."""
    pages = {f"{FOLDER}/index.md": index_page()}
    for area, rules in areas().items():
        pages[f"{FOLDER}/{area}.md"] = area_page(area, rules)
    return pages


@cache
def every_requirement() -> Mapping[str, Requirement]:
    """Return all requirements of all editions by id, those on servers before those on clients."""
    rules: dict[str, Requirement] = {}
    for known in (register, client_register):
        found = {id_: rule for edition in EDITIONS for id_, rule in known(edition).by_id.items()}
        rules |= {id_: found[id_] for id_ in _in_order(found)}
    return rules


def _in_order(found: Mapping[str, Requirement]) -> Iterable[str]:
    """Return ids area by area, and in an area as they are numbered."""
    order = list(_titles())
    return sorted(found, key=lambda id_: (order.index(found[id_].area), id_))


@cache
def _titles() -> Mapping[str, str]:
    """Return the titles of all areas, in the order of the files."""
    newest_edition = EDITIONS[-1]
    return {**register(newest_edition).titles, **client_register(newest_edition).titles}


@cache
def areas() -> Mapping[str, tuple[Requirement, ...]]:
    """Return the requirements of each area, in the order of the files."""
    rules = every_requirement().values()
    return {area: tuple(one for one in rules if one.area == area) for area in _titles()}


def linked(requirement: str) -> str:
    """Return the id of a requirement as a link from a page of the reference."""
    rule = every_requirement()[requirement]
    return link(requirement, f"{FOLDER}/{rule.area}.md#{requirement.lower()}")


def area_link(area: str) -> str:
    """Return the title of an area as a link from a page of the reference."""
    return link(_titles()[area], f"{FOLDER}/{area}.md")


def index_page() -> str:
    """Return the index: every requirement with its level and its sentence."""
    rules = every_requirement().values()
    on_servers = [one for one in rules if not one.id.startswith(CLIENT)]
    on_clients = [one for one in rules if one.id.startswith(CLIENT)]
    return page(
        "# Requirements",
        f"There are {len(on_servers)} requirements on servers and {len(on_clients)} on clients. "
        "A broken MUST fails a check; a broken SHOULD is advice, unless a check is strict. An id "
        f"never moves, and is never used again. {code('run-contracts explain ID')} prints what "
        "stands here.",
        "## On servers",
        *_listed(on_servers),
        "## On clients",
        "What those who ask servers send and do; what is marked with a star only a trial decides, "
        f"{code('run-contracts client')}.",
        *_listed(on_clients),
        "## Left out",
        "Rules that were weighed and left out, each with its reason.",
        table(
            ("Rule", "Source", "Why it is left out"),
            [
                (marked_up(row["rule"]), marked_up(row["source"]), marked_up(row["reason"]))
                for row in read_toml("requirements.toml")["excluded"]
            ],
        ),
    )


def _listed(rules: Iterable[Requirement]) -> Iterator[str]:
    """Yield the requirements by area, each area with its title and a table."""
    rows = list(rules)
    for area in dict.fromkeys(rule.area for rule in rows):
        yield f"### {_titles()[area]}"
        yield _overview([one for one in rows if one.area == area], page_of=f"{area}.md")


def _overview(rules: Iterable[Requirement], page_of: str = "") -> str:
    """Return a table of ids, levels and sentences; `page_of` says where they stand, if not here."""
    return table(
        ("Id", "Level", "Sentence"),
        [
            (
                f"{link(rule.id, f'{page_of}#{rule.id.lower()}')}"
                f"{' &#42;' if rule.on == OUTCOME else ''}",
                rule.level,
                marked_up(rule.sentence),
            )
            for rule in rules
        ],
    )


def area_page(area: str, rules: Iterable[Requirement]) -> str:
    """Return the page of an area: its requirements in a table, and each in full."""
    rows = list(rules)
    return page(
        f"# {_titles()[area]}",
        _overview(rows),
        *(part for rule in rows for part in _requirement(rule)),
    )


def _requirement(rule: Requirement) -> Iterator[str]:
    """Yield the parts of one requirement."""
    yield f"## {rule.id}"
    yield f"**{rule.level}** {marked_up(rule.sentence)}"
    yield f"**Why it matters.** {marked_up(rule.why)}"
    yield table(("", ""), list(_facts(rule)))
    if rule.id.startswith(CLIENT):
        yield from _client_example(rule, client_examples()[rule.id])
    else:
        yield from _server_example(rule, server_example(rule.id))


def _facts(rule: Requirement) -> Iterator[tuple[str, str]]:
    """Yield what the register says of a requirement, a row each."""
    yield "Editions", codes(rule.editions)
    spoken_of = SPOKEN_OF.get(rule.on, f"an object: {rule.on.replace('_', ' ')}")
    yield "Speaks of", text(spoken_of)
    if any(name not in ("", EVERY_OTHER) for name in rule.fields):
        yield "Fields", codes(rule.fields)
    if rule.statuses:
        yield "Statuses", codes(rule.statuses)
    if rule.shown_by:
        yield "Shown by", codes(rule.shown_by)
    if rule.shown_in:
        yield "Shown in runs that are", codes(rule.shown_in)
    yield "Source", f"{marked_up(rule.source)} ({text(MARKS[rule.mark])})"
    skipping = _dialects_without(rule)
    if skipping:
        yield "Not asked in", codes(skipping)
    yield "Explain", code(f"run-contracts explain {rule.id}")


def _dialects_without(rule: Requirement) -> list[str]:
    """Return the dialects in which a requirement on servers does not hold."""
    if rule.id.startswith(CLIENT):
        return []
    return [name for name, dialect in dialects().items() if rule.id in dialect.skips]


def _server_example(rule: Requirement, shown: Shown | None) -> Iterator[str]:
    edition = newest(rule.id)
    if shown is not None:
        yield f"**Right** (edition {edition})"
        yield fence(shown.language, shown.right)
        yield f"**Wrong:** {marked_up(shown.sentence)}"
        yield fence(shown.language, shown.wrong)
        yield _report(rule, shown.where, shown.expected, shown.found)
    planted = [(one.id, one.sentence) for one in faults_of(rule.id)]
    racing = [one for one in CONCURRENT_FAULTS.values() if one.requirement == rule.id]
    planted += [(one.id, one.sentence) for one in racing]
    if planted:
        yield "**See it broken**, by a server that does only this wrong:"
        yield table(
            ("Command", "What is wrong"),
            [
                (code(f"run-contracts serve --fault {id_}"), marked_up(sentence))
                for id_, sentence in planted
            ],
        )
    yield f"**Check it alone:** {code(f'run-contracts check URL --only {rule.id}')}"


def _report(rule: Requirement, where: str, expected: str, found: str) -> str:
    """Return what a report says of the wrong one."""
    place = [("where", where)] if where else []
    said = [*place, ("expected", expected), ("found", found)]
    lines = [f"{rule.id} {rule.level}", *(f"  {label:<10}{part}" for label, part in said)]
    return f"A report says:\n\n{fence('text', chr(10).join(lines))}"


def _client_example(rule: Requirement, shown: ClientExample) -> Iterator[str]:
    if shown.life:
        yield f"A life is played to both clients: {marked_up(shown.life)}"
    yield "**Right**"
    yield fence("text", shown.right)
    faults = client_faults_of(rule.id)
    yield f"**Wrong:** {marked_up(faults[0].sentence)}"
    yield fence("text", shown.wrong)
    yield _report(rule, "", shown.expected, shown.found)
    if len(faults) > 1:
        yield "Broken as well by clients of which this is so:"
        yield "\n".join(f"- {marked_up(fault.sentence)}" for fault in faults[1:])
    how = "run-contracts client -- COMMAND"
    judged = "" if rule.on == OUTCOME else f", and in traffic by {code('run-contracts watch')}"
    yield f"**Try a client:** {code(how)}{judged}"
