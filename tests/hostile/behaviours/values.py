"""Runs with fields that no right server answers: of wrong kinds, sizes, letters."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.hostile.behaviour import Behaviours, runs
from tests.hostile.changing import MARK, changed_runs

ALL = Behaviours("values", on=runs)
MEGABYTE = 1024 * 1024
_runs = partial(changed_runs, rows=ALL)


def _set(name: str, sentence: str, *, raw: Any = "", **fields: Any) -> None:
    """Add a behaviour that sets fields of each run; one whose status is none never ends."""
    is_slow = "status" in fields
    _runs(name, sentence, lambda run: run.update(fields), raw=raw, is_slow=is_slow)


_set("status-list", "The status of a run is a list.", status=["completed"])
_set("status-object", "The status of a run is an object.", status={"completed": True})
_set("status-number", "The status of a run is a number.", status=7)
_set("status-null", "The status of a run is null.", status=None)
_set("status-true", "The status of a run is true.", status=True)
_set("status-long", "The status of a run has 300 KB.", status="completed" * 33_000)
_set(
    "status-foreign",
    "The status of a run turns the direction of writing.",
    status="\u202edetelpmoc",
)
_set(
    "object-list",
    "Tools, metadata and usage of a run are of other kinds.",
    tools={},
    metadata=[],
    usage=[],
)
_set("texts-numbers", "The texts of a run are numbers.", model=4, instructions=0.5, assistant_id=1)
_set(
    "nulls",
    "Everything in a run but its id is null.",
    **dict.fromkeys(
        [
            "object",
            "status",
            "tools",
            "metadata",
            "thread_id",
            "assistant_id",
            "created_at",
            "model",
        ]
    ),
)
_set("action-list", "What a run requires is a list.", required_action=[1])
_set("action-empty", "What a run requires is empty.", required_action={})
_set(
    "action-calls-text",
    "The calls of a run are a text.",
    required_action={
        "type": "submit_tool_outputs",
        "submit_tool_outputs": {"tool_calls": "call_1"},
    },
)
_set(
    "action-calls-null",
    "The calls of a run are null and numbers.",
    required_action={
        "type": "submit_tool_outputs",
        "submit_tool_outputs": {"tool_calls": [None, 1, [], "x", {}]},
    },
)
_set("error-text", "The last error of a run is a text.", last_error="boom")
_set("times-negative", "Times of a run are -1.", created_at=-1, completed_at=-1, expires_at=-1)
_set("times-1e30", "Times of a run are 1e30.", created_at=1e30, completed_at=1e30, started_at=1e30)
_set(
    "times-text", "Times of a run are texts.", created_at="now", completed_at="2026-01-01T00:00:00Z"
)
_set("times-huge", "Times of a run have 400 digits.", created_at=10**400, expires_at=-(10**400))
_set(
    "times-5000",
    "Times of a run have 5,000 digits.",
    raw="9" * 5_000,
    created_at=MARK,
    started_at=MARK,
)
_set("times-nan", "Times of a run are NaN.", created_at=float("nan"), completed_at=float("nan"))
_set(
    "times-infinite",
    "Times of a run are Infinity.",
    created_at=float("inf"),
    expires_at=-float("inf"),
)
_set("times-1e999", "Times of a run are 1e999.", raw="1e999", created_at=MARK, expires_at=MARK)
_set("times-zero", "Times of a run are -0.0.", created_at=-0.0, started_at=-0.0)
_set("times-true", "Times of a run are true.", created_at=True, started_at=False)
_set("tools-20000", "A run has 20,000 tools.", tools=[{"type": "code_interpreter"}] * 20_000)
_set(
    "tools-odd", "The tools of a run are of every kind.", tools=[None, 1, "x", [], {}, {"type": []}]
)
_set(
    "metadata-20000",
    "A run has metadata of 20,000 keys.",
    metadata={f"k{n}": "v" for n in range(20_000)},
)
_set("text-1-mb", "The instructions of a run have 1 MB.", instructions="x" * MEGABYTE)
_set("fields-10000", "A run has 10,000 fields more.", **{f"extra_{n}": n for n in range(10_000)})
_set(
    "keys-python",
    "A run has fields named as Python's and JavaScript's own.",
    **{
        "__proto__": {"a": 1},
        "constructor": {"prototype": {}},
        "__class__": "x",
        "toString": 1,
        "__init__": None,
        "$ref": "file:///etc/passwd",
        "$schema": "http://127.0.0.1:1/x",
        "$id": "#",
    },
)
_set(
    "keys-odd",
    "A run has fields with odd names.",
    **{
        "": 1,
        "\x00": 2,
        "a/b~c": 3,
        "\u202eabc": 4,
        "\x1b[31m": 5,
        "<b>": 6,
        "k" * 300_000: 7,
        "\ud800": 8,
    },
)
_set(
    "texts-surrogates",
    "Texts of a run are halves of letters.",
    model="\ud800",
    instructions="\udfff\ud800",
)
_set(
    "texts-controls",
    "Texts of a run hold every control character.",
    instructions="".join(map(chr, range(160))) + "\u2028\u202e\u2066\ufeff",
    model="\x1b[2J\x1b]0;x\x07",
)
_set(
    "texts-html",
    "Texts of a run are HTML and scripts.",
    instructions="</script><script>alert(1)</script><img src=x onerror=alert(1)>]]>",
    model="--><svg/onload=1>",
)
_set(
    "texts-commands",
    "Texts of a run begin commands of GitHub and of shells.",
    instructions="\n::error::owned\n::set-output name=a::b\n$(touch owned)\n`touch owned`",
    model="';touch owned;'",
)
_set(
    "texts-templates",
    "Texts of a run are templates.",
    instructions="{{ 7*7 }}{% raw %}%s %(x)s {0.__class__} [bold]x[/bold] [/]",
    model="${jndi:ldap://x}",
)
_set(
    "usage-absurd",
    "The usage of a run has 400 digits and fractions.",
    usage={"prompt_tokens": 10**400, "completion_tokens": -0.5, "total_tokens": "many"},
)
_set(
    "deep-field",
    "A run has a field of 100,000 levels.",
    raw="[" * 100_000 + "]" * 100_000,
    extra=MARK,
)
_runs(
    "fields-none",
    "Runs are objects with nothing in them but their kind.",
    lambda run: [run.pop(key) for key in [*run] if key != "object"],
)
_runs(
    "integers-floats",
    "Integers of runs are written as 6.0.",
    lambda run: run.update({k: float(v) for k, v in run.items() if type(v) is int}),
)
