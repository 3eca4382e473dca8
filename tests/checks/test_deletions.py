"""What was deleted is not held to be there, though the contract has no operation for that."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.both_verdicts import as_they_come, together

from run_contracts.contract.loading import load
from tests.checks.written_traffic import CREATE, RUN, STREAM, Traffic, stream
from tests.samples import NOW, refusal, run, step

THREAD = "/threads/thread_1"
RUNS = f"{THREAD}/runs"
MESSAGES = f"{THREAD}/messages"
STEPS = f"{RUN}/steps"
GONE = f"DELETE {MESSAGES}/msg_1"
OTHER = f"DELETE {MESSAGES}/msg_2"
THREAD_GONE = f"DELETE {THREAD}"
ASKED = {"role": "user", "content": "Hello."}


def message(number: int, text: str = "Hello.", **more: Any) -> dict[str, Any]:
    """Return a message of the thread."""
    return {
        "id": f"msg_{number}",
        "object": "thread.message",
        "created_at": NOW + number,
        "thread_id": "thread_1",
        "role": "user",
        "content": [{"type": "text", "text": {"value": text, "annotations": []}}],
    } | more


def page(*items: dict[str, Any], more: bool = False) -> dict[str, Any]:
    """Return a page of a list."""
    return {"object": "list", "data": list(items), "has_more": more}


def deleted(traffic: Traffic, line: str = GONE, **more: Any) -> Traffic:
    """Add that a message or a thread was deleted."""
    return traffic.add(line, {"deleted": True}, **more)


def of_three() -> Traffic:
    """Return traffic that shows a thread of three messages."""
    return Traffic().add(f"GET {MESSAGES}", page(message(3), message(2), message(1)))


def without_first(traffic: Traffic) -> Traffic:
    """Add a list without the message that was the first."""
    return traffic.add(f"GET {MESSAGES}", page(message(3), message(2)))


def test_a_deleted_message_need_not_be_listed() -> None:
    """It was there; who deletes it is right not to find it."""
    assert without_first(of_three()).results("RUN-LIST-016") == ["broken"]
    assert without_first(deleted(of_three())).results("RUN-LIST-016") == ["held"]
    assert without_first(of_three().lose(GONE)).results("RUN-LIST-016") == ["held"]


def test_a_message_that_is_gone_already_need_not_be_listed() -> None:
    """Somebody else deleted it, or an earlier attempt did."""
    traffic = of_three().add(GONE, refusal(), status=404)
    assert without_first(traffic).results("RUN-LIST-016") == ["held"]


@pytest.mark.parametrize("status", [400, 401, 405, 409, 429])
def test_a_refused_deletion_deletes_nothing(status: int) -> None:
    """The message is there still."""
    traffic = of_three().add(GONE, refusal(), status=status)
    assert without_first(traffic).results("RUN-LIST-016") == ["broken"]


def test_all_other_messages_are_there_still() -> None:
    """Only the deleted one may be missing, and only in its own thread."""
    assert without_first(deleted(of_three(), OTHER)).results("RUN-LIST-016") == ["broken"]
    elsewhere = "DELETE /threads/thread_2/messages/msg_1"
    assert without_first(deleted(of_three(), elsewhere)).results("RUN-LIST-016") == ["broken"]


def test_who_lists_before_the_deletion_finds_it() -> None:
    """What comes later does not explain what was missing before."""
    assert deleted(without_first(of_three())).results("RUN-LIST-016") == ["broken"]


def test_a_page_does_not_end_too_early_for_a_deleted_message() -> None:
    """Nothing follows a full page whose next was deleted."""
    for traffic, found in ((of_three(), "broken"), (deleted(of_three()), None)):
        traffic.add(f"GET {MESSAGES}?limit=2", page(message(3), message(2)))
        assert traffic.results("RUN-LIST-005") == ([found] if found else [])


def test_nothing_may_follow_if_it_was_deleted_between_two_pages() -> None:
    """That more follows was true when it was said."""
    for deletion, found in ((None, ["broken"]), (GONE, []), (THREAD_GONE, [])):
        traffic = Traffic().add(f"GET {MESSAGES}?limit=2", page(message(3), message(2), more=True))
        traffic = deleted(traffic, deletion) if deletion else traffic
        traffic.add(f"GET {MESSAGES}?limit=2&after=msg_2", page())
        assert traffic.results("RUN-LIST-005") == found


def test_from_where_a_list_goes_on_after_a_deleted_cursor_is_open() -> None:
    """It may begin anew: nowhere is said what it does."""
    for line, found in ((GONE, ["broken"]), (OTHER, [])):
        traffic = Traffic().add(f"GET {MESSAGES}?limit=2", page(message(3), message(2), more=True))
        deleted(traffic, line)
        traffic.add(f"GET {MESSAGES}?limit=2&after=msg_2", page(message(3), message(1)))
        assert traffic.results("RUN-LIST-008") == found


def test_a_deleted_cursor_may_be_refused() -> None:
    """No item of the list has the id any more."""
    for line, found in ((GONE, "broken"), (OTHER, None)):
        traffic = Traffic().add("POST /threads", {"id": "thread_1", "object": "thread"}, body={})
        deleted(traffic.add(f"GET {MESSAGES}", page(message(2), message(1))), line)
        traffic.add(f"GET {MESSAGES}?after=msg_2", refusal(), status=404)
        traffic.add(f"POST {MESSAGES}", message(5), body=ASKED)
        shown = traffic.results("RUN-LIST-020", is_whole=False, is_alone=True)
        assert shown[1:] == ([found] if found else [])


def test_a_message_of_a_step_need_not_be_there_when_it_was_deleted() -> None:
    """The step says what the run wrote, not what was done with it since."""
    wrote = {"type": "message_creation", "message_creation": {"message_id": "msg_1"}}
    for deletion, found in ((None, ["broken"]), (GONE, []), (OTHER, ["broken"])):
        traffic = Traffic().add(f"GET {RUN}", run())
        traffic.add(f"GET {STEPS}", page(step(step_details=wrote)))
        traffic = deleted(traffic, deletion) if deletion else traffic
        traffic.add(f"GET {MESSAGES}", page(message(3)))
        assert traffic.results("RUN-STEP-032") == found


@pytest.mark.parametrize(("status", "found"), [("completed", []), ("in_progress", ["broken"])])
def test_a_message_may_have_been_deleted_before_a_recording_began(
    status: str, found: list[str]
) -> None:
    """Only of a run that was seen at work is known all that was done with what it wrote."""
    wrote = {"type": "message_creation", "message_creation": {"message_id": "msg_1"}}
    traffic = Traffic().add(f"GET {RUN}", run(status)).add(f"GET {RUN}", run())
    traffic.add(f"GET {STEPS}", page(step(step_details=wrote))).add(f"GET {MESSAGES}", page())
    assert traffic.results("RUN-STEP-032", is_whole=False, is_alone=True) == found


def test_a_message_of_a_stream_need_not_be_listed_when_it_was_deleted() -> None:
    """Nothing else that was announced is let go."""
    events = [("thread.message.created", message(1)), ("thread.message.created", message(2))]
    for deletion, left, found in (
        (None, [2], ["broken"]),
        (GONE, [2], ["held"]),
        (GONE, [], ["broken"]),
    ):
        traffic = Traffic().add(
            f"POST {RUNS}", stream(*events), headers=STREAM, body=CREATE | {"stream": True}
        )
        traffic = deleted(traffic, deletion) if deletion else traffic
        traffic.add(f"GET {MESSAGES}", page(*map(message, left)))
        assert traffic.results("RUN-STREAM-014") == found


@pytest.mark.parametrize("requirement", ["RUN-CREATE-004", "RUN-CREATE-008"])
def test_given_messages_may_be_those_that_were_deleted(requirement: str) -> None:
    """Their ids are shown nowhere; what was deleted before they were given is another one."""
    given = {"additional_messages": [ASKED | {"metadata": {"n": "1"}}]}
    shown = [message(2)] if requirement == "RUN-CREATE-008" else [message(2, "Another.")]
    for before, after, found in (((), (), "broken"), ((GONE,), (), "broken"), ((), (GONE,), None)):
        traffic = Traffic()
        for line in before:
            deleted(traffic, line)
        traffic.add(f"POST {RUNS}", run("queued"), body=CREATE | given)
        for line in after:
            deleted(traffic, line)
        traffic.add(f"GET {MESSAGES}", page(*shown))
        assert traffic.results(requirement) == ([found] if found else [])


def test_a_run_is_not_read_in_a_deleted_thread() -> None:
    """It went with its thread; who deletes something else finds it still."""
    for line, found in ((THREAD_GONE, []), (f"{THREAD_GONE}/", []), (GONE, ["broken"])):
        traffic = Traffic().add(f"POST {RUNS}", run("queued"), body=CREATE)
        deleted(traffic, line).add(f"GET {RUN}", refusal(), status=404)
        assert traffic.results("RUN-CREATE-003") == found


def test_a_run_read_while_its_thread_is_deleted_may_be_gone() -> None:
    """Which of the two the server did first is not known."""
    traffic = Traffic().add(f"POST {RUNS}", run("queued"), body=CREATE)
    traffic.add(f"GET {RUN}", refusal(), status=404, together=1)
    assert traffic.results("RUN-CREATE-003") == ["broken"]
    assert deleted(traffic, THREAD_GONE, together=1).results("RUN-CREATE-003") == []


@pytest.mark.parametrize("status", ["queued", "in_progress", "completed", "failed", "cancelled"])
def test_nothing_is_there_in_a_deleted_thread(status: str) -> None:
    """Whatever is asked for afterwards is answered with 404, and nothing is wrong with that."""
    traffic = Traffic().add("POST /threads", {"id": "thread_1", "object": "thread"}, body={})
    traffic.add(f"POST {RUNS}", run("queued"), body=CREATE).add(f"GET {RUN}", run(status))
    traffic.add(f"GET {STEPS}", page(step())).add(f"GET {MESSAGES}", page())
    traffic.add(f"GET {RUNS}", page(run(status)))
    deleted(traffic, THREAD_GONE)
    last = len(traffic.exchanges)
    outputs = {"tool_outputs": [{"tool_call_id": "call_1", "output": "x"}]}
    for line, body in (
        (f"GET {MESSAGES}", None),
        (f"GET {RUNS}", None),
        (f"GET {STEPS}", None),
        (f"GET {STEPS}/step_1", None),
        (f"POST {RUN}", {"metadata": {}}),
        (f"POST {RUN}/cancel", None),
        (f"POST {RUN}/submit_tool_outputs", outputs),
    ):
        traffic.add(line, refusal(), status=404, body=body)
    for is_whole in (True, False):
        assert [
            (one.requirement, one.exchange.number)
            for one in traffic.outcomes(is_whole=is_whole)
            if one.violation and one.exchange.number > last
        ] == []


@pytest.mark.parametrize("requirement", ["RUN-STREAM-003", "RUN-STREAM-007"])
@pytest.mark.parametrize("path", [RUNS, "/threads/runs"])
def test_how_a_stream_ends_whose_thread_is_deleted_is_open(requirement: str, path: str) -> None:
    """Its run went with the thread; what was deleted before, or is a message, cuts nothing off."""
    ends = [("done", "[DONE]")] if requirement == "RUN-STREAM-007" else []
    events = [("thread.run.created", run("queued")), *ends]
    for line, beside, found in (
        (THREAD_GONE, 1, []),
        (THREAD_GONE, 0, ["broken"]),
        (GONE, 1, ["broken"]),
    ):
        traffic = deleted(Traffic(), line, together=beside)
        body = CREATE | {"stream": True}
        traffic.add(f"POST {path}", stream(*events), headers=STREAM, body=body, together=1)
        assert traffic.results(requirement) == found


def test_what_is_judged_as_it_comes_knows_what_was_deleted() -> None:
    """A deletion belongs to the thread that its path names, by which alone it is connected."""
    contract = load("v2")
    for traffic in (without_first(deleted(of_three())), without_first(of_three())):
        exchanges = traffic.exchanges
        assert as_they_come(exchanges, contract) == together(exchanges, contract)
    assert not without_first(deleted(of_three())).found("RUN-LIST-016")
