"""The requests that show what is broken, as a shell script to paste. It needs curl and Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from shlex import quote

from run_contracts.contract.lifecycle import lifecycle
from run_contracts.contract.requirements import EDITIONS
from run_contracts.events import Decided
from run_contracts.report.answer_words import no_answer
from run_contracts.traffic.exchange import Exchange
from run_contracts.traffic.recipe import Placeholder, RecipeStep, Template, recipe
from run_contracts.traffic.shell import SECRET_NAME, in_double

Header = tuple[str, str]
PREAMBLE = """\
url=${{URL:-{base}}}
answers=$(mktemp -d)
trap 'rm -rf "$answers"' EXIT

send() {{ # NUMBER METHOD PATH OPTION...: send a request, keep its answer and show it
  number=$1 method=$2 path=$3; shift 3
  echo "# $number $method $path"
  touch "$answers/$number"
  curl -sSNg --path-as-is -o "$answers/$number" -X "$method" "$url$path"{shared} "$@"
  cat "$answers/$number"; echo
}}
look_until() {{ # STATUSES NUMBER METHOD PATH OPTION...: send until the run has such a status
  statuses=$1; shift
  for try in $(seq 40); do
    send "$@"
    grep -Eq '"status": ?"('"$statuses"')"' "$answers/$1" && break
    sleep 0.25
  done
}}
pick() {{ # NUMBER PART KEY...: an id out of an answer, as soon as it has come
  python3 - "$answers/$1" "$@" <<'END'
import json, sys, time
file, _, part, *keys = sys.argv[1:]
for _ in range(100):
    text = open(file, encoding="utf-8", errors="replace").read()
    frames = [line[5:].strip() for line in text.splitlines() if line.startswith("data:")]
    try:
        value = json.loads((frames or [text])[int(part)])
        for key in keys:
            value = value[int(key)] if isinstance(value, list) else value[key]
    except (ValueError, LookupError, TypeError):
        time.sleep(0.1)
    else:
        print(value)
        break
END
}}
"""
TERMINAL_STATUSES = lifecycle(EDITIONS[-1]).terminal


def script(base: str, verdict: Decided, exchanges: Iterable[Exchange]) -> str:
    """Return a script that sends again what leads to the violation of a verdict.

    `exchanges` are all those of the check of the target at a base URL; the script takes
    another from the variable URL, and secrets from those they came from.
    """
    wanted = [one for one in exchanges if one.number in verdict.sequence]
    shown_in = [one for one in wanted if one.number == verdict.broken[0].exchange]
    answer = next(filter(None, map(no_answer, shown_in)), "")
    return "\n".join(_lines(base, verdict, recipe(base, wanted), answer)) + "\n"


def _lines(
    base: str, verdict: Decided, steps: tuple[RecipeStep, ...], answer: str
) -> Iterator[str]:
    shared = set.intersection(*(set(step.headers) for step in steps)) if steps else set()
    secrets = {
        name for step in steps for _, value in step.headers for name in SECRET_NAME.findall(value)
    }
    first = verdict.broken[0]
    yield "#!/bin/sh"
    yield f"# {verdict.requirement}: {_line(verdict.sentence)}"
    yield f"# expected: {_line(first.expected)}"
    yield f"# found: {_line(first.found)}"
    if answer:
        yield f"# {_line(answer)}"
    if secrets:
        yield f"# set before: {', '.join(sorted(secrets))}"
    options = "".join(f" \\\n    {option}" for option in map(_header, sorted(shared)))
    yield PREAMBLE.format(base=in_double(base), shared=options)
    for step in steps:
        yield from _step(step, shared)


def _line(text: str) -> str:
    return " ".join(text.split())


def _step(step: RecipeStep, shared: set[Header]) -> Iterator[str]:
    """Yield the lines of one step: the request, and the ids its answer gives."""
    call = " ".join(_words(step, shared))
    if step.await_status is not None and not step.race:
        call = f"look_until '{'|'.join(sorted({step.await_status, *TERMINAL_STATUSES}))}' {call}"
    else:
        call = f"send {call}"
    yield f"{call} &" if step.race == "begins" else call
    if step.race == "begins":
        yield f'until [ -e "$answers/{step.number}" ]; do sleep 0.1; done'
    for capture in step.captures:
        keys = " ".join(quote(str(key)) for key in capture.pointer)
        yield f"{capture.name}=$(pick {step.number} {capture.part} {keys})"
    if step.race == "ends":
        yield "wait"


def _words(step: RecipeStep, shared: set[Header]) -> Iterator[str]:
    """Yield the number, the method, the path, and the options of curl that are a step's own."""
    yield str(step.number)
    yield step.method
    yield f'"{_in_double(step.path)}"'
    yield from (_header(header) for header in step.headers if header not in shared)
    if step.body and not any(name.lower() == "content-type" for name, _ in step.headers):
        yield "-H 'Content-Type:'"  # curl would say that it sends a form
    if step.body:
        yield f"--data-raw {_in_single(step.body)}"


def _header(header: Header) -> str:
    """Return the option for a header; the names of secrets in it are left to be expanded."""
    pieces = SECRET_NAME.split(": ".join(header))
    return f'-H "{"".join(p if SECRET_NAME.fullmatch(p) else in_double(p) for p in pieces)}"'


def _in_double(text: Template) -> str:
    """Return a text as it stands between double quotes."""
    return "".join(
        f"${{{part.name}}}" if isinstance(part, Placeholder) else in_double(part) for part in text
    )


def _in_single(text: Template) -> str:
    """Return a text as a word of single quotes, with double ones around its placeholders."""
    return "".join(
        f'"${{{part.name}}}"' if isinstance(part, Placeholder) else _single(part) for part in text
    )


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
