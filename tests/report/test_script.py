"""The script that shows a violation: whatever a server or a file names, nothing of it is run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from run_contracts.events import Broken, Decided
from run_contracts.report import sanitizing
from run_contracts.report.script import script
from run_contracts.traffic.exchange import Exchange, Request, Response

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="sh is not installed")
BASE = "http://127.0.0.1:9/v1"
EVIL = (
    "$(touch canary)",
    "`touch canary`",
    "'; touch canary; '",
    '"; touch canary; "',
    "'$(touch canary)'",
    "}; touch canary; #",
    "\ntouch canary\n",
    "\r\n::error::touch canary",
    "&& touch canary || |touch canary",
    "\\\"$(touch canary)\\'",
    "-rf",
    "-o canary",
    "@/etc/passwd",
    "../../canary",
    "%s%n$nl${IFS}",
    "\x00\x1b]0;x\x07\x1b[2J\x9b2J",
    "\u202e\u2066\ud800",
    "!touch",
    "]]></script>|`a`|",
    "END\ntouch canary\n",
)
TEXTS = st.lists(st.sampled_from(EVIL) | st.text(max_size=5), min_size=1, max_size=2).map("".join)
ALL = "".join(EVIL)
FEW = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
CURL = """\
#!/bin/sh
printf '%s\\0' "$@" > "$FOLDER/words.$(ls "$FOLDER" | wc -l)"
while [ $# -gt 0 ]; do
  [ "$1" = -o ] && cat "$FOLDER/answer" > "$2"
  shift
done
"""


class Sandbox:
    """A folder in which a script is run, with a curl that answers what it is told to."""

    def __init__(self, folder: Path) -> None:
        """Put what is run instead of others where it is found first."""
        self.inside, self._kept, programs = folder / "inside", folder / "kept", folder / "bin"
        for one in (self.inside, self._kept, programs):
            one.mkdir()
        for name, text in (("curl", CURL), ("sleep", "#!/bin/sh\n")):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self._env = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(self.inside),
            "TMPDIR": str(self.inside),
            "FOLDER": str(self._kept),
            "KEY": "sk-secret",
        }

    def run(self, made: str, answer: str = "{}", **more: str) -> subprocess.CompletedProcess[bytes]:
        """Run a script; nothing but what it prints is left of it."""
        (self._kept / "answer").write_bytes(answer.encode("utf-8", errors="surrogatepass"))
        quick = made.replace("range(100)", "range(1)").replace("seq 40", "seq 2")
        done = subprocess.run(
            ["sh"],
            input=quick.encode(),
            cwd=self.inside,
            env=self._env | more,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert list(self.inside.iterdir()) == [], made
        return done

    def requests(self) -> list[list[str]]:
        """Return the words of each call of curl since the last time."""
        files = sorted(self._kept.glob("words.*"), key=lambda one: int(one.suffix[1:]))
        calls = [one.read_bytes().decode(errors="replace").split("\0")[:-1] for one in files]
        for one in files:
            one.unlink()
        return calls


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """Return where scripts are run."""
    return Sandbox(tmp_path)


def _verdict(text: str, *sequence: int) -> Decided:
    return Decided(
        requirement="RUN-ID-001",
        area=text,
        level="MUST",
        sentence=text,
        why=text,
        source=text,
        result="fail",
        is_red=True,
        held=0,
        broken=(Broken(exchange=1, request=text, pointer=text, found=text, expected=text),),
        reason=text,
        sequence=sequence,
    )


def _exchange(  # noqa: PLR0913 - the parts of an exchange
    number: int,
    path: str = "/threads",
    *,
    method: str = "POST",
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),),
    body: str = "",
    answer: object = None,
    operation: str | None = None,
) -> Exchange:
    return Exchange(
        number=number,
        edition="v2",
        request=Request(
            method=method,
            url=BASE + path,
            headers=headers,
            body=body.encode("utf-8", errors="surrogatepass"),
        ),
        response=Response(status=200, body=json.dumps(answer).encode()),
        meant_for=operation,
    )


NAMES = ("text", "name", "id", "status", "method", "base", "come")


@FEW
@example(named=dict.fromkeys(NAMES, ALL))
@given(
    named=st.fixed_dictionaries(
        dict.fromkeys(NAMES, TEXTS)
        | {"method": st.just("POST") | TEXTS, "base": st.just(BASE) | TEXTS}
    )
)
def test_nothing_that_is_named_is_run(sandbox: Sandbox, named: dict[str, str]) -> None:
    """Sentences, methods, base URLs, headers, bodies, ids then and now, fields, statuses."""
    text, name, id_, method = (named[one] for one in ("text", "name", "id", "method"))
    path = quote(id_, safe="", errors="surrogatepass")
    seen, headers = {"status": named["status"]}, ((name, text), ("x-a", text))
    exchanges = [
        _exchange(1, method=method, body=text, answer={name: {"id": id_}, "id": id_}),
        _exchange(2, f"/threads/{path}", headers=headers, body=f'"{id_}"'),
        _exchange(3, text, method="GET", answer=seen, operation="getRun"),
    ]
    made = script(named["base"], _verdict(text, 1, 2, 3), exchanges)
    assert [one for one in made.split("\n") if sanitizing.line(one) != one] == []
    come = named["come"]
    answer = json.dumps({name: {"id": come}, "id": come, "status": come})
    done = sandbox.run(made, answer)
    answered = [line for line in done.stdout.decode().split("\n") if line.startswith("  ")]
    assert all(map(str.isprintable, answered))
    first, *_ = sandbox.requests()
    assert first[first.index("-X") + 1] == _as_come(method)
    assert not text or first[first.index("--data-raw") + 1] == _as_come(text)


def _as_come(text: str) -> str:
    """Return a text as it comes to curl."""
    sent = text.replace("\0", "\ufffd").encode("utf-8", errors="surrogatepass")
    return sent.decode(errors="replace")


@FEW
@example(come=ALL)
@given(come=TEXTS)
def test_an_id_that_comes_stays_one(sandbox: Sandbox, come: str) -> None:
    """Whatever it is made of, it is one segment of the path, and one text in the body."""
    exchanges = [
        _exchange(1, answer={"id": "thread_1", "object": "thread"}),
        _exchange(2, "/threads/thread_1/runs?after=1", body='{"a": "thread_1", "b": 1}'),
    ]
    sandbox.run(script(BASE, _verdict("", 1, 2), exchanges), json.dumps({"id": come}))
    _, second = sandbox.requests()
    segment = quote(come, safe="", errors="surrogatepass")
    assert f"{BASE}/threads/{segment}/runs?after=1" in second
    assert json.loads(second[second.index("--data-raw") + 1]) == {"a": come, "b": 1}


def test_an_id_that_does_not_come_ends_the_script(sandbox: Sandbox) -> None:
    """A request without it would ask for something else."""
    exchanges = [
        _exchange(1, answer={"id": "thread_1", "object": "thread"}),
        _exchange(2, "/threads/thread_1", method="DELETE"),
    ]
    done = sandbox.run(script(BASE, _verdict("", 1, 2), exchanges), json.dumps({"id": 3}))
    assert done.returncode == 1
    assert done.stderr.decode() == "answer 1 does not have the id this time\n"
    assert len(sandbox.requests()) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:91/v1/threads",
        "http://127.0.0.1:9@evil.example/v1",
        "http://evil.example/v1/threads",
        "http://127.0.0.1:9/v1/../../admin",
    ],
)
def test_no_request_leaves_the_base_url(url: str, sandbox: Sandbox) -> None:
    """Where an exchange says that it went elsewhere, its path is asked for all the same."""
    one = _exchange(1)
    elsewhere = Exchange(
        number=1, edition="v2", request=Request(method="GET", url=url), response=one.response
    )
    sandbox.run(script("http://127.0.0.1:9", _verdict("", 1), [elsewhere]))
    ((*_, sent),) = sandbox.requests()
    assert sent.startswith("http://127.0.0.1:9/")


def test_a_secret_is_filled_in_where_it_is_all_of_a_header(sandbox: Sandbox) -> None:
    """Elsewhere its name is text: in the path, in a body, within a header."""
    headers = (
        ("authorization", "Bearer $KEY"),
        ("x-a", "pay $KEY"),
        ("x-b", "$(touch canary)$KEY"),
        ("@/etc/passwd", "x"),
    )
    one = _exchange(1, "/threads/$KEY", headers=headers, body="$KEY")
    sandbox.run(script(BASE, _verdict("", 1), [one]))
    (words,) = sandbox.requests()
    assert [word for word in words if "sk-secret" in word] == ["authorization: Bearer sk-secret"]
    assert f"{BASE}/threads/$KEY" in words
    assert not any(word.startswith("@") for word in words)


def test_a_script_of_a_file_wants_to_be_told_where_it_sends(sandbox: Sandbox) -> None:
    """Keys go to no server because a file names it."""
    made = script(BASE, _verdict("", 1), [_exchange(1)], url="")
    assert BASE not in made
    assert sandbox.run(made).returncode != 0
    assert sandbox.requests() == []
    sandbox.run(made, URL="http://mine/v1")
    assert "http://mine/v1/threads" in sandbox.requests()[0]


def test_a_script_of_an_application_wants_to_be_told_where_it_is_served(sandbox: Sandbox) -> None:
    """It has no address, for it was in the process of the check."""
    exchange = _exchange(1)
    made = script("http://in-process.invalid/v1", _verdict("", 1), [exchange])
    assert "in-process.invalid" not in made
    done = sandbox.run(made)
    assert b"serve the application" in done.stderr
    assert sandbox.requests() == []
    sandbox.run(made, URL="http://mine/v1")
    (words,) = sandbox.requests()
    assert any(word.startswith("http://mine/v1/") for word in words)


def test_no_module_beside_the_script_is_run(sandbox: Sandbox) -> None:
    """Python looks for modules where it is started, unless it is told not to."""
    trap = sandbox.inside / "json.py"
    made = script(BASE, _verdict("", 1), [_exchange(1)])
    done = sandbox.run(f'echo \'open("canary", "w")\' > {trap}\n{made}\nrm {trap}\n')
    assert done.returncode == 0
