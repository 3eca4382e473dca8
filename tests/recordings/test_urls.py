"""Recordings that lie elsewhere: URLs of files, folders and patterns, read by fsspec."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from run_contracts.filesystem.single_line import name_of, without_urls_secrets
from run_contracts.recordings.expanding import expanded
from tests import samples
from tests.cli.door import Done, run
from tests.recordings.calls import calls, wrong
from tests.recordings.documents_of_calls import har
from tests.recordings.judging.clusters import cluster
from tests.recordings.judging.folders import fill

pytest.importorskip("fsspec")
COMMAND = [sys.executable, "-m", "run_contracts", "validate"]
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
KEYS |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.mark.parametrize("pattern", ["", "/*.har", "/session-00?.har", "/stubs", "/**/*.json"])
def test_urls_mean_what_paths_mean(tmp_path: Path, pattern: str) -> None:
    """Folders and patterns are taken apart alike, in the same order, and leave out the same."""
    fill(tmp_path, files=3)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.har").write_text("{}")
    (tmp_path / "notes.md").write_text("no recording")
    (tmp_path / "gone.json").unlink()
    of_paths = list(expanded([f"{tmp_path}{pattern}"]))
    of_urls = [
        (url.removeprefix("file://"), is_named)
        for url, is_named in expanded([f"file://{tmp_path}{pattern}"])
    ]
    assert of_urls == of_paths
    assert len(of_urls) > 1


def _validate(tmp_path: Path, *names: str) -> Done:
    return run("validate", *names, folder=tmp_path)


def test_a_url_without_a_file_costs_no_other(tmp_path: Path) -> None:
    """It is named in one line, as what is no URL of any system, and the others are judged."""
    (tmp_path / "right.json").write_text(json.dumps(samples.run()))
    done = _validate(tmp_path, "file:///no/such.json", "nosuch://host/a.json", "right.json")
    assert done.returncode == 2
    gone, unknown = done.stderr.splitlines()
    assert gone == "file:///no/such.json: no such file"
    assert unknown.startswith("nosuch://host/a.json: Protocol not known: nosuch")
    assert done.stdout.splitlines()[-1] == "3 files, 3 answers: 1 hold, 2 cannot be read"


def test_without_fsspec_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line, with the exit code of what cannot be read."""
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    done = _validate(tmp_path, "s3://bucket/run.json")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "s3://bucket/run.json: URLs are read by fsspec; pip install 'run-contracts[dask]'"
    ]


def test_bodies_beside_a_url_are_not_looked_for(tmp_path: Path) -> None:
    """The recording says which file it names, and that it is not read."""
    fill(tmp_path, files=1)
    done = _validate(tmp_path, f"file://{tmp_path}/stubs/mappings/run.json")
    assert done.returncode == 2
    assert "its body is in the file '__files/run.json', which is not read beside a URL" in (
        done.stderr
    )


SHOWN = {
    "https://me:secret@host/a.har": "https://***@host/a.har",
    "https://bucket.s3.host/a.har?X-Amz-Signature=secret&b=1": "https://bucket.s3.host/a.har?***",
    "s3://bucket/200?/*.har": "s3://bucket/200?/*.har",
    "a@b?c=d.har": "a@b?c=d.har",
    "s3://KEY:sec/ret@bucket/a.har": "s3://***@bucket/a.har",
    "s3://KEY:s@c/ret@bucket/a.har": "s3://***@bucket/a.har",
    "https://me:secret?a=b@host/a.har": "https://***",
    "https://host/a.har?secret": "https://host/a.har?***",
    "https://host:80/a.har?sig=x@secret": "https://host:80/a.har?***",
    "https://host:80/a@b.har": "https://***@b.har",
    "s3://bucket/a@b.har": "s3://bucket/a@b.har",
}


@pytest.mark.parametrize("url", SHOWN)
def test_what_lets_in_is_not_shown(url: str) -> None:
    """A URL is shown without who asks and without a signature; a path as it is."""
    assert name_of(url) == SHOWN[url]


class _Refusing(BaseHTTPRequestHandler):
    """A store that says of a file how long it is, and hands it out to nobody any more."""

    def do_HEAD(self) -> None:
        """Say that it is there."""
        self.send_response(200)
        self.send_header("Content-Length", "3000000")
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()

    def do_GET(self) -> None:
        """Refuse it."""
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(name="refusing")
def _refusing() -> Iterator[str]:
    pytest.importorskip("aiohttp")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Refusing)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_signature_is_not_shown_by_what_others_say_of_it(tmp_path: Path, refusing: str) -> None:
    """The client of a store repeats the URL; who reads the log of a CI must not get in."""
    url = f"http://{refusing}/a.har?X-Signature=abc%2Fsecret%27x&b=1"
    done = _validate(tmp_path, url)
    assert done.returncode == 2
    assert "secret" not in done.stdout + done.stderr
    assert done.stderr.strip() == f"http://{refusing}/a.har?***: it is answered 403 Forbidden"


@pytest.mark.parametrize(
    "said",
    [
        "cannot connect to {url}",
        "url='{url}', and more",
        "GET /a.har?X-Signature=abc%2Fsecret failed",
        "the value abc/secret is no signature",
        "redirected to https://me:secret@other/b.har?token=secret",
        "x " * 999 + "abc/secret",
    ],
)
def test_what_lets_in_is_hidden_in_a_text(said: str) -> None:
    """As it stands in the URL, as it is meant, and in other URLs."""
    url = "https://host/a.har?X-Signature=abc%2Fsecret"
    assert "secret" not in without_urls_secrets(said.format(url=url), url)


@pytest.fixture(scope="module", name="store")
def _store() -> Iterator[dict[str, str]]:
    """Start a store that speaks as S3, and return the variables by which it is found."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield {**KEYS, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}
    finally:
        server.stop()


def _fill_store(store: dict[str, str]) -> None:
    """Put sessions into a bucket by the client of S3 that its users have."""
    code = (
        "import json, s3fs, sys; system = s3fs.S3FileSystem(); system.mkdir('traffic')\n"
        "for name, text in json.load(sys.stdin).items():\n"
        "    system.pipe('traffic/' + name, text.encode())"
    )
    files = {f"2026/{at:02}.har": json.dumps(har(calls())) for at in range(12)}
    files |= {"2026/05.har": json.dumps(har(wrong())), "2026/deep/a.json": "{}", "2025/x.txt": "x"}
    subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **store},
        input=json.dumps(files).encode(),
        check=True,
        capture_output=True,
    )


@pytest.mark.slow
def test_a_bucket_is_judged_here_and_by_a_cluster(store: dict[str, str], tmp_path: Path) -> None:
    """A real client of S3 reads it, in this process and in those of workers; both say the same."""
    _fill_store(store)
    for at in range(12):
        (tmp_path / f"{at:02}.har").write_text(json.dumps(har(wrong() if at == 5 else calls())))
    of_files = _door(tmp_path, store, "*.har")
    here = _door(tmp_path, store, "s3://traffic/2026/*.har")
    assert here.returncode == 1
    assert here.stdout.replace(b"s3://traffic/2026/", b"") == of_files.stdout
    assert here.stderr == b""
    with cluster(**store) as started:
        for name in ("s3://traffic/2026/*.har", "s3://traffic", "s3://traffic/none.har"):
            by_cluster = _door(tmp_path, store, "--scheduler", started.address, name)
            alone = _door(tmp_path, store, name)
            assert by_cluster.stdout == alone.stdout
            assert by_cluster.stderr == alone.stderr
            assert by_cluster.returncode == alone.returncode


def _door(
    folder: Path, store: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **store}
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, check=False
    )
