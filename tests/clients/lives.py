"""Play lives to the examples on real SDKs: ``python -m tests.clients.lives [NAME ...] [--quick]``.

Each of `examples/clients` is run in the environment of a client. One that is right must hold; of
openai 1.26.0 it must be found that it never comes back from a run that is incomplete.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from run_contracts.conduct.client_check import check_client, client_plan
from run_contracts.events import Decided, Result
from tests.clients.environments import installed, is_possible
from tests.clients.known_clients import CLIENTS

EXAMPLES = Path(__file__).parents[2] / "examples" / "clients"
BROKEN = {"openai-python-1-26": {"CLIENT-END-001"}}
"""What is to be found of clients that are not right."""
PROGRAMS = {
    "openai-python-1-26": ("openai_polling.py",),
    "openai-python-2": ("openai_polling.py", "openai_streaming.py"),
    "openai-python-3": ("openai_polling.py", "openai_streaming.py"),
    "openai-npm-6": ("openai_polling.mjs",),
    "openai-npm-7": ("openai_polling.mjs",),
}
QUICK_CLIENTS = ("openai-python-1-26", "openai-python-3", "openai-npm-7")
QUICK_LIVES = ("completes", "incomplete", "expires", "calls-two", "unknown-fields", "fails-once")


def main(arguments: Sequence[str]) -> int:
    """Try the clients that are named, or all; return 1 if one is not judged as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.clients.lives", description=__doc__)
    parser.add_argument("clients", nargs="*", metavar="NAME", help=", ".join(PROGRAMS))
    parser.add_argument("--quick", action="store_true", help="few clients, and few lives")
    asked = parser.parse_args(arguments)
    chosen = asked.clients or (QUICK_CLIENTS if asked.quick else list(PROGRAMS))
    unknown = [name for name in chosen if name not in PROGRAMS]
    if unknown:
        parser.error(f"no client {unknown[0]!r}; there are {', '.join(PROGRAMS)}")
    lives = QUICK_LIVES if asked.quick else ()
    verdicts = [
        _is_as_it_must_be(name, program, lives) for name in chosen for program in PROGRAMS[name]
    ]
    return 0 if all(verdicts) else 1


def _is_as_it_must_be(name: str, program: str, lives: Sequence[str]) -> bool:
    """Play lives to one program, and print what is broken."""
    client = CLIENTS[name]
    if not is_possible(client):
        _say(f"{name} is left out: there is no npm")
        return True
    environment = installed(client)
    file = EXAMPLES / program
    if client.installer == "npm":
        # Node looks for packages beside the program.
        file = Path(shutil.copy(file, environment.folder))
    quiet = ("-W", "ignore") if client.installer == "pip" else ()
    began = time.monotonic()
    command = (*environment.start, *quiet, str(file), "{url}", "{key}")
    events = list(check_client(client_plan(command, lives=lives)))
    broken = {
        event.requirement
        for event in events
        if isinstance(event, Decided) and event.result == Result.FAIL
    }
    wanted = BROKEN.get(name, set())
    is_right = wanted <= broken if wanted else not broken
    seen = ", ".join(sorted(broken)) or "no complaint"
    sign = "" if is_right else f", expected {', '.join(wanted) or 'no complaint'}"
    _say(f"{client.title}, {program}: {seen} in {time.monotonic() - began:.0f} s{sign}")
    return is_right


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what it is for


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
