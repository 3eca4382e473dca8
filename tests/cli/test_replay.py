"""What showed a rule broken, sent again: by the command, and by the script it prints."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result

from run_contracts.cli import cli
from run_contracts.client.checked_target import Target
from run_contracts.client.session import Session
from run_contracts.contract.loading import load
from run_contracts.engine.planning import plan
from run_contracts.engine.replaying import Replay
from run_contracts.engine.runner import check
from run_contracts.engine.selftest.trial import reference
from run_contracts.engine.verdicts import broken_by
from run_contracts.errors import UsageError
from run_contracts.events import Broken, Decided, Exchanged, ExitCode, Finished
from run_contracts.probes import Blocked
from run_contracts.report import jsonlines
from run_contracts.report.script import script
from run_contracts.server import ServerOptions, running
from run_contracts.traffic.exchange import Exchange, Intent, Request, Response
from run_contracts.traffic.payload import Payload
from run_contracts.traffic.recipe import RecipeStep
from tests.cli.recording import recording

GONE = "http://127.0.0.1:9/v1"
KEY = {"OPENAI_API_KEY": "sk-reference"}
SHOWN = [
    "RUN-CANCEL-002",
    "RUN-ERR-009",
    "RUN-LIFE-002",
    "RUN-LIST-005",
    "RUN-MODIFY-002",
    "RUN-SHAPE-003",
    "RUN-STREAM-003-b",
    "RUN-SUBMIT-003",
    "RUN-THREAD-001",
]
"""Faults of every kind: values, commands, lists, streams, keys, races."""
KNOWN_TO_THE_SENDER = {"RUN-ERR-009"}
"""Who only sees what passes cannot know that a key is wrong."""


def _requirement(fault: str) -> str:
    return fault[:-2] if fault[-2:] == "-b" else fault


def _run(*arguments: str) -> Result:
    return CliRunner(env=KEY).invoke(cli, list(arguments))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the reports of checks, by the fault of the server; the servers are gone."""
    found = {}
    folder = tmp_path_factory.mktemp("reports")
    for fault in SHOWN:
        options = ServerOptions.for_checking(faults=(fault,))
        target = Target(url=GONE, key=options.api_key, key_name="OPENAI_API_KEY", profile="smoke")
        found[fault] = folder / f"{fault}.jsonl"
        with reference(options) as connection, found[fault].open("w", encoding="utf-8") as file:
            for event in check(target, connection=connection):
                jsonlines.write(event, file)
    return found


@pytest.mark.parametrize("fault", SHOWN)
def test_a_replay_shows_it_again_with_few_requests(fault: str, reports: dict[str, Path]) -> None:
    """On another start of the same server, with other ids."""
    with recording(ServerOptions.for_checking(seed=7, faults=(fault,))) as server:
        result = _run("replay", str(reports[fault]), _requirement(fault), server.url)
    assert result.exit_code == ExitCode.BROKEN, result.output
    assert f"{_requirement(fault)} " in result.output
    assert "the contract is broken" in result.output


def test_a_replay_deletes_what_it_created(reports: dict[str, Path], ledgers: Path) -> None:
    """Its requests name the check that they are sent by now; if it is killed, a ledger tells."""
    fault = "RUN-MODIFY-002"
    before = set(ledgers.iterdir())
    with running(ServerOptions.for_checking(faults=(fault,))) as url:
        result = _run("replay", str(reports[fault]), fault, url)
        with Session(Target(url=url, key="sk-reference")) as session:
            listed = session.beside("GET", "/assistants").answered
    assert result.exit_code == ExitCode.BROKEN
    assert "left behind" not in result.output
    assert listed["data"] == []
    assert set(ledgers.iterdir()) == before


