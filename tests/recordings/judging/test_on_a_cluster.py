"""Recordings judged by a dask cluster: what is said is the same, whatever becomes of workers."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest

from run_contracts import violations
from run_contracts.errors import UsageError
from run_contracts.recordings.file_parts import BareLines, FilePart
from run_contracts.recordings.formats.exchange_records import PartNames
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.jobs import Job, Piece
from run_contracts.recordings.judging.judges import Done, Judges
from run_contracts.recordings.judging.judging_workers import Workers
from run_contracts.recordings.judging.on_a_cluster import Cluster, Sealed, answered
from run_contracts.recordings.judging.standings import Standing
from tests import samples
from tests.recordings.judging.clusters import StartedCluster, cluster, wait_until
from tests.recordings.judging.deadly import DeadlyFile, DeadlyLines, FailingLines
from tests.recordings.judging.folders import answers, fill

pytest.importorskip("distributed")
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="there is no /proc")
pytestmark = needs_proc
COMMAND = [sys.executable, "-m", "run_contracts", "validate"]
ASKED = AskedFor("v2", "wire", None, is_auto=False)


@pytest.fixture(scope="module", name="started")
def _started() -> Iterator[StartedCluster]:
    with cluster(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as started:
        yield started


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    fill(folder)
    return folder


@pytest.fixture(scope="module", name="local")
def _local(folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Return what is said of the folder without a cluster."""
    done = _validate(folder, ".")
    assert done.returncode == 1
    assert done.stdout.count(b"\n") > 30
    assert done.stderr.count(b"\n") > 10
    return done


def _validate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *arguments], cwd=folder, capture_output=True, check=False)


def _same(done: subprocess.CompletedProcess[bytes]) -> tuple[bytes, bytes, int]:
    return done.stdout, done.stderr, done.returncode


def test_a_cluster_says_what_this_machine_says(
    started: StartedCluster, folder: Path, local: subprocess.CompletedProcess[bytes]
) -> None:
    """Byte for byte, in the same order and with the same exit code, whatever a file is."""
    done = _validate(folder, "--scheduler", started.address, ".")
    assert _same(done) == _same(local)


def test_workers_read_urls_themselves(started: StartedCluster, folder: Path) -> None:
    """A pattern of URLs is judged as the files that it matches, and so is a folder."""
    for names in ([f"{folder}/session-00*.har", f"{folder}/long.jsonl"], [f"{folder}/stubs"]):
        urls = [f"file://{name}" for name in names]
        done = _validate(folder, "--scheduler", started.address, *urls)
        alone = _validate(folder, *urls)
        assert _same(done) == _same(alone)
    of_files = _validate(folder, f"{folder}/session-00*.har")
    of_urls = _validate(folder, "--scheduler", started.address, f"file://{folder}/session-00*.har")
    assert of_urls.stdout.replace(b"file://", b"") == of_files.stdout


def test_a_worker_that_is_killed_costs_nothing(
    folder: Path, local: subprocess.CompletedProcess[bytes]
) -> None:
    """What it judged is judged by another, and the output is the same."""
    with cluster() as started:
        command = [*COMMAND, "--scheduler", started.address, "."]
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        ) as judging:
            assert judging.stdout is not None
            first = judging.stdout.readline()
            assert judging.poll() is None
            killed = started.judging()[0]
            os.kill(killed, signal.SIGKILL)
            output, errors = judging.communicate(timeout=120)
        wait_until(lambda: killed not in started.judging())
    assert (first + output, errors, judging.returncode) == _same(local)


