"""The command that makes a check again: complete, safe to paste, and without secrets."""

from __future__ import annotations

import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from run_contracts.cli import shared_options
from run_contracts.cli.commands.check import command as check
from run_contracts.client import checked_target as targets
from run_contracts.client.budget import USUAL_SECONDS, Budget
from run_contracts.client.checked_target import Target
from run_contracts.engine.baseline import Baseline
from run_contracts.engine.command import OPTION_BY_FIELD, check_command
from run_contracts.engine.policy import Policy
from run_contracts.testing.plugin_options import OPTIONS
from run_contracts.traffic.shell import is_check

Shell = Callable[..., list[str]]
URL = "http://127.0.0.1:8000/v1"
NO_OPTION = {
    "key", "secret_headers", "timeout", "patience", "budget", "is_embedded", "is_read_only",
    "api_version",
}  # fmt: skip
"""Fields of a target that no option sets, or several, or one together with another field."""
pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a program that prints its arguments, and one that must never run."""
    made = tmp_path_factory.mktemp("bin")
    for name, script in {
        "run-contracts": "printf '%s\\0' \"$@\"",
        "pwn": f"touch {made}/ran",
    }.items():
        (made / name).write_text(f"#!/bin/sh\n{script}\n")
        (made / name).chmod(0o755)
    return made


@pytest.fixture(scope="module")
def shell(folder: Path) -> Shell:
    """Return what pastes a command into a shell, and returns the arguments that arrived."""

    def paste(line: str, **variables: str) -> list[str]:
        env = {"PATH": f"{folder}:{os.environ['PATH']}", "X_TENANT": "blue", **variables}
        done = subprocess.run(["sh", "-c", line], env=env, capture_output=True, check=True)
        assert not (folder / "ran").exists(), line
        return done.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]

    return paste


def _parsed(arguments: list[str]) -> tuple[Target, dict[str, Any]]:
    """Return the target that arguments of check mean, and its other options."""
    name, *rest = arguments
    assert name == "check"
    options: dict[str, Any] = check.make_context("check", rest).params
    permitted = {"write", "insecure"}
    names = {field.name for field in fields(Target)} | {"api_key_env", "budget"} | permitted
    options["budget"] = shared_options.take_budget(options)
    wanted = {one: value for one, value in options.items() if one in names}
    others = {one: value for one, value in options.items() if one not in names}
    return targets.target(**{"url": URL, **wanted}), others


def test_what_is_as_it_is_by_default_is_left_out() -> None:
    """Nothing is said that need not be."""
    assert check_command(Target(url=URL), Policy()) == f"run-contracts check {URL}"


def test_every_option_of_the_target_and_the_policy_is_repeated() -> None:
    """In the order of the help, the budget and the policy last."""
    target = Target(
        url=URL,
        edition="v1",
        dialect="openai-2024-01",
        key_name="RUNS_KEY",
        headers=(("X-Tenant", "blue"), ("X-Token", "hush"), ("X-Quiet", "psst")),
        secret_headers=frozenset({"x-quiet"}),
        assistant_id="asst_1",
        thread_id="thread_1",
        model="m",
        profile="smoke",
        seed=7,
        cases=3,
        budget=Budget(requests=100, seconds=2.5),
    )
    policy = Policy(strict=True, baseline=Baseline(name="our known.toml", is_typed=True))
    assert check_command(target, policy) == (
        f"run-contracts check {URL} --edition v1 --dialect openai-2024-01 --api-key-env RUNS_KEY "
        "--header 'X-Tenant: blue' "
        '--header "X-Token: $X_TOKEN" '
        '--secret-header "X-Quiet: $X_QUIET" '
        "--assistant-id asst_1 --thread-id thread_1 --model m "
        "--profile smoke --seed 7 --cases 3 --max-requests 100 --max-seconds 2.5 "
        "--strict --baseline 'our known.toml'"
    )


def test_a_short_key_is_not_looked_for_in_words_that_hold_none() -> None:
    """A profile, an edition, a number, or the name of the key's own variable."""
    target = Target(
        url="http://h/v1", edition="v1", profile="smoke", seed=71, key="1", key_name="K1"
    )
    command = check_command(replace(target, model="gpt-1"), Policy())
    assert "--write --insecure --edition v1 --api-key-env K1 " in command
    assert command.endswith('--model "gpt-${K1}" --profile smoke --seed 71')


