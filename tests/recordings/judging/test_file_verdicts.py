"""Many files judged by several processes: what is said is the same, in the same order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from run_contracts.recordings.file_parts import BareLines, FilePart
from run_contracts.recordings.file_reading import file_parts
from run_contracts.recordings.formats.exchange_records import PartNames
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.recordings.judging.file_verdicts import FileVerdicts, verdicts
from run_contracts.recordings.judging.in_processes import HereFirst, Processes
from run_contracts.recordings.judging.jobs import Answer, Job, Piece, WholeFile
from run_contracts.recordings.judging.judges import Done, Judges
from run_contracts.recordings.judging.judging_workers import Answered, Workers
from run_contracts.recordings.judging.standings import Standing
from tests import samples
from tests.recordings.calls import calls
from tests.recordings.documents_of_calls import har
from tests.recordings.judging.clusters import children_of, command, wait_until
from tests.recordings.judging.deadly import DeadlyFile, DeadlyLines
from tests.recordings.judging.folders import answers, fill

COMMAND = [sys.executable, "-m", "run_contracts", "validate", "."]
ASKED = AskedFor("v2", "wire", None, is_auto=False)
needs_two = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one core starts no processes")
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="there is no /proc")


@pytest.fixture(scope="module", name="folder")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    fill(folder)
    return folder


@pytest.fixture(scope="module", name="alone")
def _alone(folder: Path) -> tuple[bytes, bytes, int]:
    """Return what one process says of the folder: the command on one core starts no other."""
    code = (
        "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
        "sys.argv[1:] = ['validate', '.']; from run_contracts.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, check=False
    )
    return done.stdout, done.stderr, done.returncode


@needs_two
@needs_proc
@pytest.mark.parametrize("is_killed", [False, True], ids=["as it is", "one killed"])
def test_processes_say_of_a_folder_what_one_says(
    folder: Path, alone: tuple[bytes, bytes, int], is_killed: bool
) -> None:
    """Files are shared out, and the output is the same, even if a process is killed."""
    with subprocess.Popen(
        COMMAND, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as judging:
        wait_until(lambda: len(_judging(judging.pid)) >= 2)
        if is_killed:
            os.kill(_judging(judging.pid)[0], signal.SIGKILL)
        output, errors = judging.communicate(timeout=120)
    assert (output, errors, judging.returncode) == alone


def _judging(pid: int) -> list[int]:
    return [child for child in children_of(pid) if b"spawn_main" in command(child)]


def test_a_few_small_files_start_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to some size it would take longer to start one than to judge."""
    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.submit", None)
    for name in "abc":
        (tmp_path / f"{name}.har").write_text(json.dumps(har(calls())))
    with closing(HereFirst()) as workers:
        seen = _answers(workers, sorted(map(str, tmp_path.iterdir())))
    assert [one.total() for one in seen] == [len(calls())] * 3


def _answers(workers: Workers, files: list[str]) -> list[Counter[Standing]]:
    judged = FileVerdicts(workers, ASKED, PartNames(), 100)
    return [
        sum((one.answers for each in given for one in each.verdicts), start=Counter[Standing]())
        for _, given in judged.of((file, False) for file in files)
    ]


class _Slow:
    """Workers that are given a lot of jobs and do each only when somebody waits for it."""

    longest_file = 10**9
    opens_files = True

    def number(self) -> int:
        return 2

    def begin(self, job: Job) -> Answered:
        return Answered(job.answer())

    def close(self) -> None:
        pass


def test_no_more_files_are_begun_than_workers_need(tmp_path: Path) -> None:
    """However many there are, a few for each worker are on their way."""
    begun = []

    def files() -> Iterator[tuple[str, bool]]:
        for number in range(100):
            begun.append(number)
            yield str(tmp_path / f"{number}.json"), False

    judged = FileVerdicts(_Slow(), ASKED, PartNames(), 100).of(files())
    next(judged)
    assert len(begun) < 10


def _judged(workers: Workers, pieces: list[Piece]) -> list[Done]:
    judges = Judges(workers, ASKED, 100)
    done = [one for piece in pieces for one in judges.add(piece)]
    return [*done, *judges.rest()]


def _part(number: int, kind: type[BareLines] = BareLines) -> FilePart:
    return kind(name=f"part {number}", data=answers(2), size=9, first=1)


@needs_two
def test_what_ends_a_process_twice_costs_itself_alone() -> None:
    """It is tried again alone, and named; what was judged beside it holds."""
    parts = [_part(number, DeadlyLines if number in (3, 4) else BareLines) for number in range(12)]
    with closing(Processes()) as workers:
        done = _judged(workers, list(parts))
    assert [one.piece for one in done] == parts
    lost = [one.answer.verdicts[0].answers[Standing.OUR_ERROR] for one in done]
    assert lost == [0, 0, 0, 2, 2, *[0] * 7]


@needs_two
def test_a_file_that_ends_a_process_is_judged_by_its_parts(tmp_path: Path) -> None:
    """Each part has a process of its own then, and the others are judged all the same."""
    file = tmp_path / "runs.jsonl"
    file.write_bytes(answers(20))
    deadly = DeadlyFile(file=str(file), names=PartNames(), longest=9**9)
    with closing(Processes()) as workers:
        done = _judged(workers, [_part(1), deadly, _part(2)])
    (of_file,) = [verdict for one in done[1:-2] for verdict in one.answer.verdicts]
    (expected,) = verdicts(file_parts(file), ASKED, 100)
    assert (of_file.answers, of_file.said) == (expected.answers, expected.said)


def test_a_file_of_which_too_much_is_said_is_judged_by_its_parts(tmp_path: Path) -> None:
    """No process hands back more than some findings at once, and none of them is lost."""
    file = tmp_path / "runs.jsonl"
    file.write_bytes(b"".join(b'{"object": "%d%s"}\n' % (at, b"x" * 1000) for at in range(4000)))
    whole = WholeFile(file=str(file), names=PartNames(), longest=9**9)
    assert Job(whole, ASKED, 1000).answer() is None
    judges = Judges(_Slow(), ASKED, 1000)
    done = [*judges.add(whole), *judges.rest()]
    judged = [verdict for one in done for verdict in one.answer.verdicts]
    expected = list(verdicts(file_parts(file), ASKED, 1000))
    assert [(one.answers, one.said) for one in judged] == [
        (one.answers, one.said) for one in expected
    ]
    assert len(expected) > 10


def test_a_file_that_cannot_be_read_on_is_judged_so_far(tmp_path: Path) -> None:
    """What was read of it counts, and why there is no more is said, whoever reads it."""
    packed = json.dumps(samples.run()).encode()
    file = tmp_path / "cut.jsonl"
    file.write_bytes(packed)
    whole = WholeFile(file=str(tmp_path / "gone.jsonl"), names=PartNames(), longest=9**9)
    assert Job(whole, ASKED, 9).answer() == Answer(
        refused=f"{tmp_path}/gone.jsonl: no such file or directory"
    )


def test_bytes_that_are_sent_are_judged_as_the_file(folder: Path) -> None:
    """But a file whose bodies lie beside it is judged where it lies."""
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        here = WholeFile(file=str(file), names=PartNames(), longest=9**9)
        sent = WholeFile(file=str(file), names=PartNames(), longest=9**9, data=file.read_bytes())
        answer = Job(sent, ASKED, 100).answer()
        if file.parent.name == "mappings":
            assert answer is None
        else:
            assert answer == Job(here, ASKED, 100).answer()
