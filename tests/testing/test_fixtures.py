"""The fixtures: a server that goes a test's way, what asserts a run, the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from run_contracts.errors import UsageError
from run_contracts.factories import as_model, as_sse, factory
from run_contracts.server import ServerOptions
from run_contracts.testing import AssertRun, RunServer
from tests.testing.plugging import Plugged
from tests.testing.sdk_client import TOOL, Client

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def client(run_server: RunServer) -> Iterator[Client]:
    """Return a client of the test's server."""
    with Client(run_server) as opened:
        yield opened


@pytest.mark.parametrize("status", ["completed", "incomplete", "failed", "cancelled"])
def test_the_next_run_ends_as_it_is_told_to(
    run_server: RunServer, client: Client, assert_run: AssertRun, status: str
) -> None:
    """Only the next: the one after it is an ordinary run."""
    run_server.next_run(status)
    first, second = client.run(), client.run()
    assert (first.status, second.status) == (status, "completed")
    assert_run(first)


def test_a_run_asks_twice_and_fails(run_server: RunServer, client: Client) -> None:
    """Each status where a run rests comes in its turn, whatever the request asked for."""
    run_server.next_run(
        "requires_action", "requires_action", "failed", calls={"weather": {"city": "Oslo"}}
    )
    first = client.run()
    second = client.answer(first)
    third = client.answer(second)
    assert [run.status for run in (first, second, third)] == [
        "requires_action",
        "requires_action",
        "failed",
    ]
    (call,) = first.required_action.submit_tool_outputs.tool_calls
    assert (call.function.name, call.function.arguments) == ("weather", '{"city": "Oslo"}')


def test_the_assistant_says_what_the_test_wants(run_server: RunServer, client: Client) -> None:
    """Word by word, spaces included."""
    run_server.next_run("completed", reply="It is  sunny,\nI think.")
    run = client.run()
    newest = next(iter(client.sdk.beta.threads.messages.list(run.thread_id)))
    assert newest.content[0].text.value == "It is  sunny,\nI think."


def test_a_run_without_calls_uses_its_first_function(run_server: RunServer, client: Client) -> None:
    """One that has none is refused, with what to do."""
    run_server.next_run("requires_action")
    with pytest.raises(openai.BadRequestError, match="give it one, or name calls"):
        client.run()
    run = client.run(tools=[TOOL])
    assert run.required_action.submit_tool_outputs.tool_calls[0].function.name == "weather"
    assert client.answer(run).status == "completed"


def test_a_run_that_stays_can_be_cancelled(run_server: RunServer, client: Client) -> None:
    """It works until somebody ends it."""
    run_server.next_run("in_progress")
    assistant = client.sdk.beta.assistants.create(model="gpt-4o", instructions="Wait.")
    run = client.sdk.beta.threads.create_and_run(assistant_id=assistant.id)
    client.runs.cancel(run.id, thread_id=run.thread_id)
    ended = client.runs.poll(run.id, thread_id=run.thread_id, poll_interval_ms=5)
    assert ended.status == "cancelled"


@pytest.mark.parametrize(
    ("statuses", "reason"),
    [
        ((), "a life has no statuses"),
        (("done",), "no status 'done'; there are cancelled, cancelling, "),
        (("completed", "failed"), "'failed' cannot follow 'completed': such a run has ended"),
        (("cancelling",), "no life ends 'cancelling'; it goes on to 'cancelled'"),
    ],
)
def test_an_impossible_life_is_refused(
    run_server: RunServer, statuses: tuple[str, ...], reason: str
) -> None:
    """Before any client asks for it."""
    with pytest.raises(UsageError, match=re.escape(reason)):
        run_server.next_run(*statuses)
    assert "not started" in repr(run_server)


def test_a_broken_server_stands_beside_the_right_one(run_server: RunServer) -> None:
    """Faults are switched on for one test; a wrong one is an error at once."""
    broken = run_server(faults=("RUN-USAGE-001",))
    with Client(broken) as client:
        usage = client.run().usage
    assert usage.total_tokens != usage.prompt_tokens + usage.completion_tokens
    with pytest.raises(UsageError, match="no fault 'RUN-USAGE'; did you mean"):
        run_server(faults=("RUN-USAGE",))
    with pytest.raises(UsageError, match="no option 'fault'; did you mean 'faults'"):
        run_server(fault="RUN-USAGE-001")