def test_a_scheduler_that_ends_is_not_waited_for(
    folder: Path, local: subprocess.CompletedProcess[bytes]
) -> None:
    """What is left is judged on this machine; one line says so, and the verdicts are the same."""
    with cluster(processes=1) as started:
        command = [*COMMAND, "--scheduler", started.address, "."]
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        ) as judging:
            assert judging.stdout is not None
            first = judging.stdout.readline()
            assert judging.poll() is None
            os.killpg(started.scheduler.pid, signal.SIGKILL)
            output, errors = judging.communicate(timeout=120)
    (said,) = set(errors.splitlines()) - set(local.stderr.splitlines())
    assert said.startswith(f"run-contracts: the cluster at {started.address} is gone: ".encode())
    assert said.endswith(b"; what is left is judged on this machine")
    assert (first + output, judging.returncode) == (local.stdout, local.returncode)


def _part(number: int, kind: type[BareLines] = BareLines) -> FilePart:
    return kind(name=f"part {number}", data=answers(2), size=9, first=1)


def _judged(workers: Workers, pieces: list[Piece]) -> list[Done]:
    judges = Judges(workers, ASKED, 100)
    done = [one for piece in pieces for one in judges.add(piece)]
    return [*done, *judges.rest()]


def test_what_ends_every_worker_costs_itself_alone(started: StartedCluster) -> None:
    """Dask gives it up; it is named as lost, and what was judged beside it holds."""
    parts = [_part(number) for number in range(12)]
    parts[4] = _part(4, DeadlyLines)
    with closing(Cluster(started.address)) as workers:
        done = _judged(workers, list(parts))
    assert [one.piece for one in done] == parts
    lost = [one.answer.verdicts[0].answers[Standing.OUR_ERROR] for one in done]
    assert lost == [0, 0, 0, 0, 2, *[0] * 7]
    (said,) = done[4].answer.verdicts[0].said
    assert said.text.startswith("part 4, lines 1 to 2: not judged: the process that judged this")


def test_an_error_of_ours_on_a_worker_costs_its_piece() -> None:
    """It is named as one, though a worker that is debugged raises it; the others are judged."""
    parts = [_part(1), _part(2, FailingLines), _part(3)]
    with (
        cluster(processes=1, RUN_CONTRACTS_DEBUG="1") as started,
        closing(Cluster(started.address)) as workers,
    ):
        done = _judged(workers, list(parts))
    counted = [one.answer.verdicts[0].answers[Standing.OUR_ERROR] for one in done]
    assert counted == [0, 1, 0]
    (said,) = done[1].answer.verdicts[0].said
    assert said.text.startswith("part 2: not judged: RuntimeError: it cannot be; this is an error")


def test_a_job_that_a_worker_cannot_read_is_said() -> None:
    """It has something else installed than is here."""
    said = answered(Sealed(b"no job", version("run-contracts")))
    assert said == "a worker cannot read what it is to judge: UnpicklingError"


def test_a_file_that_ends_every_worker_is_judged_by_its_parts(
    started: StartedCluster, tmp_path: Path
) -> None:
    """Only the part that ends a worker is lost, not its file."""
    file = tmp_path / "runs.jsonl"
    file.write_bytes(answers(20))
    deadly = DeadlyFile(file=str(file), names=PartNames(), longest=9**9)
    with closing(Cluster(started.address)) as workers:
        done = _judged(workers, [_part(1), deadly, _part(2)])
    of_file = [one.answer for one in done[1:-1]]
    assert sum(one.answers.total() for answer in of_file for one in answer.verdicts) == 20
    assert not any(v.answers[Standing.OUR_ERROR] for answer in of_file for v in answer.verdicts)


def test_several_threads_of_a_worker_judge_at_once(
    folder: Path, local: subprocess.CompletedProcess[bytes]
) -> None:
    """Nothing that judges is shared in a way that changes what is said."""
    with cluster("--nthreads", "4", processes=1) as started:
        done = _validate(folder, "--scheduler", started.address, ".")
    assert _same(done) == _same(local)


