"""What a load does at the events of Locust: findings go to the master, which says what it comes to.

Importing this imports Locust, which patches the process for gevent.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import click
import locust
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.rpc import Message
from locust.runners import MasterRunner, WorkerRunner

from run_contracts.client.checked_target import Target
from run_contracts.errors import UsageError
from run_contracts.events import Decided, Event, ExitCode
from run_contracts.filesystem.writing import writing
from run_contracts.load_testing.driven_load import ENDING_SECONDS, LEFT_BY_WORKER, Load
from run_contracts.load_testing.load_report import exit_code, load_events, load_lines
from run_contracts.report import jsonlines, sanitizing
from run_contracts.report.rendering import rendered

IN_REPORT = "run_contracts"
"""Where a report of a worker has what is new in its tally."""
END, LAST_REPORT = "run_contracts_end", "run_contracts_last_report"
"""What a master tells its workers when a load is to end, and what each of them answers."""
LAST_REPORT_PAUSE = 0.1
CONTRACT = "CONTRACT"
"""What stands for the method where a broken requirement is an entry of the statistics."""
STOP_SECONDS = 10.0
"""Seconds in which a life that has begun is driven to its end when users are stopped."""
LINES_REPORT, HTML_PAGE = "run_report", "run_html"
for _name in ("httpx2", "httpcore2"):
    # Locust shows what every library says, and these would say each request.
    logging.getLogger(_name).setLevel(logging.WARNING)
_loads: WeakKeyDictionary[Environment, LocustLoad] = WeakKeyDictionary()


class BrokenRequirement(Exception):
    """What Locust's statistics count as the failure of a requirement."""


class LocustLoad:
    """The load of one environment, and what it does at its events."""

    def __init__(self, environment: Environment, target: Target) -> None:
        """Listen to the events of the environment from now on."""
        self.environment, self.target = environment, target
        self.load = Load(self._on_broken)
        self._is_over = False
        environment.stop_timeout = environment.stop_timeout or STOP_SECONDS
        on = environment.events
        on.report_to_master.add_listener(self._report)
        on.worker_report.add_listener(self._merge)
        on.test_start.add_listener(self._begin)
        on.test_stopping.add_listener(self._gather)
        on.test_stop.add_listener(self._finish)
        on.quitting.add_listener(self._end)
        self._driving: set[str] = set()
        self._last_reports: set[str] = set()
        self._is_gathered = False
        runner = environment.runner
        if isinstance(runner, WorkerRunner):
            runner.register_message(END, self._end_worker, concurrent=True)
        elif isinstance(runner, MasterRunner):
            runner.register_message(LAST_REPORT, self._take_last)

    def _on_broken(self, broken: Decided) -> None:
        """Make a broken MUST an entry of the statistics, a failed one."""
        if broken.level != "MUST":
            return
        self.environment.events.request.fire(
            request_type=CONTRACT,
            name=f"{broken.requirement} {broken.sentence}",
            response_time=0,
            response_length=0,
            exception=BrokenRequirement(broken.sentence),
            context={},
        )

    def _begin(self, **_: object) -> None:
        self.load.begin()
        self._is_gathered = False
        self._driving, self._last_reports = set(), set()

    def _report(self, data: dict[str, Any], **_: object) -> None:
        self.load.count_time()
        data[IN_REPORT] = self.load.tally.take()

    def _merge(self, data: Mapping[str, Any], client_id: str = "", **_: object) -> None:
        """Add what a worker sent; what is no tally costs that message alone, and is counted."""
        message = data.get(IN_REPORT)
        if message is None:
            return
        if isinstance(self.environment.runner, MasterRunner):
            self._driving |= _workers(self.environment.runner)
        with self.load.costing(f"the report of worker {client_id}", self.target):
            self.load.tally.merge(message)

    def _finish(self, **_: object) -> None:
        """Conclude what was left; a worker sends its last report, for which its master waits."""
        runner = self.environment.runner
        if isinstance(runner, MasterRunner):
            return
        self.load.finish()
        if isinstance(runner, WorkerRunner):
            data: dict[str, Any] = {}
            self._report(data)
            runner.send_message(LAST_REPORT, data)

    def _end_worker(self, **_: object) -> None:
        runner = self.environment.runner
        if runner is not None:
            runner.stop()

    def _take_last(self, msg: Message, **_: object) -> None:
        self._merge(msg.data, client_id=msg.node_id)
        self._last_reports.add(msg.node_id)

    def _gather(self, **_: object) -> None:
        """Let all workers drive what they have begun to its end, and wait for what they say.

        Locust's master waits half a second when it quits, which is no time for a life.
        """
        runner = self.environment.runner
        if not isinstance(runner, MasterRunner) or self._is_gathered:
            return
        self._is_gathered = True
        self._driving |= _workers(runner)
        runner.send_message(END)
        until = time.monotonic() + self.environment.stop_timeout + ENDING_SECONDS
        while _workers(runner) - self._last_reports and time.monotonic() < until:
            time.sleep(LAST_REPORT_PAUSE)
        for worker in sorted(self._driving - self._last_reports):
            self.load.tally.cut_short(f"{worker} {LEFT_BY_WORKER}", self.target.hidden)

    def _end(self, **_: object) -> None:
        """Wait, whoever else stops the load, say what it comes to, and set the exit code."""
        runner = self.environment.runner
        if runner is not None:
            if not isinstance(runner, MasterRunner):
                runner.stop()
                self._finish()
            runner.quit()
        if self._is_over or isinstance(runner, WorkerRunner):
            return
        self._is_over = True
        self.load.count_time()
        try:
            self._conclude()
        except Exception as error:
            click.echo(_line(f"the report failed by an error of ours: {error}"), err=True)
            self.environment.process_exit_code = ExitCode.OUR_ERROR

    def _conclude(self) -> None:
        happened = load_events(
            self.load.tally, self.target, seconds=time.monotonic() - self.load.began_at
        )
        for line in load_lines(happened, self.load.tally):
            click.echo(sanitizing.line(self.target.hidden(line)))
        code = exit_code(happened)
        if code != ExitCode.HOLDS:
            self.environment.process_exit_code = int(code)
        for path, is_page in _files(self.environment).items():
            _write(path, happened, is_page=is_page)


