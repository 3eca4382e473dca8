"""What a user class says of its target."""

from __future__ import annotations

import pytest

from run_contracts.errors import UsageError
from run_contracts.load_testing.load_target import LoadOptions, load_target

HERE, ELSEWHERE = "http://127.0.0.1:8000/v1", "https://runs.example/v1"


@pytest.mark.parametrize(
    ("given", "environ", "key", "name"),
    [
        ("sk-class", {"OPENAI_API_KEY": "sk-env"}, "sk-class", "OPENAI_API_KEY"),
        (None, {"OPENAI_API_KEY": "sk-env"}, "sk-env", "OPENAI_API_KEY"),
        (None, {"OPENAI_API_KEY": "a", "RUN_CONTRACTS_API_KEY": "b"}, "b", "RUN_CONTRACTS_API_KEY"),
        (None, {}, "", "OPENAI_API_KEY"),
    ],
)
def test_the_key_is_that_of_the_class_or_of_the_environment(
    given: str | None, environ: dict[str, str], key: str, name: str
) -> None:
    """Ours wins over the one that clients read."""
    target = load_target(HERE, given, LoadOptions(), environ)
    assert (target.key, target.key_name) == (key, name)
    assert not key or target.hidden(f"Bearer {key}") == f"Bearer ${name}"


def test_another_machine_is_loaded_only_by_consent() -> None:
    """A load creates runs, which cost what they cost."""
    with pytest.raises(UsageError, match="say write = True"):
        load_target(ELSEWHERE, None, LoadOptions(), {})
    assert not load_target(ELSEWHERE, None, LoadOptions(write=True), {}).is_read_only


def test_a_key_goes_over_no_plain_network() -> None:
    """Neither that of the class."""
    with pytest.raises(UsageError, match="over plain http"):
        load_target("http://runs.example/v1", "sk-class", LoadOptions(write=True), {})
