"""What was under way at once on one thread is known as that; all else stands in its order."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from run_contracts.watching.thread_overlaps import AssistantUse, Overlaps, thread_in

THREADS = ("a", "b", "c")


@dataclass
class Seen:
    """An exchange as it was: its thread, when it began and ended, and what was said of it."""

    thread: str
    began: int
    ended: int = 0
    together: int | None = None


def played(steps: list[tuple[int, str]]) -> list[Seen]:
    """Begin and end exchanges as steps say, one a step; each that is left ends at last."""
    overlaps, seen, opened = Overlaps(), list[Seen](), list[int]()
    clock = 0

    def end(serial: int) -> None:
        seen[serial].ended = clock
        seen[serial].together = overlaps.end(serial, seen[serial].thread)

    for choice, thread in steps:
        clock += 1
        if choice % 2 or not opened:
            opened.append(len(seen))
            seen.append(Seen(thread, clock))
            overlaps.begin(len(seen) - 1, thread)
        else:
            end(opened.pop(choice // 2 % len(opened)))
    for serial in opened:
        clock += 1
        end(serial)
    return seen


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(THREADS)), max_size=40))
def test_two_on_one_thread_are_beside_one_another_if_they_overlapped(
    steps: list[tuple[int, str]],
) -> None:
    """Whatever overlapped shares a number; whatever does not stands in the order of its ends."""
    seen = played(steps)
    for first in seen:
        for other in seen:
            is_same = first is not other and first.thread == other.thread
            if is_same and first.began < other.ended and other.began < first.ended:
                assert first.together == other.together != 0
            if first.thread != other.thread:
                assert not (first.together == other.together != 0)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(THREADS)), max_size=40))
def test_one_that_overlapped_with_none_stands_alone(steps: list[tuple[int, str]]) -> None:
    """Traffic of other threads, however much, does not keep checks from its order."""
    seen = played(steps)
    for one in seen:
        is_beside = any(
            other is not one
            and other.thread == one.thread
            and one.began < other.ended
            and other.began < one.ended
            for other in seen
        )
        assert bool(one.together) is is_beside


def test_a_new_thread_is_learned_from_the_beginning_of_its_stream() -> None:
    """Who reads the first event may ask for the thread while the stream goes on."""
    overlaps = Overlaps()
    overlaps.begin(1, "", is_nameless=True)
    overlaps.learn(1, "t")
    overlaps.begin(2, "t")
    assert overlaps.end(2) == 1
    assert overlaps.end(1, "t") == 1


def test_a_thread_that_is_named_too_late_has_no_order() -> None:
    """What was asked of the thread meanwhile was judged; nothing is said of its stream."""
    overlaps = Overlaps()
    overlaps.begin(1, "", is_nameless=True)
    overlaps.begin(2, "t")
    assert overlaps.end(2) == 0
    assert overlaps.end(1, "t") is None


def test_a_thread_that_nobody_asked_for_meanwhile_has_its_order() -> None:
    """A thread is created, then used."""
    overlaps = Overlaps()
    overlaps.begin(1, "", is_nameless=True)
    overlaps.begin(2, "other")
    assert (overlaps.end(2), overlaps.end(1, "t")) == (0, 0)


def test_what_was_lost_has_no_order() -> None:
    """Of an exchange whose beginning is not known nothing is said."""
    assert Overlaps().end(7, "t") is None


def test_a_long_stream_holds_nothing_back() -> None:
    """Thousands of exchanges on other threads end, and nothing is remembered of them."""
    overlaps = Overlaps()
    overlaps.begin(0, "long")
    for serial in range(1, 5_001):
        overlaps.begin(serial, f"t{serial}")
        assert overlaps.end(serial) == 0
    assert len(overlaps._busy) == 1
    assert overlaps.end(0) == 0


def test_the_thread_of_a_run_is_named_before_the_run_is() -> None:
    """The first id that belongs to a thread counts, not that of the run."""
    body = b'data: {"id":"run_1","object":"thread.run","thread_id":"thread_9"}\n\n'
    assert thread_in(body) == "thread_9"


TAKES, CHANGES = AssistantUse.TAKES, AssistantUse.CHANGES


def test_what_changes_an_assistant_is_beside_what_is_under_way_on_any_thread() -> None:
    """Whether it began first or ended first; others on those threads share the number."""
    overlaps = Overlaps()
    overlaps.begin(1, "a", use=TAKES)
    overlaps.begin(2, "", use=CHANGES)
    overlaps.begin(3, "b", use=TAKES)
    overlaps.begin(4, "b")
    overlaps.begin(5, "c")
    numbers = [overlaps.end(serial) for serial in (1, 2, 3, 4, 5)]
    assert len(set(numbers[:4])) == 1
    assert numbers[0]
    assert numbers[4] == 0


def test_what_takes_from_assistants_is_not_beside_its_like() -> None:
    """Runs that are created on two threads at once have their order on their own."""
    overlaps = Overlaps()
    overlaps.begin(1, "a", use=TAKES)
    overlaps.begin(2, "b", use=TAKES)
    assert (overlaps.end(1), overlaps.end(2)) == (0, 0)


def test_a_change_beside_two_that_have_two_numbers_leaves_one_without_order() -> None:
    """A number that was said stays, and nothing has two."""
    overlaps = Overlaps()
    for serial, thread in ((1, "a"), (2, "b")):
        overlaps.begin(serial, thread, use=TAKES)
        overlaps.begin(serial + 10, thread)
        assert overlaps.end(serial + 10)
    overlaps.begin(3, "", use=CHANGES)
    changed, first, other = overlaps.end(3), overlaps.end(1), overlaps.end(2)
    assert changed
    assert [first, other].count(None) == 1
    assert changed in (first, other)


def test_changes_that_overlap_share_a_number_with_all_beside_them() -> None:
    """However many there are, and whatever has ended meanwhile."""
    overlaps = Overlaps()
    overlaps.begin(1, "", use=CHANGES)
    overlaps.begin(2, "a", use=TAKES)
    overlaps.begin(3, "b", use=TAKES)
    assert overlaps.end(2) == overlaps.end(3) != 0
    overlaps.begin(4, "c", use=TAKES)
    overlaps.begin(5, "", use=CHANGES)
    assert overlaps.end(1) == overlaps.end(4) == overlaps.end(5) != 0
