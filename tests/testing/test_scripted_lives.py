"""A test writes how runs go: calls in each round, what they cost, why they end, for which run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from run_contracts.contract.loading import load
from run_contracts.errors import UsageError
from run_contracts.testing import AssertRun, RunServer
from tests.testing.plugging import Plugged
from tests.testing.sdk_client import TOOL, Client, called

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
OSLO, PARIS = {"city": "Oslo"}, {"city": "Paris"}


@pytest.fixture
def client(run_server: RunServer) -> Iterator[Client]:
    """Return a client of the test's server."""
    with Client(run_server) as opened:
        yield opened


def test_one_function_is_called_twice_at_once(run_server: RunServer, client: Client) -> None:
    """As models do that call in parallel."""
    run_server.next_run(
        "requires_action", "completed", calls=[("weather", OSLO), ("weather", PARIS)], reply="Wet."
    )
    run = client.run()
    assert called(run) == [("weather", json.dumps(OSLO)), ("weather", json.dumps(PARIS))]
    assert client.said(client.answer(run)).value == "Wet."


def test_each_round_has_calls_of_its_own(run_server: RunServer, client: Client) -> None:
    """In lists of pairs, or in dicts."""
    rounds: Any = [[("weather", OSLO)], {"time": {"zone": "CET"}}]
    run_server.next_run("requires_action", "requires_action", "completed", calls=rounds)
    first = client.run()
    second = client.answer(first)
    assert (called(first), called(second)) == (
        [("weather", json.dumps(OSLO))],
        [("time", '{"zone": "CET"}')],
    )
    assert client.answer(second).status == "completed"


def test_a_call_has_the_id_that_it_is_given(run_server: RunServer, client: Client) -> None:
    """A name alone is called with arguments that its function takes."""
    call = {"id": "call_mine", "name": "weather", "arguments": "{}"}
    run_server.next_run("requires_action", calls=[call, "weather"])
    first, second = client.run().required_action.submit_tool_outputs.tool_calls
    assert first.id == "call_mine"
    assert second.function.arguments == "{}"


def test_the_end_says_what_it_is_told_to(
    run_server: RunServer, client: Client, assert_run: AssertRun
) -> None:
    """Why a run failed, which limit it hit, what it cost; all of it legal."""
    run_server.next_run("failed", last_error=("rate_limit_exceeded", "Too many."), usage=(7, 0))
    run_server.next_run("failed", last_error="invalid_image_url")
    run_server.next_run("incomplete", incomplete_reason="max_prompt_tokens", usage=(120, 30))
    failed, odd, incomplete = client.run(), client.run(), client.run()
    assert failed.last_error.to_dict() == {"code": "rate_limit_exceeded", "message": "Too many."}
    assert odd.last_error.code == "invalid_image_url"
    assert incomplete.incomplete_details.reason == "max_prompt_tokens"
    assert (failed.usage.total_tokens, incomplete.usage.prompt_tokens) == (7, 120)
    for run in (failed, incomplete):
        assert_run(run)
        for step in client.steps(run):
            assert_run(step)


def test_the_usage_of_steps_is_that_of_their_run(run_server: RunServer, client: Client) -> None:
    """What is planned of the whole is not more or less in its parts."""
    run_server.next_run("requires_action", "completed", calls={"weather": OSLO}, usage=(120, 30))
    run = client.answer(client.run())
    assert run.usage.total_tokens == sum(step.usage.total_tokens for step in client.steps(run))


def test_a_run_uses_built_in_tools_first(
    run_server: RunServer, client: Client, assert_run: AssertRun
) -> None:
    """Each in a step of its own, before it calls functions or writes."""
    computed = {"input": "6 * 7", "outputs": [{"type": "logs", "logs": "42"}]}
    run_server.next_run(
        "requires_action",
        "completed",
        calls={"weather": OSLO},
        steps=["file_search", ("code_interpreter", computed)],
    )
    run = client.answer(client.run())
    steps = client.steps(run)
    kinds = [getattr(step.step_details, "tool_calls", [step.type])[0] for step in steps]
    assert [getattr(kind, "type", kind) for kind in kinds] == [
        "file_search",
        "code_interpreter",
        "function",
        "message_creation",
    ]
    assert kinds[1].code_interpreter.outputs[0].logs == "42"
    assert_run(run)


