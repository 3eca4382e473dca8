"""The requests that show what is broken, as a shell script to paste. It needs curl and Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.requirements import EDITIONS
from run_contracts.events import Decided
from run_contracts.report import sanitizing
from run_contracts.report.answer_words import no_answer
from run_contracts.traffic.base_urls import IN_PROCESS
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.recipe import Placeholder, RecipeStep, Template, recipe
from run_contracts.traffic.shell import quoted, secret_of, sent_header

Header = tuple[str, str]
TERMINAL_STATUSES = lifecycle(EDITIONS[-1]).terminal
DEFAULT = """\
url=${URL:-}
[ -n "$url" ] || url="""
DEMAND = "url=${URL:?set it to the base URL to send to}"
"""How a script begins that is made of a file, where no person named a base URL."""
OF_AN_APPLICATION = "url=${URL:?serve the application, and set it to its base URL}"
"""The same where what was checked had no address, for it was in the process of the check."""
AS_TEXT = "_text"
"""What the name of an id has behind it where it stands for it in JSON."""


def script(
    base: str, verdict: Decided, exchanges: Iterable[Exchange], *, url: str | None = None
) -> str:
    """Return a script that sends again what leads to the violation of a verdict.

    `exchanges` are all those of the check of the target at a base URL. The script sends to `url`,
    or to the same one, but for a base URL in the variable URL; where `url` is empty, or the target
    was an application in the process of the check, that has to be set. Secrets it takes from the
    variables that they came from.
    """
    wanted = [one for one in exchanges if one.number in verdict.sequence]
    shown_in = [one for one in wanted if one.number == verdict.broken[0].exchange]
    answer = next(filter(None, map(no_answer, shown_in)), "")
    lines = _lines(_address(base, url), recipe(base, wanted))
    return "\n".join([*_head(verdict, answer), *lines, ""])


def _address(base: str, url: str | None) -> str:
    """Return the line of a script that says where it sends."""
    if url == "":
        return DEMAND
    if url is None and base.startswith(IN_PROCESS):
        return OF_AN_APPLICATION
    return DEFAULT + quoted(base if url is None else url)


def _head(verdict: Decided, answer: str) -> Iterator[str]:
    """Yield what the script is about, in comments."""
    first = verdict.broken[0]
    yield "#!/bin/sh"
    yield _comment(f"{verdict.requirement}: {verdict.sentence}")
    yield _comment(f"expected: {first.expected}")
    yield _comment(f"found: {first.found}")
    if answer:
        yield _comment(answer)


def _comment(text: str) -> str:
    return f"# {sanitizing.line(' '.join(text.split()))}"


def _lines(address: str, steps: tuple[RecipeStep, ...]) -> Iterator[str]:
    """Yield what is done, after what it takes."""
    shared = set.intersection(*(set(step.headers) for step in steps)) if steps else set()
    secrets = {secret_of(value) for step in steps for _, value in step.headers} - {""}
    if secrets:
        yield f"# set before: {', '.join(sorted(secrets))}"
    yield address
    yield f"ended='{' '.join(sorted(TERMINAL_STATUSES))}'"
    yield _functions()
    options = "".join(f" \\\n    {option}" for option in _options(sorted(shared)))
    yield f'with_headers() {{ # COMMAND...: those that every request has\n  "$@"{options}\n}}'
    in_texts = {part for step in steps for part in step.body if isinstance(part, Placeholder)}
    for step in steps:
        yield from _step(step, shared)
        for capture in step.captures:
            keys = " ".join(_word((str(key),)) for key in capture.pointer)
            place = f"{step.number} {capture.part} {keys}"
            yield f"{capture.name}=$(pick {place}) || exit 1"
            if Placeholder(name=capture.name) in in_texts:
                yield f"{capture.name}{AS_TEXT}=$(pick_text {place}) || exit 1"
        if step.race == "ends":
            yield "wait"


@cache
def _functions() -> str:
    """Return what every script is made of; nothing is put into it."""
    own = files("run_contracts.report").joinpath("pages", "functions.sh")
    return own.read_text(encoding="utf-8")


def _step(step: RecipeStep, shared: set[Header]) -> Iterator[str]:
    """Yield the lines that send the request of one step."""
    call = " ".join(_words(step, shared))
    if step.await_status is not None and not step.race:
        call = f"look_until {_word((step.await_status,))} {call}"
    else:
        call = f"send {call}"
    yield f"{call} &" if step.race == "begins" else call
    if step.race == "begins":
        yield f'until [ -e "$answers/{step.number}" ]; do sleep 0.1; done'


def _words(step: RecipeStep, shared: set[Header]) -> Iterator[str]:
    """Yield the number, the method, the path, and the options of curl that are a step's own."""
    yield str(step.number)
    yield quoted(step.method)
    yield _word(step.path)
    yield from _options(header for header in step.headers if header not in shared)
    if step.body and not any(name.lower() == "content-type" for name, _ in step.headers):
        yield "-H 'Content-Type:'"  # curl would say that it sends a form
    if step.body:
        yield f"--data-raw {_word(step.body, AS_TEXT)}"


def _options(headers: Iterable[Header]) -> Iterator[str]:
    """Yield the options for headers."""
    words = (sent_header(name, value) for name, value in headers)
    return (f"-H {word}" for word in words if word)


def _word(text: Template, form: str = "") -> str:
    """Return a text as one word; what stands for an id is the variable of its name and a form."""
    parts = (
        f'"${{{part.name}{form}}}"' if isinstance(part, Placeholder) else _quoted(part)
        for part in text
    )
    return "".join(parts) or "''"


def _quoted(text: str) -> str:
    """Return a text as one word on one line."""
    return quoted(text).replace("\n", "${nl}")
