"""Cassettes and stubs of a project as items: each file is judged, so that none goes stale."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from run_contracts.errors import RunContractsError, UsageError
from run_contracts.recordings.judging.asked_for import AskedFor
from run_contracts.testing.plugin_options import given
from run_contracts.testing.recordings_judged import judge_file, meant_files

ITEM = "keeps-the-contract"


class CassetteCollection:
    """Collects the files that are meant, wherever they lie."""

    def __init__(self, config: pytest.Config) -> None:
        """Read what is meant; a name that means nothing ends pytest with its usage error."""
        names = given(config, "cassettes")
        try:
            self.files = meant_files(names, config.rootpath)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            collected = [Path(config.invocation_params.dir, arg).resolve() for arg in config.args]
            config.args += [
                str(file)
                for file in sorted(self.files)
                if not any(file.is_relative_to(one) for one in collected)
            ]

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        """Collect a file that is meant."""
        if file_path.resolve() not in self.files:
            return None
        collector: pytest.Collector = _RecordingFile.from_parent(parent, path=file_path)
        return collector


class _RecordingFile(pytest.File):
    """A file of recorded traffic."""

    def collect(self) -> Iterator[pytest.Item]:
        yield _RecordingItem.from_parent(self, name=ITEM)


class _BrokenRecording(AssertionError):
    """A recording breaks the contract."""


class _RecordingItem(pytest.Item):
    """Passes if what a file holds keeps the contract."""

    def runtest(self) -> None:
        asked = AskedFor()
        verdict = judge_file(_shown(self.path, self.config.rootpath), asked)
        if verdict.is_our_error:
            raise _BrokenRecording("\n".join(verdict.remarks))
        if verdict.is_broken or (verdict.findings and given(self.config, "strict")):
            raise _BrokenRecording(verdict.text)
        if not verdict.is_verified:
            pytest.skip("; ".join(verdict.remarks) or "nothing of the contract is in it")
        if verdict.findings:
            self.add_report_section("call", "run-contracts", verdict.text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any) -> Any:
        """Return the findings, and nothing of how they were found."""
        if isinstance(excinfo.value, _BrokenRecording | RunContractsError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"{_shown(self.path, self.config.rootpath)} {ITEM}"


def _shown(path: Path, root: Path) -> str:
    """Return a path as a person reads it: from the project's folder, if it lies there."""
    is_within = path.is_relative_to(root) and Path.cwd() == root
    return str(path.relative_to(root)) if is_within else str(path)
