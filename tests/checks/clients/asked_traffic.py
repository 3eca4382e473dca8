"""Traffic of clients that is written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from run_contracts.checks import Outcome
from run_contracts.checks.clients import client_outcomes
from run_contracts.contract.loading import load
from run_contracts.traffic.evidence import Evidence
from tests.checks.written_traffic import RUN, STREAM, Traffic, stream
from tests.samples import refusal, run

RUNS = "/threads/thread_1/runs"
MESSAGES = "/threads/thread_1/messages"
SUBMIT = f"POST {RUN}/submit_tool_outputs"
OUTPUT = {"tool_call_id": "call_1", "output": "7"}
OUTPUTS = {"tool_outputs": [OUTPUT]}
BUSY = {
    "error": refusal()["error"] | {"message": "Thread thread_1 already has an active run run_1."}
}
SAID = {"role": "user", "content": "Hello?"}


class AskedTraffic(Traffic):
    """Exchanges of which it is asked what their clients did; of one, if that is known."""

    is_of_one_client = False

    def results(self, requirement: str, *, is_whole: bool = True) -> list[str]:
        """Return what the traffic says of a requirement on clients: held or broken, in order."""
        decided = self._outcomes(requirement)
        return ["broken" if one.violation else "held" for one in decided]

    @property
    def broken(self) -> set[str]:
        """The requirements on clients that are broken."""
        return {one.requirement for one in self._said() if one.violation}

    def read(self, status: str, *, times: int = 1, at: float = 0.0, apart: float = 0.0) -> Any:
        """Add reads of the run, so many seconds apart if it is known when they were."""
        for number in range(times):
            self.add(f"GET {RUN}", run(status), at=at and at + number * apart)
        return self

    def submit(self, status: int = 200, **how: Any) -> Any:
        """Add a submit of the run's only call."""
        answer = run("queued") if status == 200 else refusal()
        return self.add(SUBMIT, answer, status=status, body=OUTPUTS, **how)

    def begin(self, status: int = 200, answer: Any = None, **how: Any) -> Any:
        """Add a create of the run, which is queued, or refused."""
        made = answer or (run("queued") if status == 200 else BUSY)
        return self.add(f"POST {RUNS}", made, status=status, body={"assistant_id": "a"}, **how)

    def stream(self, *statuses: str, **response: Any) -> Any:
        """Add a create that streams these statuses, with more of its response."""
        events = [
            (f"thread.run.{one}".replace(".queued", ".created"), run(one)) for one in statuses
        ]
        self.begin(answer=stream(*events), headers=STREAM)
        last = self.exchanges[-1]
        self.exchanges[-1] = replace(last, response=replace(last.response, **response))
        return self

    def _outcomes(self, requirement: str, *, is_whole: bool = True) -> Iterator[Outcome]:
        return (one for one in self._said() if one.requirement == requirement)

    def _said(self) -> list[Outcome]:
        contract = load(self.edition)
        evidence = Evidence(
            contract=contract,
            exchanges=tuple(self.exchanges),
            is_of_one_client=self.is_of_one_client,
        )
        return list(client_outcomes(evidence))