@pytest.mark.parametrize("fault", ["RUN-CANCEL-002", "RUN-MODIFY-002", "RUN-SHAPE-003"])
def test_a_replay_on_a_right_server_holds(fault: str, reports: dict[str, Path]) -> None:
    """Who mended a server sees it."""
    with recording(ServerOptions.for_checking(seed=7)) as server:
        result = _run("replay", str(reports[fault]), fault, server.url)
    assert result.exit_code == ExitCode.HOLDS, result.output
    assert "1 hold" in result.output


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("fault", [one for one in SHOWN if one not in KNOWN_TO_THE_SENDER])
def test_the_script_shows_it_again(fault: str, reports: dict[str, Path]) -> None:
    """A shell, curl and Python are enough; the answers, judged, break the same rule."""
    script = _run("replay", str(reports[fault]), _requirement(fault), "--script").output
    assert "sk-reference" not in script
    with recording(ServerOptions.for_checking(faults=(fault,))) as recorder:
        env = {**os.environ, **KEY, "URL": recorder.url}
        done = subprocess.run(
            ["sh"], input=script, env=env, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    broken = broken_by(Target(url=recorder.url), load("v2"))(recorder.exchanges)
    assert _requirement(fault) in broken, done.stdout


def test_what_is_not_broken_cannot_be_replayed(reports: dict[str, Path]) -> None:
    """The error says what is."""
    report = reports["RUN-LIST-005"]
    result = _run("replay", str(report), "RUN-LIFE-001")
    assert isinstance(result.exception, UsageError)
    message = str(result.exception)
    assert message == f"{report}: RUN-LIFE-001 is not broken in it; broken are: RUN-LIST-005"


def test_a_target_that_is_gone_is_told_in_one_line(reports: dict[str, Path]) -> None:
    """The server of a check may be."""
    result = _run("replay", str(reports["RUN-CANCEL-002"]), "RUN-CANCEL-002", "--url", GONE)
    assert result.exit_code == ExitCode.NOTHING_VERIFIED
    assert f"stopped: GET {GONE}" in result.output


def test_an_answer_that_is_nested_too_deeply_gives_no_ids() -> None:
    """A hostile server does not break the script of what it broke."""
    deep = '{"id": "thread_1", "more": ' + "[" * 900 + "]" * 900 + "}"
    assert Payload(deep.encode()).ids == ()


HOSTILE = [
    "$(touch {0})",
    "`touch {0}`",
    "; touch {0};",
    "a'; touch {0}; '",
    '"; touch {0}; "',
    "url",
]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_or_id_of_a_server_is_run_by_the_script(text: str, tmp_path: Path) -> None:
    """What it chose is data, wherever it stands: in a field's name, in an id, in what was found."""
    trap = tmp_path / "trap"
    evil = text.format(trap)
    answer = json.dumps({"more": {evil: {f"{evil}_id": evil}}})
    exchanges = [_exchanged(1, "/threads", "{}", answer)]
    exchanges.append(
        _exchanged(2, f"/threads/{quote(evil, safe='')}", json.dumps({"a": evil}), "{}")
    )
    verdict = Decided(
        requirement="RUN-ID-001",
        area="id",
        level="MUST",
        sentence=evil,
        why="",
        source="",
        result="fail",
        is_red=True,
        held=0,
        broken=(Broken(exchange=2, request="", pointer="", found=evil, expected=evil),),
        reason="",
        sequence=(1, 2),
    )
    made = script(GONE, verdict, exchanges).replace("range(100)", "range(1)")
    assert "\nid=$(pick 1 0 more " in made
    subprocess.run(["sh"], input=made, capture_output=True, text=True, timeout=60, check=False)
    assert not trap.exists()


def _exchanged(number: int, path: str, body: str, answer: str) -> Exchange:
    return Exchange(
        number=number,
        edition="v2",
        request=Request(
            method="POST",
            url=GONE + path,
            headers=(("content-type", "application/json"),),
            body=body.encode(),
        ),
        response=Response(status=200, body=answer.encode()),
    )


EVIL = "http://127.0.0.1:9"


def _report(tmp_path: Path, base: str, **of_request: Any) -> Path:
    """Return a report on a base URL whose one request is what somebody made of it."""
    started = plan(Target(url=base)).started()
    shown = _exchanged(1, "/threads", "{}", "{}")
    headers = of_request.pop("headers", ())
    request = replace(shown.request, **{"url": f"{base}/threads", "headers": headers} | of_request)
    verdict = _broken_in(1)
    finished = Finished(counts={}, unreached=(), requests=1, seconds=0.0, exit_code=1)
    file = tmp_path / "check.jsonl"
    with file.open("w", encoding="utf-8") as written:
        for event in (started, Exchanged(exchange=replace(shown, request=request)), verdict):
            jsonlines.write(event, written)
        jsonlines.write(finished, written)
    return file


def _broken_in(number: int) -> Decided:
    return Decided(
        requirement="RUN-ID-001",
        area="id",
        level="MUST",
        sentence="",
        why="",
        source="",
        result="fail",
        is_red=True,
        held=0,
        broken=(Broken(exchange=number, request="", pointer="", found="", expected=""),),
        reason="",
        sequence=(number,),
    )


def test_a_file_does_not_say_where_the_key_goes(tmp_path: Path) -> None:
    """Without a terminal and without a URL nothing is sent, and the command to type is told."""
    with recording(ServerOptions.for_checking()) as server:
        result = _run("replay", str(_report(tmp_path, server.url)), "RUN-ID-001")
        assert server.exchanges == []
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).endswith(f"RUN-ID-001 --url {server.url}")


