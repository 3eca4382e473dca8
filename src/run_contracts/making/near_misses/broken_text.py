"""Bodies that are no proper JSON, though they hold a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.contract.loading import Contract
from run_contracts.making.near_misses.miss import Miss
from run_contracts.making.typical_objects import typical_object
from run_contracts.validation.json_text import LONE_SURROGATE, NOT_JSON, SAME_KEY


def misses(contract: Contract, requirement: str) -> Iterator[Miss]:
    """Yield texts of a completed run that break one rule on bodies."""
    text = json.dumps(typical_object(contract, "run", COMPLETED, instructions="Be brief."))
    body = partial(_body, text)
    if requirement == NOT_JSON:
        yield body(text[: len(text) // 2], "The body ends in the middle of the run.")
        yield body(text.replace('"', "'"), "Strings are in single quotes.")
        yield body(text[:-1] + ",}", "A comma stands before the last brace.")
        yield body(text[:-1] + ', "score": NaN}', "A number is NaN, which JSON has no word for.")
        yield body(f"{text}{text}", "Two JSON texts follow one another.")
    elif requirement == SAME_KEY:
        double = '{"object": "thread.run", ' + text[1:]
        yield body(double, "The key object stands twice in the run.")
    elif requirement == LONE_SURROGATE:
        broken = text.replace("Be brief.", "Be \\ud83d brief.")
        yield body(broken, "The instructions hold half of a letter.", "/instructions")


def _body(legal: str, text: str, sentence: str, pointer: str = "") -> Miss:
    return Miss(kind="body", value=text, text=text, pointer=pointer, sentence=sentence, legal=legal)
