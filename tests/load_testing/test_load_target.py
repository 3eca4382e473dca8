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


WRONG = {
    "timeout": ["5", None, -1, 0, float("nan"), float("inf"), True],
    "patience": [None, -1.0, "60"],
    "headers": ["x: y", (5,), None, ("no colon",), ("X: a\nb",), ("X: \u00fc",), ("X: a ",)],
    "secret_headers": ["X", (b"X: y",)],
    "assistant_id": [5],
    "model": [5],
    "write": ["yes", 1],
    "insecure": [None, "no"],
    "edition": [2, "v9", None],
    "dialect": [2, "no-such"],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, one) for name, every in WRONG.items() for one in every]
)
def test_an_attribute_that_cannot_be_meant_so_is_refused(name: str, value: object) -> None:
    """In one line, before anything is sent."""
    options = LoadOptions(**{name: value})  # type: ignore[arg-type]
    with pytest.raises(UsageError) as refused:
        load_target(HERE, None, options, {})
    assert "\n" not in str(refused.value)
    assert name.partition("_")[0].rstrip("s") in str(refused.value)


@pytest.mark.parametrize("host", [5, b"http://127.0.0.1/v1", "nowhere", ["http://h"]])
def test_a_host_that_is_no_base_url_is_refused(host: object) -> None:
    """Whatever its type."""
    with pytest.raises(UsageError):
        load_target(host, None, LoadOptions(), {})  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["a\nb", "sk-1 ", "\u043a\u043b\u044e\u0447", "a\x00b", 5])
def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(key: object) -> None:
    """That of the class, and that of the environment."""
    for given, environ in ((key, {}), (None, {"OPENAI_API_KEY": str(key)})):
        if key == 5 and given is None:
            continue
        with pytest.raises(UsageError) as refused:
            load_target(HERE, given, LoadOptions(), environ)  # type: ignore[arg-type]
        assert "api_key" in str(refused.value) or "the API key" in str(refused.value)
        assert str(key) not in str(refused.value)


def test_right_attributes_are_taken() -> None:
    """Integers are seconds, too, and a list is as good as a tuple."""
    options = LoadOptions(timeout=5, patience=0.5, headers=["X-Tenant: blue", "X-Empty:"])  # type: ignore[arg-type]
    target = load_target(HERE, "sk-1", options, {})
    assert (target.timeout, target.patience) == (5, 0.5)
    assert dict(target.headers) == {"X-Tenant": "blue", "X-Empty": ""}
