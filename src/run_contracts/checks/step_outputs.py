"""What the steps of a run that ended say it did: the calls that were answered, and anything."""

from __future__ import annotations

from collections.abc import Iterator

from run_contracts.checks.command_evidence import given_outputs
from run_contracts.checks.registry import Outcome, decided, decides
from run_contracts.checks.steps import calls_of_step, run_before, steps_of_ended, whole_lists
from run_contracts.contract.lifecycle import COMPLETED
from run_contracts.traffic.evidence import Evidence
from run_contracts.traffic.exchange import Exchange
from run_contracts.types import JSONObject


@decides("RUN-STEP-029")
def outputs_are_shown(evidence: Evidence) -> Iterator[Outcome]:
    """Judge the calls in steps of an ended run against the outputs that were accepted.

    A list of all steps of a run that completed shows every call that was answered.
    """
    submitted = {
        (exchange.ids["run_id"], given["tool_call_id"]): (exchange.number, given.get("output"))
        for exchange in evidence.of("submitToolOutputs")
        if exchange.is_success
        for given in given_outputs(exchange)
    }
    for exchange, place, step, status in steps_of_ended(evidence):
        for call in calls_of_step(step) if status == COMPLETED else ():
            number, output = submitted.get((exchange.ids["run_id"], str(call.get("id"))), (0, None))
            if isinstance(output, str) and number < exchange.number:
                function = call.get("function")
                actual = function.get("output") if isinstance(function, dict) else None
                yield decided(
                    evidence,
                    "RUN-STEP-029",
                    exchange,
                    holds=actual == output,
                    actual=actual,
                    code="output-lost",
                    call=call.get("id"),
                    output=output,
                    pointer=f"{place}/step_details/tool_calls",
                )
    for listing, run, steps in _all_of_completed(evidence):
        shown = {str(call.get("id")) for step in steps for call in calls_of_step(step)}
        answered = {
            call: output
            for (run_id, call), (number, output) in submitted.items()
            if run_id == run.get("id") and number < listing.number
        }
        for call, output in answered.items():
            if call not in shown:
                yield _lost(evidence, listing, call, str(output))


def _lost(evidence: Evidence, listing: Exchange, call: str, output: str) -> Outcome:
    """Return that an answered call is in no step."""
    return decided(
        evidence,
        "RUN-STEP-029",
        listing,
        holds=False,
        actual="no step with the call",
        code="output-lost",
        call=call,
        output=output,
        pointer="/data",
    )


def _all_of_completed(
    evidence: Evidence,
) -> Iterator[tuple[Exchange, JSONObject, list[JSONObject]]]:
    """Yield each list of steps that surely shows all of a run that was seen to be completed."""
    for walk, steps in whole_lists(evidence, "listRunSteps"):
        before = run_before(evidence, walk[0].exchange)
        if before is not None and before.status == COMPLETED:
            yield walk[-1].exchange, before.run, steps


@decides("RUN-STEP-038")
def completed_in_steps(evidence: Evidence) -> Iterator[Outcome]:
    """Judge that a run that completed has steps that say what it did."""
    for listing, _, steps in _all_of_completed(evidence):
        yield decided(
            evidence,
            "RUN-STEP-038",
            listing,
            holds=bool(steps),
            actual="no step",
            code="too-few",
            bound=1,
            unit=" step",
            pointer="/data",
        )
