"""What a run takes from its assistant: as that was when the run was made."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checks.written_traffic import Traffic

ASSISTANT = {"id": "asst_1", "object": "assistant", "instructions": "Be brief.", "tools": []}
NEW = {"instructions": "Be kind."}
RUNS = "/threads/thread_1/runs"
CREATE = {"assistant_id": "asst_1"}


def made() -> Traffic:
    """Return traffic in which an assistant was created."""
    asked = {"model": "m", "instructions": "Be brief."}
    return Traffic().add("POST /assistants", ASSISTANT, body=asked)


def run_with(traffic: Traffic, instructions: str) -> list[str]:
    """Return what a run with these instructions says of RUN-ECHO-012."""
    run = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1", **CREATE}
    traffic.add(f"POST {RUNS}", run | {"instructions": instructions}, body=CREATE)
    return traffic.results("RUN-ECHO-012")


def test_a_run_has_what_its_assistant_was_created_with() -> None:
    """Where nothing was changed since."""
    assert run_with(made(), "Be brief.") == ["held"]
    assert run_with(made(), "Be kind.") == ["broken"]


def test_a_run_has_what_its_assistant_was_changed_to() -> None:
    """Who modifies an assistant is answered with it, and that counts."""
    assert run_with(
        made().add("POST /assistants/asst_1", ASSISTANT | NEW, body=NEW), "Be kind."
    ) == ["held"]


def test_a_run_may_not_have_what_its_assistant_was_changed_from() -> None:
    """The change was answered before the run was made."""
    changed = made().add("POST /assistants/asst_1", ASSISTANT | NEW, body=NEW)
    assert run_with(changed, "Be brief.") == ["broken"]


@pytest.mark.parametrize("answer", [b"", b"{}", b"[1]"])
def test_a_change_that_was_not_shown_leaves_it_open(answer: bytes) -> None:
    """Nobody knows what the assistant is then."""
    assert run_with(made().add("POST /assistants/asst_1", answer, body=NEW), "Be kind.") == []


def test_a_change_without_an_answer_leaves_it_open() -> None:
    """It may have been made."""
    assert run_with(made().lose("POST /assistants/asst_1"), "Be kind.") == []


def test_a_refused_change_changes_nothing() -> None:
    """The assistant is as it was."""
    error: dict[str, Any] = {"error": {"message": "no", "type": "invalid_request_error"}}
    refused = made().add("POST /assistants/asst_1", error, status=400, body=NEW)
    assert run_with(refused, "Be brief.") == ["held"]


def test_a_change_at_the_same_time_leaves_it_open() -> None:
    """Which of the two the server did first is not known."""
    traffic = made().add("POST /assistants/asst_1", ASSISTANT | NEW, body=NEW, together=1)
    run = {
        "id": "run_1",
        "object": "thread.run",
        "thread_id": "thread_1",
        "instructions": "Be brief.",
    }
    traffic.add(f"POST {RUNS}", run, body=CREATE, together=1)
    assert traffic.results("RUN-ECHO-012") == []


def test_an_assistant_that_was_given_words_is_not_silent() -> None:
    """A run on an empty thread has something to follow then."""
    silent = ASSISTANT | {"instructions": None}
    traffic = Traffic().add("POST /assistants", silent, body={"model": "m"})
    traffic.add("POST /assistants/asst_1", ASSISTANT, body={"instructions": "Be brief."})
    traffic.add("POST /threads", {"id": "thread_1", "object": "thread"}, body={})
    run = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1", "status": "queued"}
    traffic.add(f"POST {RUNS}", run, body=CREATE)
    assert traffic.results("RUN-CREATE-006") == []
