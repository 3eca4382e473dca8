"""How much of what was seen is kept, before it is judged for good."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAtMost:
    """What bounds the memory of a judge, in exchanges unless another unit is named.

    Exchanges about a thread are judged for good when its runs have ended and `quiet` others came
    since. Of one thread the newest are kept when it has more than `of_one`, and of all when there
    are more than `of_all`, or they take more than about `size` bytes of memory, with what is
    decoded of them; those about runs that have not ended are kept longest. `undecided` are kept
    until more is known of the server, in an eighth of that memory.
    """

    quiet: int = 1_000
    of_one: int = 400
    of_all: int = 6_000
    size: int = 128 * 1024**2
    undecided: int = 400
