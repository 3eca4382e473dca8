"""The catalogue has every requirement, each with an example that is right and one that is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache

import pytest
from website.reference import requirement_pages
from website.reference.client_examples import client_examples, made
from website.reference.markdown import marked_up, text
from website.reference.requirement_pages import area_page, areas

from run_contracts.contract.requirements import CLIENT, EDITIONS, client_register, register
from run_contracts.server.faults import SERVED_FAULTS
from tests.faulty_clients.client_faults import FAULTS, of_requirement

KNOWN = {
    rule.id: rule
    for edition in EDITIONS
    for known in (register, client_register)
    for rule in known(edition).values()
}
"""Every requirement of both registers."""
NO_EXAMPLE: dict[str, str] = {}
"""The requirements of which no example can be made, each with the reason."""
AREAS = list(dict.fromkeys(rule.area for rule in KNOWN.values()))
DIGITS = re.compile(r"\d+(\.\d+)?")
BUILD = """
import hashlib
from website.reference import pages
for name, page in sorted(pages().items()):
    print(name, hashlib.sha256(page.encode()).hexdigest())
"""


@cache
def _parts(area: str) -> dict[str, str]:
    """Return what the page of an area says of each requirement, by its heading."""
    sections = area_page(area, areas()[area]).split("\n## ")[1:]
    return {part.partition("\n")[0]: part for part in sections}


@pytest.mark.parametrize("area", AREAS)
def test_each_requirement_is_on_the_page_of_its_area(area: str) -> None:
    """Under its id as the heading, with level, sentence, source, reason and editions."""
    rules = {id_: rule for id_, rule in KNOWN.items() if rule.area == area}
    parts = _parts(area)
    assert sorted(parts) == sorted(rules)
    for id_, rule in rules.items():
        assert f"**{rule.level}** {marked_up(rule.sentence)}" in parts[id_]
        assert marked_up(rule.source) in parts[id_]
        assert marked_up(rule.why) in parts[id_]
        assert all(f"<code>{edition}</code>" in parts[id_] for edition in rule.editions)


@pytest.mark.parametrize("area", AREAS)
def test_each_requirement_has_something_right_and_something_wrong(area: str) -> None:
    """And what a report says of the wrong: the three differ, unless no example can be made."""
    for id_, part in _parts(area).items():
        if id_ in NO_EXAMPLE:
            assert "**Right**" not in part
            continue
        right, wrong, report, *_ = re.findall(r"(`{3,})\w+\n(.*?)\n\1", part, re.DOTALL)
        assert right[1].strip() != wrong[1].strip(), id_
        assert report[1].startswith(f"{id_} {KNOWN[id_].level}"), id_
        assert re.search(r"\n  expected +\S.*\n  found +\S", report[1], re.DOTALL), id_


@pytest.mark.parametrize("area", AREAS)
def test_each_requirement_names_the_faults_that_break_it(area: str) -> None:
    """Those of the reference server, or of the small client."""
    for id_, part in _parts(area).items():
        served = [one for one in SERVED_FAULTS.values() if one.requirement == id_]
        assert all(f"--fault {one.id}</code>" in part for one in served)
        assert all(marked_up(FAULTS[one].sentence) in part for one in of_requirement(id_))
        assert f"explain {id_}</code>" in part


def test_the_index_lists_every_requirement_once() -> None:
    """With a link to where it stands, its level and its sentence."""
    rows = re.findall(
        r"^\| \[(\S+)\]\((\S+)\.md#(\S+)\).*? \| (\S+) \| (.*) \|$",
        requirement_pages.index_page(),
        re.MULTILINE,
    )
    listed = {id_: (area, anchor, level) for id_, area, anchor, level, _ in rows}
    wanted = {id_: (one.area, id_.lower(), one.level) for id_, one in KNOWN.items()}
    assert listed == wanted
    assert len(rows) == len(wanted)


def test_what_has_no_example_is_a_requirement() -> None:
    """So the list of excuses does not outlive them."""
    assert NO_EXAMPLE.keys() <= KNOWN.keys()


def test_each_client_requirement_has_a_committed_example() -> None:
    """Of a fault that breaks it, with texts that are not empty."""
    clients = [id_ for id_ in KNOWN if id_.startswith(CLIENT)]
    assert sorted(client_examples()) == sorted(clients)
    for id_, shown in client_examples().items():
        assert shown.fault == of_requirement(id_)[0]
        assert all((shown.right, shown.wrong, shown.found, shown.expected))


@pytest.mark.parametrize("requirement", ["CLIENT-BODY-002", "CLIENT-LIST-003", "CLIENT-END-003"])
def test_a_committed_example_is_as_it_would_be_made_now(requirement: str) -> None:
    """But for numbers: how often it polled, what time it was, and what port it asked."""
    now, then = made(requirement), client_examples()[requirement]
    assert now.fault == then.fault
    assert now.life == then.life
    for name in ("found", "expected"):
        assert _without_numbers(getattr(now, name)) == _without_numbers(getattr(then, name))
    for name in ("right", "wrong"):
        assert _requests(getattr(now, name)) == _requests(getattr(then, name))


def _without_numbers(value: str) -> str:
    return DIGITS.sub("0", value)


def _requests(value: str) -> list[str]:
    """Return the lines of an example without polls, of which there may be more or fewer."""
    lines = value.splitlines()
    return [_without_numbers(line) for line in lines if not line.startswith("GET ")]


@pytest.mark.slow
def test_two_builds_give_the_same_bytes() -> None:
    """Also where Python orders its sets in another manner."""
    first, second = (_built(hash_seed).splitlines() for hash_seed in ("1", "2"))
    assert sorted({*first} ^ {*second}) == []


def _built(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BUILD],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    return done.stdout


def test_texts_of_requirements_are_quoted() -> None:
    """A sentence is data: what is markup in it is shown, and never read."""
    assert text("<b> *a* [x](y) | `c`") == (
        "&#60;b&#62; &#42;a&#42; &#91;x&#93;(y) &#124; &#96;c&#96;"
    )