def test_nothing_of_a_job_is_shown(started: StartedCluster) -> None:
    """Pages of the scheduler and logs of workers show keys and calls, which say nothing."""
    from distributed import Client  # noqa: PLC0415 - skipped without it

    part = BareLines(name="secret name", data=b'{"secret": "content"}', size=1, first=1)
    with closing(Cluster(started.address)) as workers:
        workers.begin(Job(part, ASKED, 1)).answer()
        with Client(started.address, set_as_default=False) as client:
            keys = [str(key) for key in client.run_on_scheduler(_keys)]
    assert "secret" not in repr(Sealed(b"secret", "secret"))
    assert all(key.startswith("run-contracts-") for key in keys)


def _keys(dask_scheduler: object = None) -> list[object]:
    return list(dask_scheduler.tasks)  # type: ignore[attr-defined]


def test_values_are_judged_by_any_executor(started: StartedCluster) -> None:
    """Violations are values that travel, and judging is a function that does."""
    from distributed import Client  # noqa: PLC0415 - skipped without it

    runs = [samples.run(), samples.run(model=7)]
    with Client(started.address, set_as_default=False) as client:
        found = client.gather(client.map(violations, runs, pure=False))
    assert found == [violations(run) for run in runs]
    assert [len(one) for one in found] == [0, 1]


def test_another_release_judges_nothing() -> None:
    """A worker of another version says so, for its verdicts may be others."""
    said = answered(Sealed(b"", "0.0.1"))
    assert isinstance(said, str)
    assert said.startswith("a worker has run-contracts ")
    assert said.endswith(", here is 0.0.1")


def test_a_cluster_of_this_process_loses_nothing_either() -> None:
    """Who has a `LocalCluster` names its scheduler; one of its workers may be killed, too."""
    from distributed import LocalCluster  # noqa: PLC0415 - skipped without it

    parts = [_long_part(number) for number in range(12)]
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            host="127.0.0.1",
            silence_logs=logging.CRITICAL,
        ) as local,
        closing(Cluster(local.scheduler_address)) as workers,
    ):
        judges = Judges(workers, ASKED, 100)
        pieces = iter(parts)
        done = [*judges.add(next(pieces)), *judges.add(next(pieces)), *judges.rest()]
        for piece in pieces:
            if piece is parts[4]:
                os.kill(next(one.pid for one in local.workers.values()), signal.SIGKILL)
            done += judges.add(piece)
        done += judges.rest()
    assert [one.piece for one in done] == parts
    assert [one.answer for one in done] == [Job(part, ASKED, 100).answer() for part in parts]


def _long_part(number: int) -> BareLines:
    """Return a part that takes a while."""
    return BareLines(name=f"part {number}", data=answers(200), size=9, first=1)


WRONG_ADDRESSES = ["10.0.0.5:8786", "http://host:8786", "tcp://host", "inproc://1", "tcp://a b:1"]


@pytest.mark.parametrize("address", WRONG_ADDRESSES)
def test_what_is_no_address_of_a_scheduler_is_refused(address: str) -> None:
    """It names what was given, and how one is written."""
    with pytest.raises(UsageError, match="name one as tcp://host:8786"):
        Cluster(address)


@pytest.mark.slow
def test_nobody_there_is_said_in_time(tmp_path: Path) -> None:
    """One line, the exit code of wrong usage, and no more than ten seconds of asking."""
    began = time.monotonic()
    done = _validate(tmp_path, "--scheduler", "tcp://127.0.0.1:9", ".")
    assert time.monotonic() - began < 20
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("run-contracts: tcp://127.0.0.1:9: no dask scheduler answers: ")


def test_without_dask_it_is_said_what_to_install(tmp_path: Path) -> None:
    """One line, and the exit code of wrong usage."""
    code = (
        "import sys; sys.modules['distributed'] = None; sys.argv[1:] = "
        "['validate', '--scheduler', 'tcp://127.0.0.1:9', '.']; "
        "from run_contracts.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.decode().splitlines() == [
        "run-contracts: --scheduler takes dask; pip install 'run-contracts[dask]'"
    ]
