"""Probes that read: lists, foreign threads, what does not exist, what is wrong."""

from __future__ import annotations

from run_contracts.evidence import is_kind
from run_contracts.exchange import Exchange, Premise
from run_contracts.operations import JSON_TYPE
from run_contracts.probes._catalogue import probe
from run_contracts.probes._stage import NotOffered, Stage
from run_contracts.session import WRONG_KEY

NO_THREAD = "thread_" + "0" * 24
NO_RUN = "run_" + "0" * 24
NO_STEP = "step_" + "0" * 24
NO_ASSISTANT = "asst_" + "0" * 24
RUNS_LISTED, PAGE, MOST_PAGES = 3, 2, 10


@probe(
    "make three runs on a thread and walk its list in pages, both ways",
    creates="2 threads, 4 short runs",
    exercises=("RUN-LIST-*", "RUN-ID-013"),
)
def listing(stage: Stage) -> None:
    """Page through a thread's runs while another thread has runs of its own."""
    foreign = stage.ended_run
    thread_id = stage.new_thread()
    if stage.session.target.thread_id is None:
        stage.session.send("listRuns", thread_id=thread_id)
    for _ in range(RUNS_LISTED):
        stage.ended(stage.new_run(thread_id))
    stage.session.send("listRuns", thread_id=thread_id)
    stage.session.send("listRuns", thread_id=thread_id, query={"order": "asc"})
    _walk(stage, thread_id)
    stage.session.send("listRuns", thread_id=foreign["thread_id"])


def _walk(stage: Stage, thread_id: str) -> None:
    """Walk pages of two as SDKs do, then ask for what comes before the end of the first one."""
    cursor: str | None = None
    middle: str | None = None
    for _ in range(MOST_PAGES):
        query: dict[str, str | int] = {"limit": PAGE}
        if cursor is not None:
            query["after"] = cursor
        page = stage.session.send("listRuns", thread_id=thread_id, query=query)
        cursor = _last_id(page)
        middle = middle or cursor
        if cursor is None or page.answered.get("has_more") is not True:
            break
    if middle is not None:
        query = {"limit": PAGE, "before": middle}
        stage.session.send("listRuns", thread_id=thread_id, query=query)


def _last_id(page: Exchange) -> str | None:
    """Return the id of a page's last item, as SDKs take it for their cursor."""
    items = page.answered.get("data") if is_kind(page.answered, "list") else None
    last = items[-1] if isinstance(items, list) and items else None
    found = last.get("id") if isinstance(last, dict) else None
    return found if isinstance(found, str) else None


@probe(
    "read a run through a thread it does not belong to",
    creates="1 thread",
    exercises=("RUN-ID-014",),
)
def isolation(stage: Stage) -> None:
    """Ask one thread for another thread's run."""
    if stage.session.target.thread_id is not None:
        raise NotOffered("only one thread was given, by --thread-id")
    run = stage.ended_run
    stage.session.send("getRun", thread_id=stage.new_thread(None), run_id=run["id"])


@probe(
    "ask for what does not exist, and send what is wrong",
    creates="nothing",
    exercises=("RUN-ERR-*", "RUN-OBJ-00[123]"),
)
def refusals(stage: Stage) -> None:
    """Be refused in every common way."""
    run = stage.ended_run
    thread_id, send = run["thread_id"], stage.session.send
    absent = Premise.ABSENT
    send("getRun", thread_id=thread_id, run_id=NO_RUN, premise=absent)
    send("getRun", thread_id=NO_THREAD, run_id=NO_RUN, premise=absent)
    send("listRuns", thread_id=NO_THREAD, premise=absent)
    send("cancelRun", thread_id=thread_id, run_id=NO_RUN, premise=absent)
    send("getRunStep", of=run, step_id=NO_STEP, premise=absent)
    body = {"assistant_id": stage.assistant_id}
    send("createRun", thread_id=NO_THREAD, json_body=body, premise=absent)
    send("createRun", thread_id=thread_id, json_body={"assistant_id": NO_ASSISTANT})
    send("createRun", thread_id=thread_id, json_body={})
    send("createRun", thread_id=thread_id, json_body={"assistant_id": 7})
    says_json = {"Content-Type": JSON_TYPE}
    send("createRun", thread_id=thread_id, content=b'{"assistant_id": ', headers=says_json)
    send("modifyRun", of=run, json_body={"metadata": "none"})
    send("submitToolOutputs", of=run, json_body={"outputs": []})
    wrong = {"Authorization": f"Bearer {WRONG_KEY}"}
    send("getRun", of=run, headers=wrong, premise=Premise.WRONG_KEY)
