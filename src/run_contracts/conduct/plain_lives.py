"""Plain lives: every end that a run may come to, and every way to call functions."""

from __future__ import annotations

from run_contracts.conduct.played_life import NEEDS_FUNCTIONS, PlayedLife
from run_contracts.contract.lifecycle import (
    CANCELLED,
    COMPLETED,
    EXPIRED,
    FAILED,
    INCOMPLETE,
    REQUIRES_ACTION,
)
from run_contracts.server.lives.life import PlannedCall, PlannedFailure, TokenCounts


def _calls(*places: int) -> tuple[PlannedCall, ...]:
    """Return a round of calls, of the functions at these places."""
    return tuple(map(PlannedCall, places))


_UNDISTURBED = (
    PlayedLife(id="completes", sentence="The run completes.", status=COMPLETED),
    PlayedLife(id="fails", sentence="The run fails: server_error.", status=FAILED),
    PlayedLife(
        id="fails-by-rate",
        sentence="The run fails: rate_limit_exceeded.",
        status=FAILED,
        options={"failure": PlannedFailure("rate_limit_exceeded", "Too many tokens a minute.")},
    ),
    PlayedLife(id="incomplete", sentence="The run hits a limit of tokens.", status=INCOMPLETE),
    PlayedLife(
        id="incomplete-by-prompt",
        sentence="The run hits the limit of its prompt.",
        status=INCOMPLETE,
        options={"limit": "max_prompt_tokens", "usage": TokenCounts(900, 0)},
    ),
    PlayedLife(id="expires", sentence="The run expires while it is at work.", status=EXPIRED),
    PlayedLife(
        id="cancelled",
        sentence="Somebody else cancels the run; it is cancelling for a while.",
        status=CANCELLED,
    ),
    PlayedLife(
        id="waits-long",
        sentence="The run is in the queue for two seconds.",
        status=COMPLETED,
        options={"queue_seconds": 2.0},
    ),
    PlayedLife(
        id="uses-tools",
        sentence="The run uses built-in tools, and its message cites a file.",
        status=COMPLETED,
        options={
            "built_in": [{"type": "file_search", "file_search": {}}],
            "cites": ["file-abc123"],
        },
    ),
)
_CALLED = tuple(
    PlayedLife(
        id=id_, sentence=sentence, status=status, rests=rests, rounds=rounds, needs=NEEDS_FUNCTIONS
    )
    for id_, sentence, status, rests, rounds in (
        ("calls", "The run calls a function.", COMPLETED, (REQUIRES_ACTION,), (_calls(0),)),
        (
            "calls-two",
            "The run calls two functions at once.",
            COMPLETED,
            (REQUIRES_ACTION,),
            (_calls(0, 1),),
        ),
        (
            "calls-one-thrice",
            "The run calls one function three times at once.",
            COMPLETED,
            (REQUIRES_ACTION,),
            (_calls(0, 0, 0),),
        ),
        (
            "calls-again",
            "The run calls once more when it has its outputs.",
            COMPLETED,
            (REQUIRES_ACTION, REQUIRES_ACTION),
            (_calls(0), _calls(0, 1)),
        ),
        *(
            (
                f"calls-then-{end}",
                f"The run is {end} when it has its outputs."
                if end != FAILED
                else "The run fails when it has its outputs.",
                end,
                (REQUIRES_ACTION, end),
                (_calls(0),),
            )
            for end in (FAILED, INCOMPLETE, EXPIRED, CANCELLED)
        ),
    )
)
_ODD_CALLS = (
    PlayedLife(
        id="calls-oddly",
        sentence="The run calls with arguments that are no JSON, as models may.",
        status=COMPLETED,
        rests=(REQUIRES_ACTION,),
        rounds=((PlannedCall(0, ""), PlannedCall(0, '{"city": "Os')),),
        needs=NEEDS_FUNCTIONS,
        may_give_up=True,
    ),
)
PLAIN_LIVES = (*_UNDISTURBED, *_CALLED, *_ODD_CALLS)
"""The lives in which nothing is odd but the end."""
