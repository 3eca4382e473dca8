"""Making from outside: the command ``sample``, and the fixtures of the pytest plugin."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from run_contracts import load, violations
from run_contracts.cli.commands.sample import command
from run_contracts.errors import UsageError
from run_contracts.traffic.sse import frames


def _said(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, catch_exceptions=False)


def test_a_sample_is_one_legal_run() -> None:
    """Without options: one run, as JSON that people can read."""
    said = _said()
    assert violations(json.loads(said.stdout)) == ()
    assert said.stdout.startswith('{\n  "id"')


def test_the_same_seed_prints_the_same() -> None:
    """A seed makes the sample repeatable."""
    assert _said("--seed", "7").stdout == _said("--seed", "7").stdout != _said().stdout


def test_lines_hold_a_run_each() -> None:
    """With jsonl every line is a run of the status and edition asked for."""
    lines = _said("-n", "5", "--format", "jsonl", "--edition", "v1", "--status", "failed").stdout
    runs = [json.loads(line) for line in lines.splitlines()]
    assert [run["status"] for run in runs] == ["failed"] * 5
    assert all(violations(run, edition="v1") == () for run in runs)


@pytest.mark.parametrize(("n", "size"), [("0", 0), ("1", 1), ("3", 3)])
def test_a_number_gives_an_array(n: str, size: int) -> None:
    """With -n JSON is an array of that size, also of none or one."""
    assert len(json.loads(_said("-n", n).stdout)) == size


def test_a_stream_ends_in_the_status() -> None:
    """With sse it is the stream of a run, with its end marker."""
    events = frames(_said("--format", "sse", "--status", "cancelled").stdout.encode())
    assert events[-1].data == "[DONE]"
    assert events[-2].name == "thread.run.cancelled"


def test_an_edge_case_is_printed_by_name_and_all_are_listed() -> None:
    """The list tells each name with what it is."""
    run = json.loads(_said("--edge", "metadata-16-pairs").stdout)
    assert len(run["metadata"]) == 16
    listed = _said("--edges", "--edition", "v1").stdout.splitlines()
    assert len(listed) >= 60
    assert any(line.startswith("tools-128-items ") and line.endswith(".") for line in listed)


@pytest.mark.parametrize(
    "kind", ["run_step", "run_list", "run_step_list", "error", "message", "thread", "message_delta"]
)
def test_any_kind_is_printed(kind: str) -> None:
    """Not only runs are what servers answer."""
    lines = _said("--kind", kind, "--format", "jsonl", "-n", "3").stdout.splitlines()
    assert [violations(json.loads(line), kind=kind, contract=load("v2")) for line in lines] == [
        ()
    ] * 3


def test_a_life_is_printed_in_the_order_in_which_it_was_seen() -> None:
    """The snapshots of one run, up to the status asked for."""
    life = json.loads(_said("--kind", "history", "--status", "failed").stdout)
    assert (life[0]["status"], life[-1]["status"]) == ("queued", "failed")
    assert len({run["id"] for run in life}) == 1


def test_a_stream_that_is_an_edge_case_is_printed_as_it_is_sent() -> None:
    """The kind of stream needs no format."""
    events = frames(_said("--kind", "stream", "--edge", "completed-plain").stdout.encode())
    assert events[-1].data == "[DONE]"


def test_the_id_of_pieces_is_that_of_what_they_are_pieces_of() -> None:
    """Pieces of a message name the message, those of a step the step."""
    for kind, prefix in (("message_delta", "msg_"), ("run_step_delta", "step_")):
        assert json.loads(_said("--kind", kind).stdout)["id"].startswith(prefix)


def test_near_misses_are_printed_with_what_is_wrong_beside() -> None:
    """The text goes to the standard output alone, so that it can be piped."""
    said = _said("--breaks", "RUN-USAGE-001", "-n", "2")
    for line in said.stdout.splitlines():
        (broken,) = violations(json.loads(line))
        assert broken.requirement == "RUN-USAGE-001"
    assert said.stderr.startswith("RUN-USAGE-001-1 run at /usage/total_tokens: ")
    assert said.stderr.count("\n") == 2


def test_a_near_miss_of_a_stream_is_the_stream() -> None:
    """What breaks a rule on streams is printed as it would be sent."""
    events = frames(_said("--breaks", "RUN-STREAM-003").stdout.encode())
    assert events[0].name == "thread.run.created"
    assert events[-1].data != "[DONE]"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--status", "complete"), "did you mean 'completed'"),
        (("--edge", "tools-128-item"), "did you mean tools-128-items"),
        (("--breaks", "RUN-USAGE-01"), "did you mean RUN-USAGE-001"),
        (("--breaks", "RUN-STREAM-020"), "serve --fault RUN-STREAM-020"),
        (("--edge", "a", "--breaks", "b"), "exclude one another"),
        (("--edges", "--status", "failed"), "--status goes with made runs"),
        (("--edge", "queued-plain", "--format", "sse"), "print it as json"),
        (("--kind", "run_step", "--format", "sse"), "sse is for streams, not for kind run_step"),
        (
            ("--kind", "error", "--status", "failed"),
            "--status is not for kind error; it is for run",
        ),
        (("--kind", "errors"), "no kind 'errors'; known are "),
        (("--kind", "history", "--edge", "nothing"), "no edge case 'nothing' of a history"),
        (("--kind", "error", "--breaks", "RUN-USAGE-001"), "a requirement has its own kinds"),
        (("--locale", "xx"), "faker has no locale 'xx'"),
    ],
)
def test_wrong_wishes_are_told(arguments: tuple[str, ...], words: str) -> None:
    """Each names the argument and what is allowed."""
    with pytest.raises(UsageError, match=words):
        _said(*arguments)