@pytest.mark.parametrize("edition", ["v1", "v2"])
def test_a_reply_cites_files(run_server: RunServer, client: Client, edition: Any) -> None:
    """Marked where the text says so, polled and streamed."""
    headers = {"OpenAI-Beta": f"assistants={edition}"}
    run_server.next_run("completed", reply="It rains", cites=["file-1", "file-2"])
    sdk = client.sdk.with_options(default_headers=headers)
    assistant = sdk.beta.assistants.create(model="gpt-4o", extra_headers=headers)
    thread = sdk.beta.threads.create(
        messages=[{"role": "user", "content": "Hi."}], extra_headers=headers
    )
    path = f"/threads/{thread.id}/runs"
    options: Any = {"headers": headers}
    run = sdk.post(path, cast_to=object, body={"assistant_id": assistant.id}, options=options)
    assert run
    run_server.advance(60)
    message = sdk.beta.threads.messages.list(thread.id, extra_headers=headers).data[0]
    text: Any = message.content[0].text  # type: ignore[union-attr]
    assert text.value == "It rains \u30104:0\u2020source\u3011 \u30104:1\u2020source\u3011"
    for annotation, file_id in zip(text.annotations, ["file-1", "file-2"], strict=True):
        assert annotation.file_citation.file_id == file_id
        assert text.value[annotation.start_index : annotation.end_index] == annotation.text


def test_a_citation_is_streamed(
    run_server: RunServer, client: Client, assert_run: AssertRun
) -> None:
    """As a delta of its own, after the text; all events keep the contract."""
    run_server.next_run("completed", reply="It rains", cites=["file-1"])
    with client.runs.stream(**client.ids()) as stream:
        stream.until_done()
        (message,) = stream.get_final_messages()
    (annotation,) = message.content[0].text.annotations  # type: ignore[union-attr]
    assert annotation.file_citation.file_id == "file-1"  # type: ignore[union-attr]
    (created,) = run_server.requests.of("createRun")
    assert_run(created.exchange.response.body)


def test_a_run_waits_in_the_queue(run_server: RunServer, client: Client) -> None:
    """As long as it is told to; the server's time can be let pass."""
    run_server.next_run("queued")
    run = client.runs.create(**client.ids())
    assert client.runs.retrieve(run.id, thread_id=run.thread_id).status == "queued"
    run_server.advance(599)
    assert client.runs.retrieve(run.id, thread_id=run.thread_id).status == "queued"
    run_server.advance(2)
    assert client.runs.retrieve(run.id, thread_id=run.thread_id).status == "expired"


def test_a_life_that_takes_too_long_is_refused(run_server: RunServer, client: Client) -> None:
    """Its run would expire first; a server that waits longer takes it."""
    with pytest.raises(UsageError, match=r"in 700\.05 s expires after 600 s; plan 'expired'"):
        run_server.next_run("completed", queue_seconds=700)
    patient = run_server(expires_after=1000)
    patient.next_run("completed", queue_seconds=700)
    with Client(patient) as asking:
        run = asking.runs.create(**asking.ids())
        patient.advance(800)
        assert asking.runs.retrieve(run.id, thread_id=run.thread_id).status == "completed"


def test_a_life_is_that_of_the_run_it_is_meant_for(run_server: RunServer, client: Client) -> None:
    """By thread, assistant, model, or what a function says; the others take the rest in order."""
    first, second = client.ids(), client.ids(model="gpt-4.1", says="What is the weather?")
    run_server.next_run("failed", thread=second["thread_id"])
    run_server.next_run("incomplete", assistant=first["assistant_id"])
    run_server.next_run("expired", model="gpt-4.1")
    run_server.next_run("cancelled", when=lambda asked: "weather" in asked.text)
    run_server.next_run("completed")
    order = [second, first, second, second, first]
    assert [client.run(ids).status for ids in order] == [
        "failed",
        "incomplete",
        "expired",
        "cancelled",
        "completed",
    ]


