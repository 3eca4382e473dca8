"""The fixtures. Each may be overridden; what is heavy is imported by those that are used.

Light: pytest imports this module each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, cast

import pytest

from run_contracts.testing.dialect_option import dialect_in
from run_contracts.testing.plugin_options import given

if TYPE_CHECKING:
    from run_contracts.contract.loading import Contract
    from run_contracts.making.factory import Factory
    from run_contracts.server import ServerOptions
    from run_contracts.testing.assert_run import AssertRun
    from run_contracts.testing.legal_run import LegalRun
    from run_contracts.testing.played_server import PlayedServer
    from run_contracts.testing.recordings_judged import AssertRecording
    from run_contracts.testing.server import RunServer
    from run_contracts.testing.watched_runs import WatchedRuns
    from run_contracts.types import DialectName, Edition, MakeRun, MakeRuns, Run, RunStatus


@pytest.fixture(scope="session")
def run_target(request: pytest.FixtureRequest) -> Any:
    """Return what the suite checks: that of --run-target, unless you override it.

    Return a base URL, "module:app", an ASGI application (its /threads below /v1), a pair of base
    URL and application, or a run_contracts Target. Session or module scope: one check is made.
    """
    target = given(request.config, "target")
    if not target:
        pytest.fail(
            "there is no server to check: give --run-target URL, set run_target in pytest's "
            "configuration or RUN_CONTRACTS_TARGET, or override the fixture run_target",
            pytrace=False,
        )
    return target


@pytest.fixture
def _run_check(request: pytest.FixtureRequest, run_target: Any) -> Callable[[], None]:
    """Return what decides an item of the suite."""
    from run_contracts.testing.checking import SessionChecks  # noqa: PLC0415 - only in the suite

    return lambda: SessionChecks.of(request.config).decide(request, run_target)


@pytest.fixture
def run_contract(request: pytest.FixtureRequest) -> Contract:
    """Return the contract as a value: schemas, life cycle, register of requirements.

    Its edition is that of @pytest.mark.run_edition("v1"), else that of the options, else v2. Its
    dialect is that of the options, unless the mark names another: dialect="openai-2023-11".
    """
    from run_contracts.contract.loading import load  # noqa: PLC0415 - only when it is used

    edition = _edition(request)
    mark = request.node.get_closest_marker("run_edition")
    named = mark.kwargs.get("dialect") if mark is not None else None
    return load(edition, dialect=named or dialect_in(request.config, edition))


@pytest.fixture
def assert_run(run_contract: Contract) -> AssertRun:
    """Assert that a run keeps the contract; a failure tells each broken rule in a line.

    Takes decoded JSON and models of the openai SDK: runs, steps, messages, errors, lists; with
    kind="stream" the text or the events of a stream, with kind="history" snapshots of one run.
    With strict=True a broken SHOULD fails, too.
    """
    from run_contracts.testing.assert_run import AssertRun  # noqa: PLC0415 - only when it is used

    return AssertRun(run_contract)


@pytest.fixture
def assert_recording() -> AssertRecording:
    """Assert that recorded traffic, or a stub, keeps the contract.

    Takes a path, or what a recording holds as decoded JSON: a cassette, stubs, a HAR, records of
    exchanges, answers alone. Edition and dialect are found out unless they are given.
    """
    from run_contracts.testing.recordings_judged import AssertRecording  # noqa: PLC0415 - heavy

    return AssertRecording()


@pytest.fixture(scope="session")
def run_server_options() -> ServerOptions | None:
    """Return None; override it to return the ServerOptions of run_server and run_server_session."""
    return None


@pytest.fixture
def run_server(
    request: pytest.FixtureRequest, run_server_options: ServerOptions | None
) -> Iterator[RunServer]:
    """Run a reference server for this test, on loopback, for any client, e.g. the openai SDK.

    OpenAI(base_url=run_server.url, api_key=run_server.api_key) talks to it. Let the next run go
    your way by run_server.next_run("requires_action", "completed"), and take a broken server by
    run_server(faults=["RUN-LIST-005"]), beside or instead of the right one.
    """
    yield from _until_met(_server(run_server_options), request.node)


@pytest.fixture(scope="session")
def run_server_session(run_server_options: ServerOptions | None) -> Iterator[RunServer]:
    """Run a reference server that all tests of the session share; see run_server."""
    yield from _until_met(_server(run_server_options))


@pytest.fixture
def every_legal_run(request: pytest.FixtureRequest) -> Iterator[LegalRun]:
    """Play each legal life of a run to the code of a test, one a test.

    Let the code make one run at every_legal_run.url with every_legal_run.api_key, and tell what it
    says by every_legal_run.came_to(status, text=...), or came_to(error=...). That fails if it is
    not so, or if a request breaks a requirement on clients.
    """
    from run_contracts.testing.legal_run import legal_run  # noqa: PLC0415 - only when it is used

    with legal_run(request.param, strict=bool(given(request.config, "strict"))) as played:
        yield played
        played.judge()


@pytest.fixture
def watched_runs(request: pytest.FixtureRequest) -> Iterator[WatchedRuns]:
    """Judge what the clients of a test exchange with servers, at its end.

    OpenAI(base_url=..., http_client=watched_runs.client()) is such a client, and so is one with
    transport=watched_runs.transport(). A broken MUST fails the test, with --run-strict a broken
    SHOULD, too; so does a test in which no run was seen, unless it says
    watched_runs.allow_nothing(). Edition and dialect are found out, unless @pytest.mark.run_edition
    names them. Where @pytest.mark.run_alone says that nobody else changes the runs, threads and
    assistants meanwhile, what is seen later is held to what was done before, too.
    """
    from run_contracts.recordings.judging.asked_for import AskedFor  # noqa: PLC0415 - only when it is used
    from run_contracts.testing.watched_runs import WatchedRuns  # noqa: PLC0415

    mark = request.node.get_closest_marker("run_edition")
    named = (mark.args[0], mark.kwargs.get("dialect")) if mark is not None else (None, None)
    is_alone = request.node.get_closest_marker("run_alone") is not None
    asked = AskedFor.named(*named, is_alone=is_alone)
    watched = WatchedRuns(asked, strict=bool(given(request.config, "strict")))
    yield watched
    from run_contracts.errors import UsageError  # noqa: PLC0415 - only when it is used

    watched.close()
    if request.node.stash.get(IS_CUT_SHORT, False):
        watched.allow_nothing()
    try:
        watched.judge()
    except (AssertionError, UsageError) as error:
        reason = str(error)
    else:
        return
    pytest.fail(reason, pytrace=False)


@pytest.fixture
def play_recording() -> Iterator[Callable[..., PlayedServer]]:
    """Play a recording as a server for this test, on loopback, for any client.

    OpenAI(base_url=server.url, api_key=server.api_key) talks to server = play_recording(path).
    Streams come at once; with speed=1 in the time they took. With seed=1 it has other ids.
    """
    from run_contracts.testing.played_server import playing  # noqa: PLC0415 - only when it is used

    with ExitStack() as stack:
        yield lambda *files, **options: stack.enter_context(playing(*files, **options))


@pytest.fixture(scope="session")
def run_seed() -> int | None:
    """Return the seed of the runs that make_run and make_runs make; override it to get others."""
    return 0


@pytest.fixture
def make_run(request: pytest.FixtureRequest, run_seed: int | None) -> MakeRun:
    """Make legal runs, the same in every session: call it with a status, and fields to fix.

    E.g. make_run("requires_action", metadata__team="blue"). The edition is that of run_contract.
    """
    from run_contracts.making.factory import factory  # noqa: PLC0415 - only when it is used

    made: dict[tuple[Edition, DialectName | None, str], Factory] = {}

    def make(
        status: RunStatus | None = None,
        *,
        edition: Edition | None = None,
        dialect: DialectName | None = None,
        locale: str = "en_US",
        **fixed: Any,
    ) -> Run:
        key = (edition or _edition(request), dialect, locale)
        if key not in made:
            made[key] = factory(key[0], dialect=dialect, seed=run_seed, locale=locale)
        return made[key].run(status, **fixed)

    return make


@pytest.fixture
def make_runs(make_run: MakeRun) -> MakeRuns:
    """Make several legal runs: call it with how many, then as make_run."""

    def make(n: int, status: RunStatus | None = None, **fixed: Any) -> list[Run]:
        from run_contracts.making.factory import count  # noqa: PLC0415 - only when it is used

        return [make_run(status, **fixed) for _ in range(count(n))]

    return make


def _edition(request: pytest.FixtureRequest) -> Edition:
    """Return the edition of a test."""
    mark = request.node.get_closest_marker("run_edition")
    named = mark.args[0] if mark is not None else given(request.config, "edition")
    return cast("Edition", str(named))


IS_CUT_SHORT = pytest.StashKey[bool]()
"""Whether a test did not come to its end: it has failed, or it was skipped."""


def _until_met(server: RunServer, test: pytest.Item | None = None) -> Iterator[RunServer]:
    """Run a server; fail if something that was planned for it never came.

    Not if its test has not come to its end: what it did not come to says nothing more.
    """
    yield server
    server.close()
    if test is not None and test.stash.get(IS_CUT_SHORT, False):
        return
    try:
        server.assert_all_met()
    except AssertionError as error:
        reason = str(error)
    else:
        return
    pytest.fail(reason, pytrace=False)


def _server(options: ServerOptions | None) -> RunServer:
    from run_contracts.testing.server import RunServer  # noqa: PLC0415 - only when it is used

    return RunServer() if options is None else RunServer(options)
