"""Edge cases of runs by hand: legal texts, moments and numbers that no bound or word names."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.contract.lifecycle import CANCELLED, COMPLETED, FAILED, QUEUED
from run_contracts.contract.loading import Contract
from run_contracts.making.edge_cases.description import CaseDescription
from run_contracts.making.edge_cases.of_schema import EFFORT_MODEL
from run_contracts.making.edge_cases.texts import HUGE, UNUSUAL_TEXTS
from run_contracts.making.forms import EXACT
from run_contracts.making.narrowing import plain_form
from run_contracts.making.typical_content import NO_USAGE, USAGE
from run_contracts.making.typical_objects import born_in

I32, U32 = 2**31 - 1, 2**32 - 1
AFTER_THE_SERVICE, AFTER_2038 = 1_798_761_600, 2_208_988_800
"""The first seconds of 2027, after the end of the hosted service, and of 2040."""


def unusual_values(contract: Contract) -> Iterator[CaseDescription]:
    """Yield texts, moments and numbers that readers trip over."""
    yield from _texts()
    yield from _moments(contract.edition)
    yield from _limits()
    yield from _usages()
    yield from _numbers()
    yield from _efforts(contract)


def _texts() -> Iterator[CaseDescription]:
    """Yield texts that break naive readers."""
    for name, (what, text) in UNUSUAL_TEXTS.items():
        yield CaseDescription(
            name=f"instructions-{name}",
            what=f"The instructions hold {what}.",
            fixed={"instructions": text},
        )
        yield CaseDescription(
            name=f"metadata-{name}",
            what=f"A key and a value of the metadata hold {what}.",
            fixed={"metadata": {text: text}},
        )
    yield CaseDescription(
        name="instructions-huge",
        what=f"The instructions have {len(HUGE)} characters, as many as an assistant may have.",
        fixed={"instructions": HUGE},
    )
    yield CaseDescription(
        name="instructions-empty",
        what="The instructions are there, and empty.",
        fixed={"instructions": ""},
    )
    yield CaseDescription(
        name="metadata-value-empty",
        what="A value of the metadata is there, and empty.",
        fixed={"metadata": {"customer": ""}},
    )
    for name, model in (
        ("unknown", "zz-9"),
        ("fine-tuned", "ft:gpt-4o-mini-2024-07-18:acme::A1b2"),
    ):
        yield CaseDescription(
            name=f"model-{name}",
            what=f"The model is {model}, of a name that no table has.",
            fixed={"model": model},
        )


def _moments(edition: str) -> Iterator[CaseDescription]:
    """Yield moments at the ends of what readers keep timestamps in."""
    for name, most in (("i32", I32), ("u32", U32)):
        for word, moment in (("below", most - 1), ("at", most), ("beyond", most + 1)):
            yield CaseDescription(
                name=f"created-{word}-{name}",
                what=f"created_at is {moment}: {word} the largest number of {name[1:]} bits.",
                status=QUEUED,
                fixed={"created_at": moment},
            )
    others = {
        "at-the-epoch": (0, "0: falsy, and still a moment"),
        "after-the-service": (AFTER_THE_SERVICE, "after the end of the hosted service"),
        "after-2038": (AFTER_2038, "in 2040, beyond 32-bit time"),
    }
    for name, (moment, what) in others.items():
        yield CaseDescription(
            name=f"created-{name}", what=f"created_at is {what}.", fixed={"created_at": moment}
        )
    born = born_in(edition)
    yield CaseDescription(
        name="all-in-one-second",
        what="The run was created, started and completed within one second.",
        status=COMPLETED,
        fixed=dict.fromkeys(("created_at", "started_at", "completed_at"), born),
    )
    yield CaseDescription(
        name="ends-beyond-2038",
        what="Created before the end of 32-bit time, completed after it.",
        status=COMPLETED,
        fixed={"created_at": I32 - 1, "started_at": I32, "completed_at": I32 + 5},
    )
    for seconds, word in ((1, "a-second"), (36_000, "ten-hours")):
        yield CaseDescription(
            name=f"expires-{word}-after-it-was-created",
            what=f"The run expires {word.replace('-', ' ')} after it was created, not ten minutes.",
            status=QUEUED,
            fixed={"expires_at": born + seconds},
        )


def _limits() -> Iterator[CaseDescription]:
    """Yield token limits around the least that were accepted, and the largest readers hold."""
    for limit in ("max_prompt_tokens", "max_completion_tokens"):
        for name, count in (("i32", I32), ("u32", U32), ("exact", EXACT)):
            yield CaseDescription(
                name=f"{limit}-{name}",
                what=f"{limit} is {count}, the largest {name} number.",
                fixed={limit: count},
            )
        for count in (16, 17, 255, 256, 257):
            yield CaseDescription(
                name=f"{limit}-{count}",
                what=f"{limit} is {count}: 16 is the least ever accepted, 256 the least published.",
                fixed={limit: count},
            )


def _usages() -> Iterator[CaseDescription]:
    """Yield counts of tokens that calculations do not expect."""
    large = {"prompt_tokens": EXACT - 1, "completion_tokens": 1, "total_tokens": EXACT}
    asked = {**USAGE, "completion_tokens": 0, "total_tokens": USAGE["prompt_tokens"]}
    cases = {
        "completed-without-a-token": ("A completed run used no token at all", COMPLETED, NO_USAGE),
        "failed-without-a-token": ("A failed run used no token at all", FAILED, NO_USAGE),
        "cancelled-with-tokens": ("A cancelled run has used tokens", CANCELLED, USAGE),
        "usage-without-an-answer": ("No token was answered, and many asked", COMPLETED, asked),
        "usage-exact": (f"The tokens are {EXACT}, the largest exact number", COMPLETED, large),
    }
    for name, (what, status, usage) in cases.items():
        yield CaseDescription(name=name, what=f"{what}.", status=status, fixed={"usage": usage})


def _numbers() -> Iterator[CaseDescription]:
    """Yield numbers that look like something else."""
    for name, value in (("0", 0), ("1", 1), ("2", 2), ("0.0", 0.0), ("tiny", 1e-9)):
        yield CaseDescription(
            name=f"temperature-{name}",
            what=f"temperature is {value!r}: with or without decimals, it is a number.",
            fixed={"temperature": value},
        )
    for top_p in (0, 1, 0.01):
        yield CaseDescription(
            name=f"top_p-{top_p}",
            what=f"top_p is {top_p!r}: with or without decimals, it is a number.",
            fixed={"top_p": top_p},
        )


def _efforts(contract: Contract) -> Iterator[CaseDescription]:
    """Yield every effort that a request may ask for."""
    asked = plain_form(contract, "create_run_request").fields.get("reasoning_effort")
    for effort in filter(None, getattr(asked, "values", ())):
        yield CaseDescription(
            name=f"reasoning_effort-{effort}",
            what=f"reasoning_effort is {effort}, of a model that has it.",
            fixed={"reasoning_effort": effort, "model": EFFORT_MODEL},
        )
