"""Odd lives: answers in rare forms, streams written otherwise, trouble that passes or does not."""

from __future__ import annotations

from functools import partial

from run_contracts.conduct.answer_forms import (
    AnswerForm,
    always_more,
    shrunk_meanwhile,
    with_unknown_fields,
    without_optional_fields,
)
from run_contracts.conduct.played_life import (
    COMES_THROUGH,
    COMES_TO_END,
    CREATES_RUN,
    KNOWS_EVENTS,
    KNOWS_FIELDS,
    NEEDS_STREAMS,
    READS_STREAMS,
    SAYS_STATUS,
    PlayedLife,
)
from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.server.degradations.degradation import Layer
from run_contracts.server.troubles.failing import Failing, answers, breaks, slow
from run_contracts.server.troubles.stream_forms import StreamForm
from run_contracts.server.troubles.trouble import Group, Trouble

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
            SAYS_STATUS,
            "",
        ),
        (
            "lists-shrink",
            "What a page says that follows was deleted when it is asked for.",
            AnswerForm(rewrite=shrunk_meanwhile),
            SAYS_STATUS,
            "",
        ),
        (
            "unknown-events",
            "Streams have events that no edition has.",
            AnswerForm(has_unknown_events=True),
            KNOWS_EVENTS,
            NEEDS_STREAMS,
        ),
        (
            "terse-streams",
            "Streams have no space after colons, and ids.",
            AnswerForm(is_terse=True),
            READS_STREAMS,
            NEEDS_STREAMS,
        ),
        (
            "bare-deltas",
            "Deltas without annotations have no empty list of them.",
            AnswerForm(is_bare=True),
            KNOWS_FIELDS,
            NEEDS_STREAMS,
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
        needs=NEEDS_STREAMS,
    )
    for id_, sentence, form in (
        ("crlf-streams", "Lines of streams end with CR LF.", StreamForm(newline="\r\n")),
        ("cr-streams", "Lines of streams end with CR.", StreamForm(newline="\r")),
        ("comments", "Streams have comments between the events.", StreamForm(comments=True)),
        ("bytewise", "Streams come byte by byte.", StreamForm(split=1)),
    )
)


CREATES_THREAD = frozenset({"createThread", "createThreadAndRun"})
READS_RUN = frozenset({"getRun"})


def _trouble(
    group: Group, layer: Layer, on: frozenset[str] | None, times: int | None = 1
) -> Trouble:
    return Trouble(name=group, group=group, layer=layer, on=on, times=times)


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
        _broken(answers(429, retry_after=1), READS_RUN),
        _broken(answers(429, retry_after=1), CREATES_RUN),
    ),
    _passing(
        "fails-once",
        "The first create and the first read of the run are answered 500.",
        _broken(answers(500), CREATES_RUN),
        _broken(answers(500), READS_RUN),
    ),
    _passing(
        "unavailable",
        "Creating the thread is answered 503 once, reading the run twice.",
        _broken(answers(503), CREATES_THREAD),
        _broken(answers(503), READS_RUN, 2),
    ),
    _passing(
        "resets",
        "Connections are reset before anything is done.",
        _broken(breaks("reset-before"), CREATES_RUN),
        _broken(breaks("reset-before"), READS_RUN),
        may_give_up=True,
    ),
    _passing(
        "loses-an-answer",
        "The run is created, and the answer is lost.",
        _broken(breaks("reset-after"), CREATES_RUN),
        may_give_up=True,
    ),
    _passing(
        "slow", "Each answer takes half a second.", _trouble("pace", slow(0.5, None, 0), None, None)
    ),
    PlayedLife(
        id="lists-always-more",
        sentence="Every page says that more follow, empty ones, too, as some servers do.",
        status=COMPLETED,
        layer=AnswerForm(rewrite=always_more),
        requirement=COMES_THROUGH,
        is_legal=False,
    ),
    PlayedLife(
        id="cut-stream",
        sentence="The stream of the run is cut in its text.",
        status=COMPLETED,
        troubles=(Trouble(name="cut", group="form", form=StreamForm(cut_after=9), on=CREATES_RUN),),
        requirement=COMES_THROUGH,
        needs=NEEDS_STREAMS,
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
        troubles=(_broken(answers(how), CREATES_RUN, None),),
        requirement=COMES_TO_END,
        no_run=True,
        may_give_up=True,
    )
    for id_, sentence, how in _FOR_EVER
)
ODD_LIVES = (*_FORMS, *_STREAM_FORMS, *_TROUBLES, *_HOPELESS)
"""The lives in which what is odd is not the run."""