def test_no_variable_or_file_says_where_the_key_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other options may stand there; a project that was cloned is not the person."""
    monkeypatch.setenv("RUN_CONTRACTS_URL", EVIL)
    monkeypatch.setenv("RUN_CONTRACTS_REPLAY_URL", EVIL)
    result = _run("replay", str(_report(tmp_path, GONE)), "RUN-ID-001")
    assert isinstance(result.exception, UsageError)
    (tmp_path / "pyproject.toml").write_text(f'[tool.run-contracts.replay]\nurl = "{EVIL}"\n')
    monkeypatch.chdir(tmp_path)
    result = _run("replay", "check.jsonl", "RUN-ID-001")
    assert "url" in str(result.exception)


def test_no_header_of_a_file_gets_the_key(tmp_path: Path) -> None:
    """It is sent in the header that it is sent in anyway; its name elsewhere is text."""
    headers = (
        ("authorization", "Bearer $OPENAI_API_KEY"),
        ("x-evil", "$OPENAI_API_KEY"),
        ("openai-beta", "assistants=v2"),
    )
    with recording(ServerOptions.for_checking()) as server:
        file = _report(tmp_path, GONE, headers=headers, body=b'{"a": "$OPENAI_API_KEY"}')
        _run("replay", str(file), "RUN-ID-001", "--url", server.url)
    sent = [one.request for one in server.exchanges if one.request.method == "POST"]
    assert len(sent) == 1
    with_key = [name for name, value in sent[0].headers if KEY["OPENAI_API_KEY"] in value]
    assert [name.lower() for name in with_key] == ["authorization"]
    assert b"$OPENAI_API_KEY" in sent[0].body


def test_a_key_by_another_name_is_sent_where_the_recorded_one_was(tmp_path: Path) -> None:
    """The check may have had it from another variable."""
    headers = (("authorization", "Bearer $RUNS_KEY"), ("openai-beta", "assistants=v2"))
    with recording(ServerOptions.for_checking()) as server:
        file = _report(tmp_path, GONE, headers=headers)
        _run("replay", str(file), "RUN-ID-001", server.url)
    (sent,) = [one.request for one in server.exchanges if one.request.method == "POST"]
    assert ("authorization", "Bearer sk-reference") in {(n.lower(), v) for n, v in sent.headers}


@pytest.mark.parametrize(
    "url", [f"{GONE}@evil.example/threads", "http://127.0.0.1:91/v1/threads", f"{GONE}/../x"]
)
def test_a_report_of_requests_to_elsewhere_is_refused(url: str, tmp_path: Path) -> None:
    """With the line that names them."""
    result = _run("replay", str(_report(tmp_path, GONE, url=url)), "RUN-ID-001", "--url", GONE)
    assert isinstance(result.exception, UsageError)
    assert "line 2: the URL of the request does not lie below that of the target" in str(
        result.exception
    )


@pytest.mark.parametrize("path", ["@evil.example/x", ":91/x", "/../../x", "/\n/x"])
def test_a_step_that_leads_elsewhere_is_not_sent(path: str) -> None:
    """What is put together is looked at once more before it is sent."""
    step = RecipeStep(
        number=1,
        method="GET",
        path=(path,),
        headers=(),
        body=(),
        intent=Intent.NONE,
        captures=(),
        await_status=None,
        race="",
    )
    with Session(Target(url=GONE)) as session, pytest.raises(Blocked, match="so it is not sent"):
        Replay(session).send([step])
    assert session.exchanges == []
