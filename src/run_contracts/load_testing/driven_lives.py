"""The lives that users drive: each a whole one, from the thread to the last list of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Any

from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.load_testing.meeting_place import Hand, OperationCall, at_once
from run_contracts.probes.context import ProbeContext
from run_contracts.probes.run_requests import RunValue, answers, asked_calls, said
from run_contracts.probes.running import first_id
from run_contracts.probes.shortfall import Shortfall

ROUNDS_OF_CHANGES = 3
"""How often the metadata of a shared run are changed while others read it."""
POLLS_BY_ALL = 12
"""Polls of a shared run by all who share it; after these one user waits alone."""
POLL_SECONDS = 0.1
SECOND_MESSAGE = {"role": "user", "content": "And order 8?"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeParts:
    """What a life is driven with: the user's own means, and the hands of those who share it."""

    context: ProbeContext
    hands: Sequence[Hand]
    chance: Random


Driving = Callable[[LifeParts], None]


def plain_life(parts: LifeParts) -> None:
    """Create a run, wait for its end, change it, read all there is, also by another thread."""
    context = parts.context
    run = context.new_run(context.home, metadata={"purpose": "load"})
    run = context.wait(context.read(run))
    _change(context, run, "plain")
    _read_all(context, run)
    with context.part():
        elsewhere = {"thread_id": context.elsewhere, "run_id": run["id"]}
        context.session.send("getRun", **elsewhere)
    second = context.new_run(context.home, **said("Once more."))
    context.wait(second)
    context.session.send("listRuns", thread_id=run["thread_id"])


def life_with_its_thread(parts: LifeParts) -> None:
    """Create a thread together with its run."""
    context = parts.context
    run = context.wait(context.new_thread_and_run())
    _change(context, run, "with its thread")
    _read_all(context, run)


def calling_life(parts: LifeParts) -> None:
    """Have a function called, try what the wait forbids, and submit the outputs."""
    context = parts.context
    run = context.calling_run()
    send, thread_id = context.session.send, run["thread_id"]
    send("createRun", json_body={"assistant_id": context.assistant_id}, thread_id=thread_id)
    send("createMessage", json_body=SECOND_MESSAGE, thread_id=thread_id)
    run = context.read(run)
    if run.get("status") == REQUIRES_ACTION:
        send("submitToolOutputs", json_body=answers(asked_calls(run)), of=run)
    _read_all(context, context.wait(run))


def cancelled_life(parts: LifeParts) -> None:
    """Cancel a run, and once more when it has ended."""
    context = parts.context
    run = context.new_run(context.home)
    context.session.send("cancelRun", of=run)
    run = context.after_cancel(context.read(run))
    context.session.send("cancelRun", of=run)
    _read_all(context, run)


def streamed_life(parts: LifeParts) -> None:
    """Follow a run by its events, and read afterwards what they showed."""
    context = parts.context
    run = context.new_run(context.home, stream=True)
    _read_all(context, context.wait(run))


def shared_life(parts: LifeParts) -> None:
    """Ask for runs at once, read and change the one there is at once, read alone in between."""
    context, thread_id = parts.context, parts.context.home
    body = {"assistant_id": context.assistant_id, **context.limits()}
    create: OperationCall = ("createRun", {"json_body": body, "thread_id": thread_id})
    created = _all(parts, [create])
    runs = _read_at_once(parts, [context.run_in(one) for one in created if one.shown("run")])
    for run in runs[:1]:
        _change_at_once(parts, run)
    for run in runs:
        _change_at_once(parts, _watched(parts, run))
        _read_all(context, run)


def _read_at_once(parts: LifeParts, runs: list[RunValue]) -> list[RunValue]:
    """Read runs as soon as they are there, before they can end: each by another hand."""
    calls: list[OperationCall] = [("getRun", {"of": run}) for run in runs]
    exchanges = at_once(parts.context.session, parts.hands, calls) if calls else []
    return [parts.context.run_in(one) for one in exchanges]


def _watched(parts: LifeParts, run: RunValue) -> RunValue:
    """Poll a run by all who share it until it rests; then wait for it alone, if it does not."""
    context = parts.context
    for _ in range(POLLS_BY_ALL):
        if context.rests(run):
            return run
        context.session.sleep(POLL_SECONDS)
        others: list[OperationCall] = [("getRun", {"of": run}), ("listRuns", _thread_of(run))]
        exchange, *_ = _all(parts, [("getRun", {"of": run}), *others])
        run = context.run_in(exchange)
    return context.wait(run)


def _change_at_once(parts: LifeParts, run: RunValue) -> None:
    """Change metadata while others read the run or change it, too; then read it alone."""
    for number in range(ROUNDS_OF_CHANGES):
        read: OperationCall = ("getRun", {"of": run})
        changes = [_changing(run, f"{number} by {hand}") for hand in "ab"]
        calls = [changes[0], parts.chance.choice([read, changes[1]]), read, read]
        calls = calls[: len(parts.hands) + 1]
        parts.chance.shuffle(calls)
        _all(parts, calls)
        parts.context.read(run)


def _all(parts: LifeParts, calls: Sequence[OperationCall]) -> list[Any]:
    """Send a call by everybody at once; the last one as often as there are more hands."""
    most = len(parts.hands) + 1
    repeated = [*calls, *[calls[-1]] * most][:most]
    return at_once(parts.context.session, parts.hands, repeated)


def _changing(run: RunValue, value: str) -> OperationCall:
    return "modifyRun", {"json_body": {"metadata": {"purpose": "load", "by": value}}, "of": run}


def _change(context: ProbeContext, run: RunValue, value: str) -> None:
    """Change the metadata of a run and read it again."""
    operation, parts = _changing(run, value)
    context.session.send(operation, **parts)
    context.read(run)


def _thread_of(run: RunValue) -> dict[str, Any]:
    return {"thread_id": run["thread_id"]}


def _read_all(context: ProbeContext, run: RunValue) -> None:
    """Read a run, and list it, its steps and its messages."""
    send = context.session.send
    context.read(run)
    step_id = first_id(send("listRunSteps", of=run))
    if step_id is not None:
        send("getRunStep", of=run, step_id=step_id)
    send("listRuns", **_thread_of(run))
    send("listMessages", **_thread_of(run))


LIVES_OF_ONE_USER: Mapping[Driving, int] = MappingProxyType(
    {
        plain_life: 3,
        life_with_its_thread: 1,
        calling_life: 2,
        cancelled_life: 1,
        streamed_life: 1,
    }
)
"""The lives that one user drives, each with how often it is taken beside the others."""


def chosen_life(chance: Random) -> Driving:
    """Return one of the lives that one user drives."""
    driving = chance.choices([*LIVES_OF_ONE_USER], weights=[*LIVES_OF_ONE_USER.values()])
    return driving[0]


def carried_out(driving: Driving, parts: LifeParts) -> str:
    """Drive a life as far as it goes; return what was missing for the rest, if anything."""
    try:
        parts.context.carry_out(lambda _: driving(parts))
    except Shortfall as missing:
        return str(missing)
    return ""
