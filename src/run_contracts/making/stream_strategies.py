"""Strategies of streams: what one is like is decided first, so that few draws show every kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from run_contracts.contract.lifecycle import COMPLETED, FAILED, REQUIRES_ACTION
from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.choosing import plain_plans
from run_contracts.making.forms import NULL, Choice, Drawn, Form, Make, allows_null, without_null
from run_contracts.making.generators.hypothesis import composed, strategy_of
from run_contracts.making.generators.hypothesis_arrays import Strategy
from run_contracts.making.generators.hypothesis_shapes import shapes
from run_contracts.making.lives.life_wishes import LifeWishes, possible_ends
from run_contracts.making.lives.reply import HAS_EMPTY_PIECE
from run_contracts.making.lives.stream_events import (
    HAS_ERROR,
    STREAM_ENDINGS,
    checked_stream,
    stream,
)
from run_contracts.making.lives.work import EVERYTHING, PLAIN_REPLY, REPLIES
from run_contracts.making.wishes import root_of
from run_contracts.types import JSONObject

NEW, THREAD, RESUMED = "new", "thread", "resumed"
STARTS = Choice(values=(NEW, NEW, THREAD, RESUMED))
"""How a stream begins: with a new run, with its thread, too, or after a submit."""
NOT_RESUMED = Choice(values=(NEW, THREAD))
MORE_OFTEN = 3
"""How often come an end that completes, is limited or tells an error, for each of another end."""
SHOWING = Choice(values=("cited", "file", "image", *[EVERYTHING] * 9))
"""Replies that show the work before them: mostly all of it, and by itself what shrinking leaves."""
DRAWN_REPLIES: Mapping[str, tuple[str | Choice, ...]] = {
    "v1": (*[PLAIN_REPLY] * 3, "two parts", *[SHOWING] * 3),
    "v2": (*[PLAIN_REPLY] * 5, "two parts", *["refusal"] * 4, *[SHOWING] * 7),
}
"""Replies by edition, the plainest first."""
LIMIT = "incomplete_details"


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """How a stream ends, what is wished of its run, and whether an event tells the error."""

    status: str
    wishes: LifeWishes
    tells_error: bool = False


def stream_strategy(
    contract: Contract, wishes: LifeWishes, ending: str | None, *, resumed: bool | None
) -> Strategy:
    """Return the strategy of the events of streams: of new runs, and after a submit."""
    endings = [end for end in STREAM_ENDINGS if end in contract.lifecycle.statuses]
    if ending is None:
        possible = possible_ends(contract, wishes)
        endings = [end for end in endings if end in possible and _may_end(contract, end, wishes)]
    else:
        endings = [ending]
    if not endings:
        raise UsageError("no stream can be about all that is fixed; leave something out")
    for end in endings:
        checked_stream(contract, end, wishes, resumed=resumed)
    starts = STARTS if resumed is None and wishes.rounds is None else NOT_RESUMED
    ends = [end for status in endings for end in _ends_in(contract, status, wishes)]
    shape = Drawn(source=shapes(ends, DRAWN_REPLIES[contract.edition]))

    def build(draw: Make) -> list[JSONObject]:
        end, said = draw(shape)
        reply = draw(said) if isinstance(said, Choice) else said
        make = _deciding(draw, contract.edition, end, reply)
        start = make(starts)
        goes_on = True if start == RESUMED else resumed
        answered = len(wishes.rounds or ()) - (end.status == REQUIRES_ACTION)
        is_new = start == THREAD and not goes_on and answered <= 0
        return stream(contract, make, end.status, end.wishes, resumed=goes_on, with_thread=is_new)

    return composed(build)


def _deciding(draw: Make, edition: str, end: _End, reply: str) -> Make:
    """Return a generator that has decided some forms, and draws the others."""
    decided: dict[Form, Any] = {REPLIES[edition]: reply, HAS_ERROR: end.tells_error}
    if reply == EVERYTHING:
        decided[HAS_EMPTY_PIECE] = True

    def make(form: Form) -> Any:
        return decided[form] if form in decided else draw(form)

    return make


def _may_end(contract: Contract, end: str, wishes: LifeWishes) -> bool:
    try:
        checked_stream(contract, end, wishes, resumed=None)
    except UsageError:
        return False
    return True


def _ends_in(contract: Contract, status: str, wishes: LifeWishes) -> Iterator[_End]:
    """Yield how streams end in a status, those more often that no other status shows."""
    plain = _End(status=status, wishes=wishes)
    yield from [plain] * (MORE_OFTEN if status == COMPLETED else 1)
    if status == COMPLETED:
        yield from [replace(plain, wishes=one) for one in _limited(contract, wishes)] * MORE_OFTEN
    if status == FAILED:
        yield from [replace(plain, tells_error=True)] * MORE_OFTEN


def _limited(contract: Contract, wishes: LifeWishes) -> Sequence[LifeWishes]:
    """Return the wishes for a run that completes at a limit, as those of v1 may; none if fixed."""
    plan, *_ = plain_plans(contract, "run", COMPLETED)
    form = plan.form.fields.get(LIMIT, NULL)
    limit = without_null(form)
    if limit is None or not allows_null(form) or LIMIT in map(root_of, wishes.passing):
        return ()
    return (replace(wishes, drawn={LIMIT: strategy_of(limit), **wishes.drawn}),)