def test_what_a_client_got_names_a_thread(run_server: RunServer, client: Client) -> None:
    """Objects of the SDK are taken for their ids."""
    thread = client.sdk.beta.threads.create(messages=[{"role": "user", "content": "Hi."}])
    run_server.next_run("failed", thread=thread)
    ids = {**client.ids(), "thread_id": thread.id}
    assert client.run(ids).status == "failed"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"repli": "x"}, "no argument of next_run 'repli'; did you mean 'reply'?"),
    ({"calls": "weather"}, "calls is 'weather'; give a list of (name, arguments)"),
    ({"calls": [7]}, "7 is no call; give (name, arguments), a name, or a dict of"),
    ({"calls": [[("a", {})], [("b", {})]]}, "calls are of 2 rounds, but the life"),
    ({"calls": [("weather", {1, 2})]}, "arguments of weather"),
    ({"calls": [[]]}, "calls has a round without any"),
    ({"usage": (1, -2)}, "usage counts -2 tokens; give numbers of 0 or more"),
    ({"usage": {"prompt": 1}}, "no count of usage 'prompt'; did you mean 'prompt_tokens'?"),
    ({"usage": {"prompt_tokens": 1, "total_tokens": 3}}, "usage has a total of 3, but its parts"),
    ({"last_error": "server_error"}, "last_error is of a life that ends 'failed'"),
    ({"last_error": "rate_limit"}, "last_error is of a life that ends 'failed'"),
    ({"incomplete_reason": "max_tokens"}, "no incomplete_reason 'max_tokens'; did you mean"),
    ({"steps": ["code"]}, "no built-in tool 'code'; "),
    ({"steps": "file_search"}, "steps is 'file_search'; give a list of built-in tools"),
    ({"cites": "file-1"}, "cites is 'file-1'; give a list of ids of files"),
    ({"queue_seconds": "long"}, "queue_seconds 'long' is not a number of seconds, 0 or"),
    ({"thread": 7}, "thread is 7; give its id, or what a client got for it"),
    ({"when": True}, "when is True; give a function that takes an AskedRun"),
    ({"reply": 7}, "reply is 7; give a text"),
    ({"reply": "\ud83d"}, "reply is '\\ud83d', which has half of a letter; give it whole"),
    ({"cites": ["\ud83d"]}, "an id of cites is '\\ud83d', which has half of a letter"),
    ({"cites": [""]}, "an id of cites is ''; give a text that is not empty"),
    ({"calls": ["\ud83d"]}, "the name of a call is '\\ud83d', which has half of a letter"),
    ({"calls": [("a", '"\ud83d"')]}, "arguments of 'a' is '\"\\ud83d\"', which has half of a"),
    ({"calls": [("a", {"b": "\ud83d"})]}, "arguments of a__b is '\\ud83d', half of a letter"),
    ({"calls": [{"name": "a", "id": "\ud83d"}]}, "the id of the call 'a' is '\\ud83d', which has"),
    ({"calls": [{"name": "a", "id": ""}]}, "the id of the call 'a' is ''; give a text that is not"),
    ({"calls": [{"name": "a", "id": 7}]}, "the id of the call 'a' is 7; give a text that is not"),
    ({"calls": [""]}, "the name of a call is ''; give a text that is not empty"),
    ({"calls": [("a", 10**5000)]}, "calls hold a number of too many digits; give a shorter one"),
    ({"model": "\ud83d"}, "model is '\\ud83d', which has half of a letter"),
    ({"thread": "\ud83d"}, "thread is '\\ud83d', which has half of a letter"),
    ({"usage": 3}, "usage is 3; give (prompt, completion)"),
    ({"usage": (1,)}, "usage is (1,); give (prompt, completion)"),
    ({"usage": (2**53, 1)}, "usage counts 9007199254740993 tokens; give at most 2**53"),
    ({"usage": (10**400, 1)}, "usage counts a number of about 401 digits tokens; give at most"),
    ({"last_error": 3}, "last_error is 3; give a code, or (code, message)"),
    ({"last_error": ()}, "last_error is (); give a code, or (code, message)"),
    ({"last_error": "\ud83d"}, "the code of last_error is '\\ud83d', which has half of a letter"),
    ({"last_error": ("x", "\ud83d")}, "the message of last_error is '\\ud83d', which has half of"),
    ({"work_seconds": 10**400}, "work_seconds a number of about 401 digits is more than ten years"),
    ({"incomplete_reason": []}, "no incomplete_reason []; there are max_completion_tokens, "),
    ({"steps": [7]}, "steps holds 7; give a name, or a name and what it holds"),
    ({"steps": [([], {})]}, "no built-in tool []; there are code_interpreter, file_search, "),
    (
        {"steps": [("code_interpreter", {"inptu": "1"})]},
        "no field of code_interpreter 'inptu'; did you mean 'input'?",
    ),
    ({"steps": [("retrieval", {"input": "1"})]}, "the call of retrieval holds 'input'; it has no"),
    (
        {"steps": [("code_interpreter", {"input": 7})]},
        "the call of code_interpreter is wrong at /code_interpreter/input: expected string, ",
    ),
    (
        {"steps": [("file_search", {"ranking_options": {"ranker": "auto"}})]},
        "the call of file_search is wrong at /file_search/ranking_options/score_threshold: expec",
    ),
]


@pytest.mark.parametrize(("wishes", "reason"), WRONG, ids=[reason for _, reason in WRONG])
def test_a_wrong_wish_is_refused_where_it_is_written(
    run_server: RunServer, wishes: dict[str, Any], reason: str
) -> None:
    """In one line, with the nearest name, before any client asks."""
    with pytest.raises(UsageError) as refused:
        run_server.next_run("requires_action", "completed", **wishes)
    assert reason in str(refused.value)


def test_statuses_are_arguments(run_server: RunServer) -> None:
    """A list of them is refused with how to write it; so is what is no text."""
    with pytest.raises(UsageError, match=r"\['completed'\] is no status; give several as arg"):
        run_server.next_run(["completed"])  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"no status \{\}; there are cancelled, "):
        run_server.next_run({})  # type: ignore[arg-type]


