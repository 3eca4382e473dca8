"""An example for each requirement on clients, committed: the small client, right and wrong.

What exchanges decide is shown by the requests of each of the two to a server, what only a trial
decides by a life that is played to both, and by what they say in the end. Both take time that
passes, so they are made by a command, ``python -m website.reference.client_examples``, which
writes `EXAMPLES_FILE`, or in it those of the requirements that are named. A test makes some anew.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from tests.conduct.playing import SHOWN_IN, small_client
from tests.faulty_clients.client_faults import FAULTS, ClientFault, of_requirement
from tests.faulty_clients.recorded_server import outcomes_of, seen_by

from run_contracts.checks import Outcome
from run_contracts.checks.registry import raised
from run_contracts.conduct import life_verdicts
from run_contracts.conduct.client_command import DEFAULT_TIME_LIMIT, ClientCommand
from run_contracts.conduct.life_trial import LifeTrial, tried
from run_contracts.conduct.played_lives import PLAYED_LIVES
from run_contracts.contract.requirements import EDITIONS, OUTCOME, Requirement, client_register
from run_contracts.errors import HarnessError
from run_contracts.testing import RunServer
from run_contracts.traffic.exchange import Exchange
from run_contracts.validation.found import shown
from run_contracts.validation.violation import Violation
from website.reference.conversations import all_in_lines, finished, request_in_full

EXAMPLES_FILE = Path(__file__).with_name("examples.json")
EDITION = EDITIONS[-1]
TRIED_AGAIN = "client-retry"
"""The area of the rules on one exchange that only those before it explain."""
BASE_URL = re.compile(r"http://127\.0\.0\.1(:\d+)?/v1")
FOR_EVER = 8.0
"""Seconds after which a client that goes on for ever is stopped."""
MOST_TRIES = 3
"""How often a client is started to show its fault."""
WORDS_SHOWN = 400
"""Characters of what a client says that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientExample:
    """What a right client and one with a fault do, and what a report says of the second."""

    fault: str
    right: str
    wrong: str
    found: str
    expected: str
    life: str = ""


@cache
def client_examples() -> Mapping[str, ClientExample]:
    """Return the committed examples, by the id of their requirement."""
    data = json.loads(EXAMPLES_FILE.read_text(encoding="utf-8"))
    return {requirement: ClientExample(**row) for requirement, row in data.items()}


def client_faults_of(requirement: str) -> list[ClientFault]:
    """Return the faults of the small client that break a requirement, the plainest first."""
    return [FAULTS[name] for name in of_requirement(requirement)]


def made(requirement: str) -> ClientExample:
    """Return the example of a requirement, made now.

    On a machine that has much to do, a client may not come to show its fault at once. Raises
    `HarnessError` if it never does.
    """
    for _ in range(MOST_TRIES - 1):
        with suppress(HarnessError):
            return _made_once(requirement)
    return _made_once(requirement)


def _made_once(requirement: str) -> ClientExample:
    rule = client_register(EDITION)[requirement]
    fault = of_requirement(requirement)[0]
    return _of_outcome(rule, fault) if rule.on == OUTCOME else _of_exchanges(rule, fault)


def _of_exchanges(rule: Requirement, fault: str) -> ClientExample:
    """Show the requests of both clients to a server, and in full the one that matters."""
    streams = FAULTS[fault].streams
    wrong = seen_by(fault, streams=streams, for_ever=FOR_EVER)
    broken = [one for one in outcomes_of(wrong) if one.violation is not None]
    outcome = next((one for one in broken if one.requirement == rule.id), None)
    if outcome is None:
        raise _unseen(rule, fault)
    right = seen_by("", streams=streams, trouble_of=fault)
    held = [one for one in outcomes_of(right) if one.requirement == rule.id]
    assert outcome.violation is not None  # noqa: S101 - it was chosen for it
    exchanges = _requests(wrong, rule, outcome.exchange, outcome.violation.pointer)
    shown_wrong, found, expected = finished(exchanges, *_said(outcome.violation))
    return ClientExample(
        fault=fault,
        right=finished(_requests(right, rule, _alike(held, outcome)))[0],
        wrong=shown_wrong,
        found=found,
        expected=expected,
    )


def _alike(held: Sequence[Outcome], wrong: Outcome) -> Exchange | None:
    """Return what shows that the requirement holds, by the same operation if there is one."""
    every = [one.exchange for one in held]
    same = [one for one in every if one.operation_id == wrong.exchange.operation_id]
    return next(iter([*same, *every]), None)


def _requests(
    server: RunServer, rule: Requirement, exchange: Exchange | None, pointer: str | None = None
) -> str:
    """Return the requests to a server in lines; of rules on one exchange, also that in full."""
    exchanges = [one.exchange for one in server.requests]
    if rule.on == "exchange" and rule.area != TRIED_AGAIN and exchange is not None:
        return request_in_full(exchange, pointer)
    return all_in_lines(exchanges, None if pointer is None else exchange, exchange)


def _of_outcome(rule: Requirement, fault: str) -> ClientExample:
    """Show a life that was played to both clients, and what each said of it."""
    wrong = _played(fault, fault)
    every = life_verdicts.outcomes_of(wrong, raised)
    broken = [one.violation for one in every if one.requirement == rule.id]
    violation = next((one for one in broken if one is not None), None)
    if violation is None:
        raise _unseen(rule, fault)
    shown_wrong, found, expected = finished(_life_shown(wrong), *_said(violation))
    return ClientExample(
        fault=fault,
        right=finished(_life_shown(_played("", fault)))[0],
        wrong=shown_wrong,
        found=found,
        expected=expected,
        life=wrong.played.sentence,
    )


def _played(fault: str, shown_by: str) -> LifeTrial:
    words = ["--stream"] if FAULTS[shown_by].streams else []
    words += ["--fault", fault] if fault else []
    command = ClientCommand(arguments=small_client(*words), time_limit=DEFAULT_TIME_LIMIT)
    return tried(command, PLAYED_LIVES[SHOWN_IN[shown_by]])


def _life_shown(trial: LifeTrial) -> str:
    """Return the requests of a life in lines, and what its client printed at the end."""
    if trial.ran.is_stopped:
        end = "(it goes on, and says nothing)"
    else:
        printed = trial.ran.stdout.strip() or trial.ran.stderr.strip().splitlines()[-1]
        end = f"says: {printed[:WORDS_SHOWN]}"
    return f"{all_in_lines(trial.exchanges)}\n\n{end}"


def _said(violation: Violation) -> tuple[str, str]:
    """Return what was found and expected, without the port, which is another each time."""
    return BASE_URL.sub("", shown(violation.found)), violation.expected


def _unseen(rule: Requirement, fault: str) -> HarnessError:
    """Return what is wrong where a client with a fault was not seen to break its requirement."""
    return HarnessError(f"the client with the fault {fault} was not seen to break {rule.id}")


def write(requirements: Sequence[str] = (), place: Path = EXAMPLES_FILE) -> None:
    """Make examples, all or those of some requirements, and write them as they are committed."""
    known = client_register(EDITION)
    rows = {}
    for requirement in known:
        is_kept = bool(requirements) and requirement not in requirements
        rows[requirement] = asdict(client_examples()[requirement] if is_kept else made(requirement))
    text = json.dumps(rows, indent=1, ensure_ascii=False)
    place.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(sys.argv[1:])