def test_the_embedded_server_has_no_address() -> None:
    """It is started again, with a key and at a place of its own."""
    target = Target(url=URL, key="k", key_name="REFERENCE_KEY", seed=7, is_embedded=True)
    assert check_command(target, Policy()) == "run-contracts check --seed 7"


def test_a_list_that_is_found_by_itself_is_not_named() -> None:
    """It will be found again."""
    policy = Policy(baseline=Baseline(name="/somewhere/run-contracts.baseline.toml"))
    assert check_command(Target(url=URL), policy) == f"run-contracts check {URL}"


def test_what_may_be_done_is_repeated() -> None:
    """Another machine that is written to, and this one where it is only read."""
    other = Target(url="https://runs.example/v1", key="k")
    assert check_command(other, Policy()) == "run-contracts check https://runs.example/v1 --write"
    read = replace(other, is_read_only=True)
    assert check_command(read, Policy()) == "run-contracts check https://runs.example/v1"
    here = Target(url=URL, is_read_only=True, rate=2.5, thread_id="t", run_id="r")
    assert check_command(here, Policy()) == (
        f"run-contracts check {URL} --no-write --thread-id t --run-id r --rate 2.5"
    )


def test_what_a_check_writes_down_is_read_again() -> None:
    """With every option that it repeats; one that writes a file is none of them."""
    target = Target(url="http://h/k/v1", key="k", headers=(("X-A", "x"),), model="it's; `id`!")
    policy = Policy(strict=True, fail_under=50, baseline=Baseline(name="a $b", is_typed=True))
    for one in (target, replace(target, seed=-3, rate=2.5, is_read_only=True)):
        assert is_check(check_command(one, policy))
    assert is_check("run-contracts check main:app/v1 --profile smoke")
    writing = {
        max(one.opts, key=len)
        for one in check.params
        if isinstance(one.type, click.Path) or "--github" in one.opts
    } - {"--baseline"}
    assert {"--report", "--html", "--github"} < writing
    for option in writing:
        assert not is_check(f"run-contracts check {URL} {option} x")


def test_both_programs_have_every_option() -> None:
    """A field that a person can set stands in the table, and the options of both are in it."""
    assert {field.name for field in fields(Target)} - NO_OPTION == set(OPTION_BY_FIELD)
    known = {option for one in check.params for option in one.opts}
    for field, option in OPTION_BY_FIELD.items():
        assert option.replace("-", "_") in OPTIONS
        assert field == "url" or f"--{option}" in known


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
HOSTILE = TEXTS | st.sampled_from(
    ("$(pwn)", "`pwn`", "; pwn", "'; pwn; '", '"; pwn; "', "\n pwn", "a & pwn", "$X_TENANT", "-h")
)
NAMES = st.sampled_from(
    ("X-Tenant", "X`pwn`", "$X", "`pwn`", "2nd", "a|pwn", "A&pwn", "'", "~", "#")
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_what_arrives_is_the_very_same_target(shell: Shell, data: st.DataObject) -> None:
    """Whatever a person typed arrives as text: nothing of it runs, and nothing is lost."""
    free = st.none() | HOSTILE
    target = Target(
        url=data.draw(
            st.sampled_from((URL, "http://h/$(pwn)", "http://h/a'b`pwn`&pwn", "http://h/;pwn"))
        ),
        edition=data.draw(st.sampled_from(("v1", "v2"))),
        key_name=data.draw(st.sampled_from(("OPENAI_API_KEY", "lower_key", "A`pwn`", "$(pwn)"))),
        headers=data.draw(st.lists(st.tuples(NAMES, st.just("")), max_size=2).map(tuple)),
        assistant_id=data.draw(free),
        thread_id=data.draw(free),
        model=data.draw(free) or "gpt-4o",
        seed=data.draw(st.integers(-9, 9)),
        profile=data.draw(st.sampled_from(("smoke", "full"))),
        cases=data.draw(st.integers(1, 20)),
        budget=Budget(runs=data.draw(st.none() | st.integers(1, 9)), seconds=USUAL_SECONDS),
    )
    name = data.draw(st.none() | HOSTILE)
    baseline = Baseline(name=name or "x", is_typed=name is not None)
    policy = Policy(strict=data.draw(st.booleans()), baseline=baseline)
    parsed, others = _parsed(shell(check_command(target, policy)))
    assert parsed == replace(target, key=parsed.key)
    assert others["strict"] == policy.strict
    assert others["baseline"] == (Path(name) if name is not None else None)


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("X-Token", "X_TOKEN"),
        ("Auth`pwn`", "AUTH_PWN_"),
        ("$Key", "_KEY"),
        ("2ndKey|pwn", "_2NDKEY_PWN"),
    ],
)
def test_the_value_of_a_secret_header_comes_from_its_variable(
    shell: Shell, name: str, variable: str
) -> None:
    """The name that stands for it in reports is that of the variable."""
    target = Target(url=URL, headers=((name, "blue"),))
    assert target.secrets() == {"blue": f"${variable}"}
    arrived = shell(check_command(target, Policy()), **{variable: "what $(pwn) it is"})
    assert arrived == ["check", URL, "--header", f"{name}: what $(pwn) it is"]


