"""The lives that are played to a client: every legal one, in every form, with what may go wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from run_contracts.conduct.answer_forms import (
    AnswerForm,
    shrunk_meanwhile,
    with_unknown_fields,
    without_optional_fields,
)
from run_contracts.conduct.scripted import ScriptedServer
from run_contracts.contract.lifecycle import (
    CANCELLED,
    COMPLETED,
    EXPIRED,
    FAILED,
    INCOMPLETE,
    REQUIRES_ACTION,
)
from run_contracts.server.degradations.degradation import Layer
from run_contracts.server.lives.life import PlannedCall, PlannedFailure, TokenCounts, life
from run_contracts.server.troubles.failing import Failing, answers, breaks, slow
from run_contracts.server.troubles.stream_forms import StreamForm
from run_contracts.server.troubles.trouble import Trouble

REPLY = "Fünf Grad in Oslo ☔, sagt der Dienst: nimm einen Schirm mit. 🌂"
"""What the assistant says where nothing cuts it short; letters of one to four bytes."""
ENDS = "CLIENT-END-001"
TELLS = "CLIENT-END-002"
KNOWS_FIELDS = "CLIENT-END-006"
KNOWS_EVENTS = "CLIENT-END-007"
READS_STREAMS = "CLIENT-END-008"
COMES_THROUGH = "CLIENT-END-009"
STREAMS, FUNCTIONS = "streams", "functions"
Rounds = Callable[["Offered"], list[list[PlannedCall]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a client showed that it does: the functions it offers, whether it streams."""

    functions: tuple[str, ...] = ()
    streams: bool = False

    def has(self, need: str) -> bool:
        """Tell whether a life can be played that needs this."""
        return {"": True, STREAMS: self.streams, FUNCTIONS: bool(self.functions)}[need]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedLife:
    """One life: what happens in it, in a sentence, and what a client must say of it.

    Its run comes to `status`. A client that does not end as it should breaks `requirement`. It
    `may_give_up` where a right client may, too, and has `no_run` where none can begin. `needs`
    names what the client must do for the life to be of any use, empty if nothing.
    """

    id: str
    sentence: str
    status: str
    rests: tuple[str, ...] = ()
    rounds: Rounds | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    layer: Layer | None = None
    troubles: tuple[Trouble, ...] = ()
    requirement: str = TELLS
    needs: str = ""
    may_give_up: bool = False
    no_run: bool = False

    def plan(self, server: ScriptedServer, offered: Offered) -> None:
        """Let a server play it."""
        given = dict(self.options)
        rounds = self.rounds(offered) if self.rounds is not None else []
        planned = life(self.rests or (self.status,), rounds=rounds, reply=REPLY, **given)  # type: ignore[arg-type]
        server.lives.add(planned)
        for trouble in self.troubles:
            server.troubles.add(trouble)


def _calls(*names: int) -> Rounds:
    """Return one round of calls: of the functions at these places, of fewer the first again."""

    def rounds(offered: Offered) -> list[list[PlannedCall]]:
        functions = offered.functions
        return [[PlannedCall(functions[at % len(functions)]) for at in names]]

    return rounds


def _two_rounds(offered: Offered) -> list[list[PlannedCall]]:
    return [*_calls(0)(offered), *_calls(0, 1)(offered)]


def _odd_arguments(offered: Offered) -> list[list[PlannedCall]]:
    """Return calls whose arguments are no object: models write them, and nobody promises JSON."""
    return [[PlannedCall(offered.functions[0], arguments) for arguments in ("", '{"city": "Os')]]


