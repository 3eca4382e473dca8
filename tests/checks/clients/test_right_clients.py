"""Right clients that look wrong: nothing is broken where one of them could be meant."""

# ruff: noqa: D401 - docstrings say what clients do
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests import samples
from tests.checks.clients.asked_traffic import (
    BUSY,
    MESSAGES,
    RUNS,
    SAID,
    SUBMIT,
    AskedTraffic,
)
from tests.checks.written_traffic import RUN
from tests.samples import refusal, run

NOON = 1_800_000_000.25
RETRIED = (("x-stainless-retry-count", "1"),)
AFTER = (("Content-Type", "application/json"), ("Retry-After", "2"))
PACED = (("Content-Type", "application/json"), ("openai-poll-after-ms", "1000"))
ASKED = "requires_action"
ANOTHER = {"error": refusal()["error"] | {"message": "It has an active run run_of_another."}}
OVERLOADED = {"error": refusal()["error"] | {"type": "server_error"}}

Client = Callable[[], Any]
RIGHT: list[Client] = []


def right(client: Client) -> Client:
    """Put what a client did into the table of right ones; its docstring says why it is right."""
    RIGHT.append(client)
    return client


@right
def two_workers_answer_what_both_saw() -> Any:
    """The second is refused, which it could not know."""
    return AskedTraffic().read(ASKED, times=2).submit().submit(400)


@right
def a_lost_answer() -> Any:
    """The submit is sent again; the server had it."""
    return AskedTraffic().read(ASKED).lose(SUBMIT).submit(400)


@right
def an_announced_retry() -> Any:
    """The SDK says that it sends again what had no answer in time."""
    traffic = AskedTraffic().read(ASKED).submit()
    return traffic.submit(400, sent_headers=RETRIED)


@right
def an_answer_that_did_not_arrive() -> Any:
    """The client hung up before it had the answer, and asks again."""
    traffic = AskedTraffic().read(ASKED).submit()
    last = traffic.exchanges[-1]
    traffic.exchanges[-1] = replace(last, response=replace(last.response, is_left=True))
    return traffic.submit(400)


@right
def submits_under_way_at_once() -> Any:
    """Two threads of one program do not know of each other."""
    return AskedTraffic().read(ASKED).submit(together=1).submit(400, together=1)


@right
def one_call_id_for_every_call() -> Any:
    """A fake calls every call call_1; each is answered once."""
    return AskedTraffic().read(ASKED).submit().read(ASKED).submit()


@right
def one_call_id_and_a_lost_question() -> Any:
    """A fake calls every call call_1; it asked again where nothing was recorded."""
    return AskedTraffic().read(ASKED).submit().submit()


@right
def a_question_that_a_recorder_lost() -> Any:
    """What the run asked for stood in an answer that nobody kept."""
    traffic = AskedTraffic().begin().add(f"GET {RUN}", b"").read("in_progress")
    return traffic.submit(400)


@right
def a_double_click_on_send() -> Any:
    """The server had put off the first click before the second came."""
    traffic = AskedTraffic().begin(429, refusal(), headers=AFTER, at=NOON)
    return traffic.begin(429, refusal(), headers=AFTER, at=NOON + 0.09)


@right
def a_human_who_tries_again() -> Any:
    """What was refused is sent once more at every click."""
    traffic = AskedTraffic()
    for number in range(9):
        traffic.begin(400, refusal(), at=NOON + 1.5 * number)
    return traffic


@right
def a_human_approves() -> Any:
    """For ten minutes, while the page reads the run every second."""
    return AskedTraffic().read(ASKED, times=600, at=NOON, apart=1.0).submit(at=NOON + 600)


@right
def an_id_kept_from_yesterday() -> Any:
    """Nothing is known of the run, but that it is over by now."""
    traffic = AskedTraffic().submit(400)
    return traffic.add(f"POST {RUN}/cancel", refusal(), status=400).read("completed")


@right
def a_recording_that_begins_in_the_middle() -> Any:
    """The run asked before anything was recorded."""
    return AskedTraffic().read("in_progress").submit(400).read("in_progress")