def test_an_id_is_of_one_call(run_server: RunServer) -> None:
    """So it is refused where its call would come in several rounds."""
    call = {"id": "call_mine", "name": "weather"}
    twice = ("requires_action", "requires_action")
    with pytest.raises(UsageError, match="the call 'call_mine' would come in several rounds"):
        run_server.next_run(*twice, calls=[call])
    run_server.next_run(*twice, calls=[[call], ["weather"]])
    run_server.reset()


@pytest.mark.parametrize(
    ("edition", "step", "shown"),
    [
        ("v1", ("file_search", {"results": []}), {"type": "retrieval", "retrieval": {}}),
        ("v1", "retrieval", {"type": "retrieval", "retrieval": {}}),
        ("v2", "retrieval", {"type": "file_search", "file_search": {}}),
        ("v2", "file_search", {"type": "file_search", "file_search": {}}),
    ],
)
def test_the_search_for_files_is_called_as_the_edition_has_it(
    run_server: RunServer, edition: Any, step: Any, shown: dict[str, Any]
) -> None:
    """Whichever name it was planned by."""
    run_server.next_run("completed", steps=[step])
    key = {"Authorization": f"Bearer {run_server.api_key}"}
    headers = {**key, "OpenAI-Beta": f"assistants={edition}"}
    with httpx2.Client(base_url=run_server.url, headers=headers) as http:
        assistant = http.post("/assistants", json={"model": "gpt-4o"}).json()["id"]
        body = {"assistant_id": assistant, "instructions": "Be brief."}
        run = http.post("/threads/runs", json=body).json()
        run_server.advance(60)
        steps = http.get(f"/threads/{run['thread_id']}/runs/{run['id']}/steps?order=asc").json()
    (call,) = steps["data"][0]["step_details"]["tool_calls"]
    assert {name: value for name, value in call.items() if name != "id"} == shown
    AssertRun(load(edition))(steps["data"][0])


def test_a_slip_in_a_code_is_refused(run_server: RunServer) -> None:
    """Codes are open, but one that is nearly a known one is none."""
    with pytest.raises(UsageError, match="did you mean 'rate_limit_exceeded'"):
        run_server.next_run("failed", last_error="rate_limit_exceded")


def test_calls_are_of_a_run_that_asks(run_server: RunServer) -> None:
    """Else they would never be seen."""
    with pytest.raises(UsageError, match="which the life completed never does"):
        run_server.next_run("completed", calls={"weather": OSLO})


def test_what_never_came_fails_the_test(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """With what came instead; a server that is reset has nothing left."""
    pytester.makepyfile(
        """
        from tests.testing.sdk_client import Client
        import pytest
        pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

        def test_unused(run_server):
            run_server.next_run("failed")

        def test_unmatched(run_server):
            run_server.next_run("failed", model="gpt-5")
            run_server.fail(500, on="cancelRun")
            with Client(run_server) as client:
                client.run()

        def test_raising(run_server):
            run_server.next_run("failed", when=lambda asked: asked.nothing)
            with Client(run_server) as client:
                assert client.run().status == "completed"

        def test_reset(run_server):
            run_server.next_run("failed")
            run_server.reset()
            assert list(run_server.requests) == []
        """
    )
    result = plugged("-p", "no:randomly")
    result.assert_outcomes(passed=4, errors=3)
    result.stdout.fnmatch_lines(
        [
            "not all that was planned came:",
            "  no run took the life failed",
            "*no run took the life failed for model gpt-5",
            "  what came without a life: a run on thread thread_* of assistant asst_*, "
            "model gpt-4o, text 'Hello.'",
            "  no request met the trouble fail(500) on cancelRun",
            "*could not be asked: AttributeError: *",
        ]
    )


def _planned_in_vain(error: Exception | None = None) -> None:
    with RunServer() as server:
        server.next_run("completed")
        if error is not None:
            raise error


def test_a_server_without_pytest_says_what_never_came() -> None:
    """As a context manager, e.g. under unittest; an error of the test's own goes first."""
    with pytest.raises(AssertionError, match="no run took the life completed"):
        _planned_in_vain()
    with pytest.raises(ZeroDivisionError):
        _planned_in_vain(ZeroDivisionError())


def test_a_server_begins_anew(run_server: RunServer, client: Client) -> None:
    """What was stored is gone, and ids are those of the beginning."""
    ids = client.ids(tools=[TOOL])
    run_server.reset()
    assert client.ids(tools=[TOOL]) == ids


def test_a_server_has_the_port_it_is_given(run_server: RunServer) -> None:
    """For clients that have an address written down."""
    port = int(run_server.url.rpartition(":")[2].partition("/")[0])
    run_server.close()
    assert run_server(port=port).url == f"http://127.0.0.1:{port}/v1"