_ENDS = (
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
        id=id_, sentence=sentence, status=status, rests=rests, rounds=rounds, needs=FUNCTIONS
    )
    for id_, sentence, status, rests, rounds in (
        ("calls", "The run calls a function.", COMPLETED, (REQUIRES_ACTION,), _calls(0)),
        (
            "calls-two",
            "The run calls two functions at once.",
            COMPLETED,
            (REQUIRES_ACTION,),
            _calls(0, 1),
        ),
        (
            "calls-one-thrice",
            "The run calls one function three times at once.",
            COMPLETED,
            (REQUIRES_ACTION,),
            _calls(0, 0, 0),
        ),
        (
            "calls-again",
            "The run calls once more when it has its outputs.",
            COMPLETED,
            (REQUIRES_ACTION, REQUIRES_ACTION),
            _two_rounds,
        ),
        *(
            (
                f"calls-then-{end}",
                f"The run is {end} when it has its outputs."
                if end != FAILED
                else "The run fails when it has its outputs.",
                end,
                (REQUIRES_ACTION, end),
                _calls(0),
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
        rounds=_odd_arguments,
        needs=FUNCTIONS,
        may_give_up=True,
    ),
)
_FORMS = tuple(
    PlayedLife(
        id=id_, sentence=sentence, status=COMPLETED, layer=form, requirement=rule, needs=needs
    )
    for id_, sentence, form, rule, needs in (
        (
            "unknown-fields",
            "All objects have fields that no edition has.",
            AnswerForm(rewrite=with_unknown_fields),
            KNOWS_FIELDS,
            "",
        ),
        (
            "no-optional-fields",
            "Objects lack every field that may be left out.",
            AnswerForm(rewrite=without_optional_fields),
            KNOWS_FIELDS,
            "",
        ),
        (
            "odd-json",
            "JSON is written with spaces, escapes, and its members in another order.",
            AnswerForm(is_odd_json=True),
            TELLS,
            "",
        ),
        (
            "lists-shrink",
            "What a page says that follows was deleted when it is asked for.",
            AnswerForm(rewrite=shrunk_meanwhile),
            TELLS,
            "",
        ),
        (
            "unknown-events",
            "Streams have events that no edition has.",
            AnswerForm(has_unknown_events=True),
            KNOWS_EVENTS,
            STREAMS,
        ),
        (
            "terse-streams",
            "Streams have no space after colons, and ids.",
            AnswerForm(is_terse=True),
            READS_STREAMS,
            STREAMS,
        ),
        (
            "bare-deltas",
            "Deltas without annotations have no empty list of them.",
            AnswerForm(is_bare=True),
            KNOWS_FIELDS,
            STREAMS,
        ),
    )
)
_STREAM_FORMS = tuple(
    PlayedLife(
        id=id_,
        sentence=sentence,
        status=COMPLETED,
        troubles=(Trouble(name=id_, group="form", form=form, times=None),),
        requirement=READS_STREAMS,
        needs=STREAMS,
    )
    for id_, sentence, form in (
        ("crlf-streams", "Lines of streams end with CR LF.", StreamForm(newline="\r\n")),
        ("cr-streams", "Lines of streams end with CR.", StreamForm(newline="\r")),
        ("comments", "Streams have comments between the events.", StreamForm(comments=True)),
        ("bytewise", "Streams come byte by byte.", StreamForm(split=1)),
    )
)


def _trouble(group: str, layer: Layer, on: str | None, times: int | None = 1) -> Trouble:
    return Trouble(name=group, group=group, layer=layer, on=on, times=times)  # type: ignore[arg-type]


def _passing(id_: str, sentence: str, *troubles: Trouble, may_give_up: bool = False) -> PlayedLife:
    return PlayedLife(
        id=id_,
        sentence=sentence,
        status=COMPLETED,
        troubles=troubles,
        requirement=COMES_THROUGH,
        may_give_up=may_give_up,
    )


_broken = partial(_trouble, "answer")
_TROUBLES = (
    _passing(
        "limited",
        "Reading the run is answered 429 once, with Retry-After: 1.",
        _broken(answers(429, retry_after=1), "getRun"),
        _broken(answers(429, retry_after=1), "createRun"),
    ),
    _passing(
        "fails-once",
        "The first create and the first read of the run are answered 500.",
        _broken(answers(500), "createRun"),
        _broken(answers(500), "getRun"),
    ),
    _passing(
        "unavailable",
        "Creating the thread is answered 503 once, reading the run twice.",
        _broken(answers(503), "createThread"),
        _broken(answers(503), "getRun", 2),
    ),
    _passing(
        "resets",
        "Connections are reset before anything is done.",
        _broken(breaks("reset-before"), "createRun"),
        _broken(breaks("reset-before"), "getRun"),
        may_give_up=True,
    ),
    _passing(
        "loses-an-answer",
        "The run is created, and the answer is lost.",
        _broken(breaks("reset-after"), "createRun"),
        may_give_up=True,
    ),
    _passing(
        "slow", "Each answer takes half a second.", _trouble("pace", slow(0.5, None, 0), None, None)
    ),
    PlayedLife(
        id="cut-stream",
        sentence="The stream of the run is cut in its text.",
        status=COMPLETED,
        troubles=(Trouble(name="cut", group="form", form=StreamForm(cut_after=9), on="createRun"),),
        requirement=COMES_THROUGH,
        needs=STREAMS,
        may_give_up=True,
    ),
)
_FOR_EVER: tuple[tuple[str, str, int | Failing], ...] = (
    ("always-fails", "Every create of a run is answered 500.", 500),
    ("refused", "Every create of a run is refused with 400.", 400),
    ("always-limited", "Every create of a run is answered 429.", 429),
)
_HOPELESS = tuple(
    PlayedLife(
        id=id_,
        sentence=sentence,
        status=COMPLETED,
        troubles=(_broken(answers(how), "createRun", None),),
        requirement=ENDS,
        no_run=True,
        may_give_up=True,
    )
    for id_, sentence, how in _FOR_EVER
)
PLAYED_LIVES: Mapping[str, PlayedLife] = {
    played.id: played
    for played in (
        *_ENDS,
        *_CALLED,
        *_ODD_CALLS,
        *_FORMS,
        *_STREAM_FORMS,
        *_TROUBLES,
        *_HOPELESS,
    )
}
"""Every life that is played to a client, by its id; the first shows what the client does."""
FIRST = next(iter(PLAYED_LIVES.values()))