@right
def pollers_beside_one_another() -> Any:
    """Three of them, each as slowly as the server asks."""
    traffic = AskedTraffic()
    for tick in range(12):
        at = NOON + tick / 3
        traffic.add(f"GET {RUN}", run("in_progress"), headers=PACED, at=at)
    return traffic


@right
def tabs_that_each_see_the_end() -> Any:
    """Eight pages read the run, and each must see that it ended."""
    traffic = AskedTraffic().read("in_progress", times=8, at=NOON, apart=0.1)
    return traffic.read("completed", times=8, at=NOON + 1, apart=0.1)


@right
def a_report_of_every_day() -> Any:
    """The run of last week is shown again and again."""
    return AskedTraffic().read("completed", times=40, at=NOON, apart=86_400.0)


@right
def reads_whose_time_nobody_kept() -> Any:
    """They may be days apart."""
    return AskedTraffic().read("completed", times=40).read(ASKED, times=40)


@right
def a_stream_that_is_aborted_and_cancelled() -> Any:
    """The user has heard enough, and the run is stopped."""
    traffic = AskedTraffic().stream("queued", "in_progress", is_left=True, is_whole=False)
    return traffic.add(f"POST {RUN}/cancel", run("cancelling"))


@right
def a_stream_that_is_left_and_polled() -> Any:
    """What it would have told is read otherwise."""
    traffic = AskedTraffic().stream("queued", "in_progress", is_left=True, is_whole=False)
    return traffic.read("completed")


@right
def a_stream_that_is_left_at_its_end() -> Any:
    """Nothing of its run follows."""
    statuses = ("queued", "in_progress", "completed")
    return AskedTraffic().stream(*statuses, is_left=True, is_whole=False)


@right
def a_cancel_beside_a_stream() -> Any:
    """What stood in the stream the user may not have seen."""
    traffic = AskedTraffic().stream("queued", "in_progress", "completed")
    return traffic.add(f"POST {RUN}/cancel", refusal(), status=400)


@right
def an_optimistic_client() -> Any:
    """It waits a while, tries, and waits again; nobody told it that the run is at work still."""
    traffic = AskedTraffic().begin(at=NOON)
    traffic.add(f"POST {MESSAGES}", BUSY, status=400, body=SAID, at=NOON + 5)
    return traffic.add(f"POST {MESSAGES}", samples.message(), body=SAID, at=NOON + 10)


@right
def an_optimistic_client_without_times() -> Any:
    """The same, as a recorder keeps it that has no clock."""
    traffic = AskedTraffic().begin()
    for _ in range(8):
        traffic.add(f"POST {MESSAGES}", BUSY, status=400, body=SAID)
    return traffic.add(f"POST {MESSAGES}", samples.message(), body=SAID)


@right
def a_thread_that_another_uses() -> Any:
    """It is refused for a run that this client has never seen."""
    traffic = AskedTraffic().read(ASKED, at=NOON)
    return traffic.add(f"POST {MESSAGES}", ANOTHER, status=400, body=SAID, at=NOON + 0.1)


@right
def a_run_that_expired_meanwhile() -> Any:
    """It waited when it was seen, and a message is taken now."""
    traffic = AskedTraffic().read(ASKED, at=NOON)
    return traffic.add(f"POST {MESSAGES}", samples.message(), body=SAID, at=NOON + 900)


@right
def a_double_click() -> Any:
    """Two runs are asked for at once."""
    return AskedTraffic().begin(together=1).begin(400, together=1)


@right
def a_wait_in_whole_seconds() -> Any:
    """Two seconds may look like one."""
    traffic = AskedTraffic().begin(429, refusal(), headers=AFTER, at=1_800_000_000)
    return traffic.begin(at=1_800_000_001)


@right
def a_wait_without_times() -> Any:
    """Whether it was waited for is not known."""
    return AskedTraffic().begin(429, refusal(), headers=AFTER).begin(429, refusal()).begin()


