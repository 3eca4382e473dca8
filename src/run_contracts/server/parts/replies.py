"""What the model reads and says: tokens, which are words here, and replies."""

from __future__ import annotations

from random import Random

from run_contracts.contract.lifecycle import COMPLETED, INCOMPLETE
from run_contracts.server.parts.records import RunRecord, ThreadRecord, Wire

STORY = (
    "The small red boat left the harbour before the sun came up.",
    "Nobody on the pier had expected it to sail on a day like this.",
    "Two gulls followed it past the lighthouse and then turned back.",
    "By noon the wind had dropped and the sea lay flat and grey.",
    "The captain wrote one line into the log and closed the book.",
    "Far behind them the town rang its bells for the market.",
)
REPLY_SENTENCES = 4


def reply(random: Random) -> list[str]:
    """Return the words of a reply; more than 40."""
    return " ".join(random.sample(STORY, REPLY_SENTENCES)).split()


def pieces(value: str) -> list[str]:
    """Return a text in the pieces a stream sends: words, each with the space before it.

    >>> pieces("one and two")
    ['one', ' and', ' two']
    """
    words = value.split(" ")
    return [words[0], *(f" {word}" for word in words[1:])] if value else []


def prompt_tokens(thread: ThreadRecord, settings: Wire) -> int:
    """Count the words the model reads: messages and instructions."""
    words = len((settings["instructions"] or "").split())
    for message in thread.messages:
        for part in message["content"]:
            if part["type"] == "text":
                words += len(part["text"]["value"].split())
    return words


def limit_hit(run: RunRecord) -> str | None:
    """Return the token limit a run hits, if any."""
    settings = run.settings
    prompt, completion = settings["max_prompt_tokens"], settings["max_completion_tokens"]
    if prompt is not None and run.prompt_tokens > prompt:
        return "max_prompt_tokens"
    if completion is not None and len(run.reply) > completion:
        return "max_completion_tokens"
    return None


def allowed_words(run: RunRecord) -> list[str]:
    """Return the words of the reply that the token limits, or a planned life, let through."""
    run.incomplete_reason = limit_hit(run)
    is_silent = run.incomplete_reason == "max_prompt_tokens"
    words = [] if is_silent else run.reply[: run.settings["max_completion_tokens"]]
    if run.next_rest == INCOMPLETE and run.incomplete_reason is None:
        planned = run.life.limit if run.life is not None else None
        run.incomplete_reason = planned or "max_completion_tokens"
        return words[: len(words) // 2]
    if run.next_rest == COMPLETED:
        run.incomplete_reason = None
    return words
