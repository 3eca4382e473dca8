"""Lives as people write them down, each part checked at once: a wrong one names the nearest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from run_contracts.conduct.written_ends import failure, incomplete_reasons, token_counts
from run_contracts.conduct.written_steps import Steps, built_in_calls
from run_contracts.contract.lifecycle import REQUIRES_ACTION
from run_contracts.errors import UsageError
from run_contracts.filesystem.single_line import word
from run_contracts.making.call_parts import Calls, parts_of_rounds
from run_contracts.server.given_values import as_given, whole_text
from run_contracts.server.lives.life import Life, PlannedCall, PlannedFailure, TokenCounts, life
from run_contracts.server.lookup import check_known
from run_contracts.server.troubles.amounts import duration


def written_life(  # noqa: PLR0913 - what a life may be
    statuses: Sequence[str],
    *,
    calls: Mapping[str, Any] | Calls | None = None,
    reply: str | None = None,
    usage: tuple[int, int] | Mapping[str, int] | None = None,
    last_error: str | tuple[str, str] | Mapping[str, str] | None = None,
    incomplete_reason: str | None = None,
    cites: Sequence[str] = (),
    steps: Steps = (),
    queue_seconds: float | None = None,
    work_seconds: float | None = None,
) -> Life:
    """Return the life that is written down; raise `UsageError` for what no run can do.

    >>> str(written_life(["requires_action", "completed"], calls={"weather": {"city": "Oslo"}}))
    'requires_action -> completed'
    """
    given: Sequence[object] = statuses
    for status in given:
        if isinstance(status, list | tuple):
            raise UsageError(
                f"{as_given(status)} is no status; give several as arguments, "
                "next_run('requires_action', 'completed')"
            )
    if reply is not None:
        whole_text("reply", reply, may_be_empty=True)
    if incomplete_reason is not None:
        check_known("incomplete_reason", incomplete_reason, incomplete_reasons())
    rounds = rounds_of_calls(calls)
    _refuse_ids_of_several_rounds(rounds, statuses.count(REQUIRES_ACTION))
    return life(
        statuses,
        rounds=rounds,
        built_in=built_in_calls(steps),
        reply=reply,
        cites=file_ids(cites),
        usage=None if usage is None else TokenCounts(*token_counts(usage)),
        failure=None if last_error is None else PlannedFailure(*failure(last_error)),
        limit=incomplete_reason,
        queue_seconds=seconds("queue_seconds", queue_seconds),
        work_seconds=seconds("work_seconds", work_seconds),
    )


def rounds_of_calls(calls: Any) -> tuple[tuple[PlannedCall, ...], ...]:
    """Return the calls of each round, also of mappings from names to arguments.

    >>> rounds_of_calls({"weather": {"city": "Oslo"}})
    ((PlannedCall(name='weather', arguments='{"city": "Oslo"}', id=None),),)
    >>> [len(calls) for calls in rounds_of_calls([{"a": {}, "b": {}}, ["c"]])]
    [2, 1]
    """
    if calls is None:
        return ()
    if isinstance(calls, Mapping):
        calls = [list(calls.items())]
    elif isinstance(calls, Sequence) and not isinstance(calls, str):
        calls = [list(each.items()) if _is_round(each) else each for each in calls]
    rounds = tuple(
        tuple(_planned_call(parts) for parts in parts_of_round)
        for parts_of_round in _parts_of_rounds(calls)
    )
    if any(not each for each in rounds):
        raise UsageError("calls has a round without any; a run requires action for at least one")
    ids = [call.id for each in rounds for call in each if call.id is not None]
    if len(ids) > len(set(ids)):
        raise UsageError(f"calls share an id; those given are {', '.join(map(word, ids))}")
    return rounds


def _parts_of_rounds(calls: Any) -> tuple[tuple[dict[str, Any], ...], ...]:
    try:
        return parts_of_rounds(calls)
    except ValueError:  # of a number with more digits than Python writes
        raise UsageError("calls hold a number of too many digits; give a shorter one") from None


def _planned_call(parts: Mapping[str, Any]) -> PlannedCall:
    """Return a call of these parts; raise `UsageError` for texts that none can have."""
    name = whole_text("the name of a call", parts["name"])
    if parts.get("id") is not None:
        whole_text(f"the id of the call {word(name)}", parts["id"])
    if parts.get("arguments") is not None:
        whole_text(f"arguments of {word(name)}", parts["arguments"], may_be_empty=True)
    return PlannedCall(**parts)


def _refuse_ids_of_several_rounds(
    rounds: Sequence[Sequence[PlannedCall]], times_asked: int
) -> None:
    """Raise `UsageError` if a call that is made in several rounds has an id: ids are of one."""
    given = [call.id for call in rounds[-1] if call.id is not None] if rounds else []
    if given and len(rounds) < times_asked:
        raise UsageError(
            f"the call {word(given[0])} would come in several rounds, and an id is of one; give "
            "calls as a list of lists, one for each 'requires_action'"
        )


def _is_round(value: Any) -> bool:
    """Tell whether a value maps names of functions to arguments; a call has a name of its own."""
    return isinstance(value, Mapping) and not isinstance(value.get("name"), str)


def file_ids(cites: Any) -> tuple[str, ...]:
    """Return the ids of the files that a reply cites."""
    if isinstance(cites, str | Mapping) or not isinstance(cites, Iterable):
        raise UsageError(f"cites is {as_given(cites)}; give a list of ids of files")
    return tuple(whole_text("an id of cites", id_) for id_ in cites)


def seconds(name: str, given: Any) -> float | None:
    """Return a time that a life takes, or None; raise `UsageError` for what is none."""
    return None if given is None else duration(name, given)
