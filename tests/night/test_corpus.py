"""The corpus: what is kept of walks and findings, and what is made of files that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from run_contracts.errors import UsageError
from run_contracts.night import corpus as corpora
from run_contracts.night.corpus import Corpus, default_folder
from run_contracts.night.corpus_entry import LARGEST_ENTRY, CorpusEntry, read_entry
from run_contracts.probes.search.named_steps import MadeCreate, steps_by_name
from run_contracts.traffic.hider import hider

STEPS = ("wait", "say", 'create fields={} operation="createRun"')


def entry(*steps: str, shows: tuple[str, ...] = ("requirement RUN-LIFE-001",)) -> CorpusEntry:
    """Return an entry of some steps."""
    return CorpusEntry(edition="v2", steps=steps or STEPS, shows=shows, round=3)


def plain(text: str) -> str:
    """Hide nothing."""
    return text


def test_an_entry_is_read_as_it_was_kept(tmp_path: Path) -> None:
    """Steps, what they showed first, and the round."""
    corpus = Corpus(tmp_path)
    made = MadeCreate.of("createRun", {"top_p": 0.5, "metadata": {"a": "b"}})
    assert made is not None
    kept = CorpusEntry(edition="v2", steps=(*STEPS, made), shows=("edges a > b",), round=7)
    assert corpus.keep(kept, plain)
    (again,) = Corpus(tmp_path).entries("v2")
    assert (again.steps, again.shows, again.round) == (kept.steps, kept.shows, kept.round)
    assert list(Corpus(tmp_path).entries("v1")) == []


def test_every_step_of_walks_has_a_name_of_its_own() -> None:
    """A corpus of one version says what it means to the next."""
    assert len(steps_by_name()) > 60
    assert not [name for name in steps_by_name() if "lambda" in name or "0x" in name]


def test_no_secret_is_written(tmp_path: Path) -> None:
    """A body may hold what the target is let in with."""
    hide = hider({"sk-very-secret-key": "$KEY"})
    made = MadeCreate.of("createRun", {"instructions": "use sk-very-secret-key now"})
    assert made is not None
    Corpus(tmp_path).keep(CorpusEntry(edition="v2", steps=(made,), shows=("x",)), hide)
    (path,) = (tmp_path / "walks").glob("*.json")
    assert "sk-very-secret-key" not in path.read_text()
    assert "$KEY" in path.read_text()


def test_a_body_from_a_file_decides_nothing_that_costs() -> None:
    """Not the assistant, not the model, not the thread, and no limit above ours."""
    dear = {"assistant_id": "asst_x", "model": "dear", "thread": {}, "max_prompt_tokens": 10**6}
    value = {
        "format": 1,
        "edition": "v2",
        "shows": [],
        "steps": [{"create": "createThreadAndRun", "body": {**dear, "top_p": 1}}],
    }
    (step,) = read_entry(json.dumps(value).encode()).steps
    assert isinstance(step, MadeCreate)
    assert step.body == {"top_p": 1}


def wrong_files() -> dict[str, bytes]:
    """Return what is no entry, by what is wrong with it."""
    right = json.loads(entry().as_json(plain))
    changed = {
        "other format": {"format": 2},
        "no edition": {"edition": "v9"},
        "no steps": {"steps": []},
        "many steps": {"steps": ["wait"] * 1000},
        "unknown step": {"steps": ["rm -rf /"]},
        "step of a number": {"steps": [7]},
        "deleting step": {"steps": [{"create": "deleteThread", "body": {}}]},
        "body of a list": {"steps": [{"create": "createRun", "body": []}]},
        "shows a number": {"shows": [1]},
        "shows a long text": {"shows": ["x" * 10_000]},
    }
    files = {name: json.dumps({**right, **change}).encode() for name, change in changed.items()}
    return files | {
        "empty": b"",
        "half": entry().as_json(plain).encode()[:40],
        "bytes": bytes(range(256)),
        "deep": b"[" * 5000,
        "list": b"[]",
        "large": b" " * (LARGEST_ENTRY + 1),
        "escapes": b'{"format": "\\u001b[2J"}',
    }


@pytest.mark.parametrize("name", wrong_files())
def test_a_file_that_is_no_entry_is_passed_over_with_one_line(name: str, tmp_path: Path) -> None:
    """The others are read; the line names the file, and steers no terminal."""
    corpus = Corpus(tmp_path)
    corpus.keep(entry(), plain)
    (corpus.walks / "hostile.json").write_bytes(wrong_files()[name])
    again = Corpus(tmp_path)
    assert len(list(again.entries("v2"))) == 1
    (line,) = again.complaints
    assert "hostile.json: passed over: " in line
    assert line.isprintable()
    assert len(line) < 700


def test_entries_are_bounded_in_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever lets a night run for weeks does not fill the disk."""
    monkeypatch.setattr(corpora, "MOST_ENTRIES", 3)
    corpus = Corpus(tmp_path)
    kept = [corpus.keep(entry(*["wait"] * number), plain) for number in range(1, 6)]
    assert kept == [True, True, True, False, False]
    assert len(list(corpus.walks.iterdir())) == 3


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    """A file is moved into its place when it is whole."""
    corpus = Corpus(tmp_path)
    corpus.keep(entry(), plain)
    corpus.keep_finding("RUN-LIFE-001 getRun: order, found array", b"{}\n")
    names = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert not [name for name in names if name.startswith(".") or name.endswith(".part")]


def test_a_finding_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    """What a file holds instead of a report costs that finding, with one line."""
    corpus = Corpus(tmp_path)
    corpus.keep_finding("key", b"no report\n")
    assert corpus.finding("key") == ()
    assert len(corpus.complaints) == 1


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """With one line that names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"the corpus .*file"):
        Corpus(tmp_path / "file")


def test_the_folder_of_a_target_is_named_after_it(tmp_path: Path) -> None:
    """Two targets share none, and no name leaves the project."""
    names = ["http://a/v1 (v2)", "http://a/v1 (v1)", "../../x (v2)", "x" * 500]
    folders = [default_folder(name, tmp_path) for name in names]
    assert len(set(folders)) == len(names)
    assert {one.resolve().parent for one in folders} == {tmp_path / ".run_contracts" / "corpus"}
    assert all(len(one.name) < 120 for one in folders)
