"""What a test says beforehand: how runs go, what goes wrong, and how time passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Never

from run_contracts.conduct.scripted import ScriptedServer, operation_ids
from run_contracts.conduct.written_lives import written_life
from run_contracts.conduct.written_steps import Steps
from run_contracts.server.given_values import whole_text
from run_contracts.server.lives.planned_lives import AskedRun, meant_for
from run_contracts.server.lookup import refuse_unknown
from run_contracts.server.troubles.amounts import duration
from run_contracts.server.troubles.failing import Failing, failing, slow
from run_contracts.server.troubles.stream_forms import Newline, stream_form
from run_contracts.server.troubles.trouble import trouble

if TYPE_CHECKING:
    from run_contracts.making.call_parts import Calls
    from run_contracts.types import RunStatus


class Scripting:
    """Plans what a server does; what is wrong about a plan is refused at once."""

    def __init__(self, server: ScriptedServer) -> None:
        """Plan nothing yet."""
        self._server = server

    # What becomes of runs

    def next_run(  # noqa: PLR0913 - what a life may be
        self,
        *statuses: RunStatus,
        calls: Mapping[str, Any] | Calls | None = None,
        reply: str | None = None,
        usage: tuple[int, int] | Mapping[str, int] | None = None,
        last_error: str | tuple[str, str] | Mapping[str, str] | None = None,
        incomplete_reason: str | None = None,
        cites: Sequence[str] = (),
        steps: Steps = (),
        queue_seconds: float | None = None,
        work_seconds: float | None = None,
        thread: Any = None,
        assistant: Any = None,
        model: str | None = None,
        when: Callable[[AskedRun], bool] | None = None,
        **unknown: Never,
    ) -> None:
        """Write the life of the next run that a client creates; several wait in a row.

        `statuses` are where it rests, in order; what lies between need not be told. It goes on
        from ``requires_action`` when its outputs are submitted, else by itself. ``in_progress`` or
        ``queued`` at the end stay so, ``expired`` takes a second.

        `calls` are those of its functions, as names and arguments: a dict, a list of pairs, or a
        list of such lists, one for each time that it requires action; else it calls the first of
        its tools. `steps` are built-in tools that it uses first. `reply` is what the assistant
        writes, `cites` the ids of files that it cites. `usage` are tokens of prompt and completion,
        `last_error` a code, or a code and a message.

        With `thread`, `assistant`, `model` or `when`, a function of an `AskedRun`, the life is that
        of the first run which has it. Raises `UsageError` for what no run can do.
        """
        refuse_unknown("next_run", unknown, _arguments_of(Scripting.next_run))
        planned = written_life(
            statuses,
            calls=calls,
            reply=reply,
            usage=usage,
            last_error=last_error,
            incomplete_reason=incomplete_reason,
            cites=cites,
            steps=steps,
            queue_seconds=queue_seconds,
            work_seconds=work_seconds,
        )
        _refuse_broken_texts(thread=thread, assistant=assistant, model=model)
        planned.check_time(self._server.options)
        meant = meant_for(thread=thread, assistant=assistant, model=model, when=when)
        self._server.lives.add(planned, meant)

    def advance(self, seconds: float) -> None:
        """Let so many seconds of the server pass at once, e.g. 600 until a run expires."""
        self._server.clock.advance(duration("seconds", seconds))

    def reset(self) -> None:
        """Be as at the start: nothing planned, asked or stored, the same ids again."""
        self._server.reset()

    # Trouble

    def fail(  # noqa: PLR0913 - how, and when
        self,
        how: int | Failing,
        *,
        on: str | Sequence[str] | None = None,
        times: int | None = 1,
        after: int = 0,
        retry_after: float | str | None = None,
        message: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
        **unknown: Never,
    ) -> None:
        """Fail the next requests, those of the operation `on` if it is given.

        `how` is the status to answer, or ``timeout``: nothing is answered; ``reset-before``: the
        connection is reset and nothing done; ``reset-during``: half of the answer comes;
        ``reset-after``: what is asked is done, and the connection reset. It comes `times` times,
        None for always, once `after` requests have passed. `retry_after` is in seconds, or a date;
        it, `message`, `code` and `headers` are of an answer, so they go with a status.
        """
        refuse_unknown("fail", unknown, _arguments_of(Scripting.fail))
        layer = failing(how, retry_after=retry_after, message=message, code=code, headers=headers)
        self._plan(f"fail({how!r})", "answer", layer, on=on, times=times, after=after)

    def delay(
        self,
        seconds: float,
        *,
        up_to: float | None = None,
        on: str | Sequence[str] | None = None,
        times: int | None = None,
        after: int = 0,
        **unknown: Never,
    ) -> None:
        """Answer late: after so many real seconds, or from so many `up_to` so many, by the seed."""
        refuse_unknown("delay", unknown, _arguments_of(Scripting.delay))
        layer = slow(seconds, up_to, self._server.options.seed)
        self._plan(f"delay({seconds})", "pace", layer, on=on, times=times, after=after)

    def write_streams(  # noqa: PLR0913 - how, and when
        self,
        *,
        newline: Newline = "\n",
        comments: bool = False,
        pause: float = 0.0,
        split: int | None = None,
        cut_after: int | None = None,
        on: str | Sequence[str] | None = None,
        times: int | None = None,
        after: int = 0,
        **unknown: Never,
    ) -> None:
        r"""Write streams in another legal form, or cut them.

        With lines that end with ``\r\n``, comments between the events, a pause of real seconds
        before each, so many bytes at once; `cut_after` so many events the connection is closed.
        """
        refuse_unknown("write_streams", unknown, _arguments_of(Scripting.write_streams))
        form = stream_form(
            newline=newline, comments=comments, pause=pause, split=split, cut_after=cut_after
        )
        self._plan("write_streams", "form", form, on=on, times=times, after=after)

    def _plan(self, name: str, group: Any, what: Any, **when: Any) -> None:
        self._server.troubles.add(trouble(name, group, what, operations=operation_ids(), **when))


def _arguments_of(method: Callable[..., None]) -> tuple[str, ...]:
    """Return the names by which arguments are given."""
    return tuple(method.__kwdefaults__ or ())


def _refuse_broken_texts(**given: Any) -> None:
    """Raise `UsageError` for texts that no request can hold; what is none is judged elsewhere."""
    for name, value in given.items():
        if isinstance(value, str):
            whole_text(name, value)
