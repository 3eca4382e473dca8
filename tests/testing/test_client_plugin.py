"""Clients in pytest: a command as items, the code of a test in every legal life."""

from __future__ import annotations

import shlex

import pytest

from run_contracts.conduct.played_lives import PLAYED_LIVES
from tests.conduct.playing import small_client
from tests.testing.plugging import Plugged

SOME = "completes or fails-by-rate or bytewise or calls-again"
OTHERS = len(PLAYED_LIVES) - 4
AGENT = """
    import pytest
    from tests.faulty_clients.client_faults import FAULTS
    from tests.faulty_clients.small_client import GivenUp, SmallClient

    def work(kind, life):
        try:
            return kind(life.url, life.api_key, streams=False).work()
        except GivenUp as error:
            return {"error": error}

"""


def test_each_life_is_an_item(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """It passes, fails with the rule, or is skipped where the client does not do what it needs."""
    command = shlex.join(small_client("--fault", "AlwaysCompletes"))
    result = plugged("--run-client", command, "-k", SOME, "-rs", "-v")
    result.assert_outcomes(passed=2, failed=1, skipped=1, deselected=OTHERS)
    result.stdout.fnmatch_lines(
        [
            "run-contracts: the client *, * lives",
            "run_contracts_client::completes PASSED*",
            "The run fails: rate_limit_exceeded.",
            "CLIENT-END-003 MUST: A client never tells that a run completed which did not. *",
            "SKIPPED * the client streams no run",
        ]
    )


def test_a_printed_life_is_selected_by_its_id(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """Alone, beside a test file, and with the path that pytest prints before it."""
    client = ("--run-client", shlex.join(small_client()))
    test = pytester.makepyfile("def test_it(): pass")
    life = "run_contracts_client::completes"
    plugged(*client, life).assert_outcomes(passed=1)
    plugged(*client, f"../{life}", str(test)).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("life", "words", "said"),
    [
        ("complete", ("--run-client", "true"), "no life 'complete'; did you mean 'completes'?"),
        ("completes", (), "run_contracts_client is played to a client; name it by --run-client"),
    ],
)
def test_a_life_that_cannot_be_played_is_an_error_of_usage(
    life: str, words: tuple[str, ...], said: str, pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """A name that is none, and one without a client."""
    result = plugged(*words, f"run_contracts_client::{life}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}"])


def test_a_client_that_asks_for_nothing_fails(pytester: pytest.Pytester, plugged: Plugged) -> None:
    """Green on nothing would be worth nothing."""
    result = plugged("--run-client", "true", "-k", "completes")
    result.assert_outcomes(failed=1, deselected=OTHERS + 3)
    result.stdout.fnmatch_lines(["the client sent nothing to {url}; it said completed *"])


def test_a_life_of_which_nothing_is_known_is_no_green_item(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """It is skipped, with the reason: a client that deletes its run before its end."""
    pytester.makepyfile(
        AGENT
        + """
    class Leaves(SmallClient):
        def settled(self, run):
            self.ask("DELETE", f"/threads/{run['thread_id']}")
            raise GivenUp("enough")

    def test_it(every_legal_run):
        every_legal_run.came_to(**work(Leaves, every_legal_run))
    """
    )
    result = plugged("-k", "completes", "-rs")
    result.assert_outcomes(skipped=1, deselected=OTHERS + 3)
    result.stdout.fnmatch_lines(["SKIPPED * it deleted its run before anybody knew *"])


def test_a_command_that_is_none_is_an_error_of_usage(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """In one line."""
    result = plugged("--run-client", "python 'app")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(['ERROR: --run-client "python \'app" is no command: No closing*'])


def test_the_code_of_a_test_meets_every_legal_run(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """What it says is held against what the run came to, and its requests are judged."""
    pytester.makepyfile(
        AGENT
        + """
    def test_right(every_legal_run):
        every_legal_run.came_to(**work(SmallClient, every_legal_run))

    def test_wrong(every_legal_run):
        every_legal_run.came_to(**work(FAULTS["AlwaysCompletes"].kind, every_legal_run))
    """
    )
    result = plugged("-k", SOME)
    result.assert_outcomes(passed=5, failed=1, skipped=2, deselected=2 * OTHERS)
    result.stdout.fnmatch_lines(
        ["E *AssertionError: The run fails: rate_limit_exceeded.", "E *CLIENT-END-003 MUST: *"]
    )


def test_requests_are_judged_where_nothing_is_said(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """At the end of the test."""
    pytester.makepyfile(
        AGENT
        + """
    def test_it(every_legal_run):
        work(FAULTS["SaysPlainText"].kind, every_legal_run)
    """
    )
    result = plugged("-k", "completes")
    result.stdout.fnmatch_lines(["E *CLIENT-HEAD-001 MUST: *"])


def test_a_server_of_a_test_judges_what_it_was_asked(
    pytester: pytest.Pytester, plugged: Plugged
) -> None:
    """If the test wants it to; a broken SHOULD counts if it is strict."""
    pytester.makepyfile(
        AGENT
        + """
    class At:
        def __init__(self, server):
            self.url, self.api_key = server.url, server.api_key

    @pytest.mark.parametrize("fault", ["", "SaysPlainText", "ShowsItsKey"])
    @pytest.mark.parametrize("strict", [False, True])
    def test_it(run_server, fault, strict):
        work(FAULTS[fault].kind if fault else SmallClient, At(run_server))
        run_server.assert_requests_hold(strict=strict)
    """
    )
    result = plugged("-v")
    result.assert_outcomes(passed=3, failed=3)
    result.stdout.fnmatch_lines(["E *AssertionError: the client breaks the contract:"])