@pytest.mark.parametrize("value", ["1", "a b$(pwn)`pwn`\"'\\", "$HOME", "", "x$Y"])
def test_the_value_of_another_header_is_text(shell: Shell, value: str) -> None:
    """It is no secret, unless it reads like the name of one: then its variable has it."""
    target = Target(url=URL, headers=(("X-Version", value),))
    arrived = shell(check_command(target, Policy()), X_VERSION=value)
    assert arrived == ["check", URL, "--header", f"X-Version: {value}"]


def test_a_header_that_was_said_to_be_secret_stays_so(shell: Shell) -> None:
    """The command says so again, and its value is that of the variable."""
    target = targets.target(URL, secret_headers=("X-Tenant: blue",))
    assert target.hidden("blue X-Tenant") == "$X_TENANT X-Tenant"
    arrived = shell(check_command(target, Policy()), X_TENANT="blue")
    assert arrived == ["check", URL, "--secret-header", "X-Tenant: blue"]
    assert _parsed(arrived)[0].secret_headers == target.secret_headers


@pytest.mark.parametrize("url", [URL, "http://me:hush@h/v1", "http://h/hush/v1"])
def test_no_secret_is_in_it(shell: Shell, url: str) -> None:
    """Neither key nor header, nor user and password of a URL, nor one of them inside another."""
    target = Target(
        url=url, key="hush", key_name="MY_KEY", headers=(("X-Key", "hush"), ("Token", "psst hush"))
    )
    line = check_command(replace(target, model="psst hush"), Policy())
    assert not any(word in line for word in ("hush", "psst", "me:"))
    arrived = shell(line, MY_KEY="hush", TOKEN="psst hush")
    assert arrived[1] == url.replace("me:hush@", "")
    assert arrived[-2:] == ["--model", "psst hush"]


def test_what_stands_beside_a_secret_runs_nothing(shell: Shell) -> None:
    """Only the name of the secret is filled in."""
    target = Target(url=URL, headers=(("X-Token", "blue"),), model='$(pwn)`pwn`blue"$HOME\\')
    arrived = shell(check_command(target, Policy()), X_TOKEN="blue")
    assert arrived[-1] == '$(pwn)`pwn`blue"$HOME\\'


def test_user_and_password_are_read_as_a_url_has_them() -> None:
    """Percent encoded, in UTF-8; an at sign in the path is none of theirs."""
    target = Target(url="http://a%40b:p%3Aw@h/v1")
    sent = b64encode(b"a@b:p:w").decode()
    assert (target.url, target.headers) == ("http://h/v1", (("Authorization", f"Basic {sent}"),))
    assert replace(target) == target
    assert Target(url="http://h/a@b/v1").headers == ()


@pytest.mark.parametrize("name", ["A`pwn`", "$(pwn)", 'A"; pwn; "'])
def test_the_name_of_a_key_runs_nothing(shell: Shell, name: str) -> None:
    """Also where a header has the key as its value."""
    target = Target(url=f"{URL}/k", key="k", key_name=name, headers=(("X-Key", "k"),))
    shell(check_command(target, Policy()))