def test_a_server_of_the_session_is_shared(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """A server of the test's own is not; options come from a fixture of the project."""
    pytester.makeconftest(
        """
        import pytest
        from run_contracts.server import ServerOptions

        @pytest.fixture(scope="session")
        def run_server_options():
            return ServerOptions(api_key="sk-mine")
        """
    )
    pytester.makepyfile(
        """
        import pytest
        seen = []

        @pytest.mark.parametrize("time", range(2))
        def test_it(run_server, run_server_session, time):
            seen.append((run_server.url, run_server_session.url))
            assert run_server.api_key == "sk-mine"

        def test_shared():
            assert len({one for one, _ in seen}) == 2
            assert len({one for _, one in seen}) == 1
        """
    )
    plugged().assert_outcomes(passed=3)


def test_a_wrong_run_fails_with_a_line_for_each_rule(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """It names id, place, what was found and expected, and the rule; and shows only the test."""
    pytester.makepyfile(
        """
        def test_it(assert_run, make_run):
            run = make_run("completed") | {"status": "queued", "model": 7}
            assert_run(run)
        """
    )
    result = plugged()
    result.stdout.fnmatch_lines(
        [
            ">       assert_run(run)",
            "E *ContractViolation: this is not a valid v2 run: * rules are broken",
            "E *  RUN-SHAPE-* at /model: found 7, expected string. MUST: `model` of a run is *",
        ]
    )
    result.stdout.no_fnmatch_line("*assert_run.py*")


MADE = factory("v2", seed=1)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (MADE.run("failed"), None),
        (as_model(MADE.run("requires_action")), None),
        (as_model(MADE.run_list(2, "completed")), None),
        (MADE.run_list(0), "run_list"),
        (MADE.stream("completed"), "stream"),
        (as_sse(MADE.stream("requires_action")), None),
        (as_sse(MADE.stream("failed")).encode(), None),
        (MADE.history("cancelled"), "history"),
        (MADE.history("failed"), None),
        (as_model(MADE.history("expired")), None),
        (MADE.stream("failed"), None),
        (as_model(MADE.stream("completed")), None),
    ],
    ids=[
        "run",
        "model",
        "list-model",
        "empty",
        "events",
        "text",
        "bytes",
        "history",
        "snapshots",
        "snapshot-models",
        "bare-events",
        "event-models",
    ],
)
def test_what_is_right_is_asserted_by_kind(assert_run: AssertRun, value: Any, kind: str) -> None:
    """JSON, models of the SDK, streams in any form, lives."""
    assert_run(value, kind)


@pytest.mark.parametrize(
    ("value", "kind", "rule"),
    [
        (MADE.run_list(2) | {"has_more": "no"}, None, "RUN-LIST-"),
        ([{"event": "thread.run.queued", "data": MADE.run("failed")}], "stream", "RUN-STREAM-"),
        (as_sse(MADE.stream("completed")[:-1]), None, "RUN-STREAM-"),
        (MADE.history("cancelled")[::-1], "history", "RUN-LIFE-002 at /1/status"),
        ({"error": {"message": 7}}, None, "RUN-ERR-"),
        (as_model(MADE.history("cancelled")[::-1]), None, "RUN-LIFE-002 at /1/status"),
        (as_model(MADE.stream("completed")[::-1]), None, "RUN-STREAM-"),
        ([], None, "RUN-SHAPE-032"),
        ([7], None, "RUN-SHAPE-032"),
        ([MADE.value("thread")], None, "RUN-SHAPE-032"),
    ],
)
def test_what_is_wrong_is_told_by_kind(
    assert_run: AssertRun, value: Any, kind: str | None, rule: str
) -> None:
    """What takes several values to see, too."""
    with pytest.raises(AssertionError, match=rule):
        assert_run(value, kind)


def test_a_should_counts_if_it_is_to(assert_run: AssertRun) -> None:
    """A broken SHOULD is no failure unless strict."""
    run = MADE.run("completed") | {"id": "7"}
    assert_run(run)
    with pytest.raises(AssertionError, match=r"SHOULD: "):
        assert_run(run, strict=True)


@pytest.mark.parametrize(("value", "kind"), [([], "history"), (7, "history")])
def test_nothing_to_judge_is_an_error(assert_run: AssertRun, value: Any, kind: str | None) -> None:
    """Green on nothing would be worth nothing."""
    with pytest.raises(UsageError):
        assert_run(value, kind)


def test_the_edition_comes_from_a_marker_or_the_options(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """It holds for the contract, for what is asserted and for what is made."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.run_edition("v1")
        def test_marked(run_contract, assert_run, make_run):
            assert run_contract.edition == assert_run.contract.edition == "v1"
            assert "file_ids" in make_run()

        def test_plain(run_contract, make_runs):
            assert run_contract.edition == "v2"
            assert all("file_ids" not in run for run in make_runs(2))
        """
    )
    plugged("--strict-markers").assert_outcomes(passed=2)
    result = plugged("--run-edition", "v1", "-k", "plain")
    result.assert_outcomes(failed=1, deselected=1)


def test_the_dialect_of_a_test_is_its_own_or_that_of_the_options(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """The options' goes with the editions that have it; what an old one lacks is then right."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.run_edition("v1", dialect="openai-2023-11")
        def test_marked(run_contract, assert_run, make_run):
            assert run_contract.dialect == "openai-2023-11"
            run = make_run("completed")
            del run["usage"]
            assert_run(run)

        @pytest.mark.run_edition("v1")
        def test_other_edition(run_contract):
            assert run_contract.dialect is None

        def test_of_the_options(run_contract, assert_run):
            assert run_contract.dialect == "azure-agents"
            assert "dialect azure-agents" in repr(assert_run)
            assert_run({"error": {"code": "404", "message": "Resource not found"}})
        """
    )
    plugged("--run-dialect", "azure-agents").assert_outcomes(passed=3)


def test_what_people_read_names_each_fixture(plugged: Plugged) -> None:
    """Pytest's --fixtures, --markers and --help tell of them without a target."""
    fixtures, markers, options = plugged("--fixtures"), plugged("--markers"), plugged("--help")
    for name in ("run_target", "run_server", "assert_run", "make_run", "run_contract"):
        fixtures.stdout.fnmatch_lines([f"{name}* -- *"])
    fixtures.stdout.fnmatch_lines(["run_seed*", "*seed of the runs*"])
    markers.stdout.fnmatch_lines(["@pytest.mark.run_edition(edition, dialect): *"])
    options.stdout.fnmatch_lines(["*--run-target*", "*run_target (string):*"])


def test_the_options_of_a_server_can_be_slow(run_server: RunServer) -> None:
    """They are those of the reference server."""
    assert run_server(work_seconds=7.0).options == ServerOptions(
        queue_seconds=0.01, work_seconds=7.0, cancel_seconds=0.01
    )
