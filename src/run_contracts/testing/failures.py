"""What is said of the failure of an item: in its report, and in the summary of the session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from run_contracts.client.checked_target import Target, names_of, parsed_header, without_user
from run_contracts.engine.command import OPTION_BY_FIELD, option_words
from run_contracts.events import ADVICE, BROKEN, Decided
from run_contracts.report import coverage_table, finding_lines, operations_table
from run_contracts.report.next_steps import next_step, replay_command
from run_contracts.report.ranked_causes import RankedCause
from run_contracts.report.script import script
from run_contracts.report.summary import Summary
from run_contracts.testing.check_result import CheckResult
from run_contracts.testing.check_settings import is_fail_fast
from run_contracts.testing.plugin_options import OPTIONS, PLUGIN_NAME, given
from run_contracts.traffic.shell import word

MOST_SCRIPTS = 3
"""Causes that show their requests; more of them would only be scrolled past."""
SCRIPT_TITLE = "the requests that show it, as a script to paste"


@dataclass(frozen=True, kw_only=True, eq=False)
class Failure:
    """What is said of an item whose verdict may make it fail.

    `again` runs the item again. What follows from another item is said there, unless pytest stops
    at the first failure and may never come to it.
    """

    result: CheckResult
    summary: Summary
    verdict: Decided
    nodeid: str
    again: str
    whole: str
    is_alone: bool

    @classmethod
    def of(
        cls, config: pytest.Config, nodeid: str, result: CheckResult, verdict: Decided
    ) -> Failure:
        """Return what is said of an item by the result of its check, which has a summary."""
        assert result.summary is not None  # noqa: S101 - or there were no verdict
        return cls(
            result=result,
            summary=result.summary,
            verdict=verdict,
            nodeid=nodeid,
            again=rerun_command(config, nodeid),
            whole=rerun_command(config, _without_requirement(nodeid)),
            is_alone=is_fail_fast(config),
        )

    @property
    def leader(self) -> Decided | None:
        """The verdict that this one follows from, if it is told there."""
        return None if self.is_alone else self.summary.leader_of(self.verdict)

    @property
    def lines(self) -> list[str]:
        """The lines of the verdict, the last one with what shows it again."""
        if self.leader is not None:
            return [finding_lines.follows_from(self.leader)]
        summary, verdict = self.summary, self.verdict
        command = next_step(
            verdict,
            summary.exchanges,
            only=self.again,
            whole=self.whole,
            replay=replay_command(summary.started, summary.file),
        )
        shown_in = summary.exchanges.get(verdict.broken[0].exchange) if verdict.broken else None
        return list(finding_lines.decided(verdict, command=command, shown_in=shown_in))

    @property
    def script(self) -> str:
        """The requests that show a failure, as a script for the shell; empty if it has none.

        Only the first to mend have one.
        """
        leads = [one.lead.requirement for one in self.summary.causes[:MOST_SCRIPTS]]
        is_shown = self.is_alone or self.verdict.requirement in leads
        if not is_shown or self.verdict.outcome != BROKEN or not self.verdict.sequence:
            return ""
        exchanges = self.summary.exchanges.values()
        return script(self.summary.started.target, self.verdict, exchanges)

    def entry(self, *, is_first: bool) -> dict[str, Any]:
        """Return what the summary needs to know of the item, as plain data: xdist sends it on.

        The first item of a check tells what is said of the whole.
        """
        verdict, started, finished = self.verdict, self.summary.started, self.summary.finished
        entry: dict[str, Any] = {
            "target": self.result.name,
            "id": verdict.requirement,
            "area": verdict.area,
            "outcome": verdict.outcome,
            "again": self.again,
            "edition": started.edition,
            "spoken": started.spoken,
            "profile": started.profile,
            "left_out": started.left_out or "",
            "requests": finished.requests,
            "seconds": finished.seconds,
        }
        if verdict.outcome == ADVICE and self.leader is None:
            entry["lines"] = self.lines
        if is_first:
            entry["causes"] = [list(self._cause(one)) for one in self.summary.causes if one.is_red]
            entry["operations"] = list(_operations(self.summary))
            entry["verdict"] = self.summary.conclusion
        return entry

    def _cause(self, cause: RankedCause) -> Iterator[str]:
        """Yield the line that tells a cause; of the first to mend also what to type."""
        more = f" ({len(cause.followers)} more from this)" if cause.followers else ""
        yield f"{cause.place} {cause.lead.requirement} {cause.lead.sentence}{more}"
        if cause.rank == 1:
            own, lead = self.verdict.requirement, cause.lead.requirement
            yield f"{'':>{len(cause.place)}} {self.again.replace(own, lead)}"


def _operations(summary: Summary) -> Iterator[str]:
    if summary.surveyed is not None:
        yield from operations_table.lines(summary.surveyed, summary.started)
    if summary.covered is not None:
        yield f"coverage: {coverage_table.share(summary.covered)}"


def _without_requirement(nodeid: str) -> str:
    """Return the id of all items that an item is one of.

    >>> _without_requirement("run_contracts::RUN-A"), _without_requirement("t.py::test[RUN-A]")
    ('run_contracts', 't.py::test')
    """
    return nodeid.partition("[")[0] if "[" in nodeid else nodeid.rpartition("::")[0]


def rerun_command(config: pytest.Config, nodeid: str) -> str:
    """Return the command that runs an item again, with what was typed; no secret is in it."""
    typed = {
        name: config.getoption(OPTIONS[option.replace("-", "_")].ini, None)
        for name, option in OPTION_BY_FIELD.items()
    }
    _, user = without_user(typed["url"] or "")
    headers = given(config, "header") if user or typed["headers"] else ()
    secret_headers = config.getoption(OPTIONS["secret_header"].ini, None) or ()
    key_name = given(config, "api_key_env")
    target = Target(
        url=typed["url"] or "",
        headers=tuple(map(parsed_header, (*headers, *secret_headers))),
        secret_headers=names_of(secret_headers),
        key_name=key_name,
        key=os.environ.get(key_name, ""),
    )
    typed |= {"url": target.address or None, "headers": target.headers}
    secrets = target.secrets()
    known = {name: value for name, value in typed.items() if value is not None}
    words = ["pytest", *option_words(known, target, prefix="--run-")]
    baseline = config.getoption(OPTIONS["baseline"].ini, None)
    words += ["--run-baseline", word(baseline, secrets)] if baseline else []
    for flag in ("strict", "write", "insecure"):
        words += [f"--run-{flag}"] if config.getoption(OPTIONS[flag].ini, None) else []
    path, colons, rest = nodeid.partition("::")
    if path != PLUGIN_NAME:
        path = os.path.relpath(config.rootpath / path, config.invocation_params.dir)
    return " ".join([*words, word(path + colons + rest, secrets)])
