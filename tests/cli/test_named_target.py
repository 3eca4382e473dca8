"""Credentials go to a server that a person names, not to one that a file names."""

from __future__ import annotations

import io
import os
import sys
from contextlib import ExitStack, closing, suppress

import click
import pytest
from click.testing import CliRunner, Result

from run_contracts.cli import named_target
from run_contracts.errors import UsageError

RECORDED = "http://recorded.example/v1"


@click.command(name="replay")
@click.argument("file")
@click.argument("url", required=False)
@named_target.url_option
@click.option("--api-key-env", default="OPENAI_API_KEY")
@click.option("--header", "headers", multiple=True)
def sending(url: str | None, **_: object) -> None:
    """Print where it would send."""
    click.echo(named_target.named_again(RECORDED, named_target.typed(url), what="send 3 requests"))


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(sending, list(arguments))


@pytest.mark.parametrize("arguments", [["http://mine/v1"], ["--url", "http://mine/v1"]])
def test_what_is_typed_is_used(arguments: list[str]) -> None:
    """As the argument or as the option, which mean the same."""
    assert _run("check.jsonl", *arguments).output == "http://mine/v1\n"


def test_two_base_urls_are_refused() -> None:
    """Nobody knows which was meant."""
    result = _run("check.jsonl", "http://a/v1", "--url", "http://b/v1")
    assert str(result.exception) == (
        "two base URLs are given, as the argument and by --url; give one"
    )


def test_without_a_terminal_the_command_to_type_is_named() -> None:
    """With what was typed, quoted, but without what a header holds."""
    result = _run("a b.jsonl", "--api-key-env", "MY_KEY", "--header", "X-Tenant: blue")
    assert isinstance(result.exception, UsageError)
    assert str(result.exception) == (
        f"{RECORDED}: only the file names this server, and credentials go to none that you do not "
        "name; type: run-contracts replay 'a b.jsonl' --api-key-env MY_KEY "
        f"--header 'X-Tenant: ...' --url {RECORDED}"
    )


def _asked(answer: bytes) -> str:
    """Return what a terminal shows when a person answers the question."""
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    os.write(master, answer)
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
            patch.setattr(sys, name, stack.enter_context(os.fdopen(os.dup(slave), mode)))
        try:
            sending.main(["check.jsonl"], standalone_mode=False)
        except UsageError as error:
            click.echo(error)
    os.close(slave)
    shown = b""
    with closing(io.FileIO(master)) as terminal, suppress(OSError):
        while more := terminal.read(4096):
            shown += more
    return shown.decode()


def test_a_person_at_a_terminal_may_agree() -> None:
    """They are told the host, and what will happen there."""
    shown = _asked(b"y\n")
    assert f"Send 3 requests to {RECORDED}, which the file names? [y/N]" in shown
    assert shown.endswith(f"{RECORDED}\r\n")


def test_who_only_presses_enter_sends_nothing() -> None:
    """No is what is meant by nothing."""
    assert "nothing was sent; to name another server, type: " in _asked(b"\n")