@right
def a_button_that_is_pressed_again() -> Any:
    """By a human, who cannot see what Retry-After says."""
    traffic = AskedTraffic().begin(429, refusal(), headers=AFTER, at=NOON)
    return traffic.begin(at=NOON + 0.8)


@right
def a_wait_that_no_sdk_follows() -> Any:
    """An hour is too long for a request; the official ones try again after seconds."""
    hour = (("Retry-After", "3600"),)
    traffic = AskedTraffic().begin(429, refusal(), headers=hour, at=NOON)
    return traffic.begin(429, refusal(), headers=hour, at=NOON + 0.5, sent_headers=RETRIED)


@right
def two_pollers_of_whom_one_is_put_off() -> Any:
    """The other goes on."""
    traffic = AskedTraffic().add(f"GET {RUN}", refusal(), status=429, headers=AFTER, at=NOON)
    return traffic.read("in_progress", times=6, at=NOON + 0.2, apart=0.3)


@right
def many_users_of_a_server_that_is_down() -> Any:
    """Each opens a thread once."""
    traffic = AskedTraffic()
    for number in range(18):
        traffic.add("POST /threads", OVERLOADED, status=500, body={}, at=NOON + number / 10)
    return traffic


@right
def a_patient_watcher() -> Any:
    """It tries every half minute until the server is back."""
    traffic = AskedTraffic()
    for number in range(60):
        traffic.add(f"GET {RUN}", OVERLOADED, status=502, at=NOON + 30 * number)
    return traffic.read("completed", at=NOON + 1800)


@right
def a_wait_for_what_comes_later() -> Any:
    """The run is not there yet for another process."""
    return (
        AskedTraffic()
        .add(f"GET {RUN}", refusal(), status=404)
        .add(f"GET {RUN}", refusal(), status=404)
        .read("queued")
    )


@right
def a_tail_of_messages() -> Any:
    """Oldest first, whatever is new is asked for again and again."""
    traffic = AskedTraffic()
    query = "?order=asc&after=msg_1"
    traffic.add(f"GET {MESSAGES}?order=asc", samples.page(samples.message(id="msg_1")))
    for _ in range(4):
        traffic.add(f"GET {MESSAGES}{query}", samples.page())
    return traffic


@right
def a_cursor_of_its_own() -> Any:
    """What came after a message that the client has kept."""
    items = [samples.message(id=f"msg_{number}") for number in (9, 8, 7)]
    page = {**samples.page(*items), "has_more": True}
    traffic = AskedTraffic().add(f"GET {MESSAGES}?limit=3", page)
    return traffic.add(f"GET {MESSAGES}?limit=3&after=msg_8", samples.page(items[2]))


@right
def what_a_vendor_documents() -> Any:
    """More members, more tools, longer pages; its server takes them."""
    body = {"assistant_id": "a", "top_k": 5, "tools": [{"type": "mcp", "server_label": "docs"}]}
    traffic = AskedTraffic().add(f"POST {RUNS}", run("queued"), body=body)
    return traffic.add(f"GET {RUNS}?limit=500&order=newest", samples.page(run()))


@right
def what_a_recorder_left_out() -> Any:
    """Headers, and bodies, and what stood for a secret."""
    traffic = AskedTraffic().add(f"POST {RUNS}", run("queued"))
    return traffic.add(f"POST {RUNS}", run("queued"), sent=b"<hidden>").read("completed")


@right
def a_thread_of_that_name() -> Any:
    """A fake calls its objects what it likes."""
    return AskedTraffic().add("GET /threads/null/runs/none", run(id="none", thread_id="null"))


@right
def a_fake_that_counts_anew() -> Any:
    """It was started again, and its first run is run_1 again."""
    traffic = AskedTraffic().begin().read(ASKED).submit().read("completed")
    return traffic.begin().read(ASKED).submit().read("completed")


@pytest.mark.parametrize("client", RIGHT, ids=lambda one: one.__name__)
def test_a_right_client_breaks_nothing(client: Client) -> None:
    """Whoever else uses the server, and whatever was kept of it."""
    assert client().broken == set()
