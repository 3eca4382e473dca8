"""Typical streams: the events of a plain run, whose every choice is made beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.making.forms import Choice, Form, is_truth
from run_contracts.making.generators.typical import typical
from run_contracts.making.lives.life_wishes import life_wishes
from run_contracts.making.lives.stream_events import stream
from run_contracts.making.typical_objects import typical_nature
from run_contracts.types import JSONObject


def typical_stream(  # noqa: PLR0913 - what a stream may be of
    contract: Contract,
    ending: str,
    *,
    resumed: bool | None = None,
    with_thread: bool = False,
    chosen: Sequence[Any] = (),
    fixed: Mapping[str, Any] | None = None,
    **said: Any,
) -> list[JSONObject]:
    """Return the events of a stream of a typical run that ends in a status.

    `said` is what it calls and writes, as `life_wishes` takes it; of the other choices that a
    stream leaves open those in `chosen` are taken, else the plainest.

    >>> from run_contracts.contract.loading import load
    >>> [one["event"] for one in typical_stream(load("v2"), "completed")][-2:]
    ['thread.run.completed', 'done']
    """

    def make(form: Form) -> Any:
        if isinstance(form, Choice) and not is_truth(form):
            return next((one for one in form.values if one in chosen), form.values[0])
        return typical(form)

    wishes = life_wishes(contract, {**typical_nature(contract, ending), **(fixed or {})}, **said)
    return stream(contract, make, ending, wishes, resumed=resumed, with_thread=with_thread)