def _workers(runner: MasterRunner) -> set[str]:
    """Return the ids of the workers that have users, and are not missing."""
    return {one.id for one in runner.clients.running} | {one.id for one in runner.clients.spawning}


def _write(path: Path, happened: tuple[Event, ...], *, is_page: bool) -> None:
    with writing(path) as file:
        if is_page:
            file.write(rendered("html", happened))
        else:
            for event in happened:
                jsonlines.write(event, file)


def _line(text: str) -> str:
    return f"run-contracts: {sanitizing.line(text)}"


def load_of(environment: Environment, target: Target) -> LocustLoad:
    """Return the load of an environment; the first who asks begins it.

    Raises `UsageError` for a second target: those who share threads must mean the same server.
    """
    if environment not in _loads:
        _loads[environment] = LocustLoad(environment, target)
    known = _loads[environment]
    if known.target != target:
        raise UsageError("two user classes have two targets; a load has one, for all of them")
    return known


@locust.events.init_command_line_parser.add_listener
def _add_options(parser: LocustArgumentParser, **_: object) -> None:
    parser.add_argument(
        "--run-report",
        metavar="FILE.jsonl",
        env_var="RUN_CONTRACTS_LOAD_REPORT",
        help="Write what the lives of runs came to, one event a line.",
        include_in_web_ui=False,
    )
    parser.add_argument(
        "--run-html",
        metavar="FILE.html",
        env_var="RUN_CONTRACTS_LOAD_HTML",
        help="Write the same as one page for people.",
        include_in_web_ui=False,
    )


@locust.events.init.add_listener
def _check(environment: Environment, **_: object) -> None:
    """End a load before it begins, in one line, if it cannot be meant so."""
    try:
        for user in environment.user_classes:
            target_of = getattr(user, "run_target", None)
            if target_of is not None:
                load_of(environment, target_of(environment.host))
        for path in _files(environment):
            _check_writable(path)
    except UsageError as error:
        click.echo(_line(str(error)), err=True)
        sys.exit(ExitCode.USAGE)


def _files(environment: Environment) -> dict[Path, bool]:
    """Return the files to be written, each with whether it is the page for people."""
    options = vars(environment.parsed_options) if environment.parsed_options else {}
    chosen = {options.get(LINES_REPORT): False, options.get(HTML_PAGE): True}
    return {Path(name): is_page for name, is_page in chosen.items() if name}


def _check_writable(path: Path) -> None:
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"{path}: the report cannot be written there")
