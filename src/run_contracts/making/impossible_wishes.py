"""What no object can be: wishes beyond a bound, against a rule, or against one another."""

from __future__ import annotations

from run_contracts.contract.loading import Contract
from run_contracts.errors import UsageError
from run_contracts.making.coherence import contradictions
from run_contracts.making.forms import NULL, Number, Whole, without_null
from run_contracts.making.generators.simplest import simplest
from run_contracts.making.narrowing import plain_form
from run_contracts.making.plans import ObjectPlan
from run_contracts.making.wishes import Fixed, as_written, contradicting, root_of
from run_contracts.validation.judging import violations
from run_contracts.validation.violation import Violation


def out_of_bounds(contract: Contract, kind: str, fixed: Fixed) -> None:
    """Raise `UsageError` for a number that no server could have: beyond what a request may ask.

    A run echoes its request, so its bounds are those of the request in use; moments count from
    the epoch.
    """
    if kind != "run":
        return
    asked = plain_form(contract, "create_run_request").fields
    for name, value in fixed.items():
        if not isinstance(value, int | float) or isinstance(value, bool):
            continue
        if name.endswith("_at") and value < 0:
            raise UsageError(f"{name}={value} is no moment: it counts seconds since 1970, from 0")
        form = without_null(asked.get(name, NULL))
        if isinstance(form, Whole | Number) and not _is_between(form, value):
            most = "" if form.most is None else f", at most {form.most}"
            raise UsageError(
                f"no run can have {name}={value}: it echoes its request, which may ask for at "
                f"least {form.least}{most}"
            )


def _is_between(form: Whole | Number, value: float) -> bool:
    least, most = form.least, form.most
    return (least is None or value >= least) and (most is None or value <= most)


def refusal_of(
    contract: Contract, plan: ObjectPlan, status: str | None, fixed: Fixed
) -> tuple[tuple[bool, int], UsageError] | None:
    """Return why a plan cannot be, and how far it is from what can; None for one that can be.

    A field that the status does not allow is only named if no status allows it.
    """
    simple = plan.made(simplest)
    broken = violations(simple, kind=plan.kind, contract=contract)
    if broken:
        rules = [contract.register[violation.requirement] for violation in broken]
        is_of_status = any(rule.rule == "by-status" for rule in rules)
        reason = impossible(contract, plan.kind, status, fixed, broken[0])
        return (is_of_status, len(broken)), reason
    if plan.kind == "run" and plan.coherence is not None:
        for names, why in contradictions(simple, plan.coherence.free):
            return (False, 0), _contradictory(status, fixed, names, why)
    return None


def _contradictory(
    status: str | None, fixed: Fixed, names: tuple[str, ...], why: str
) -> UsageError:
    """Return the error that names the wishes of which a run would contradict itself."""
    wishes = {name: value for name, value in fixed.items() if root_of(name) in names} or fixed
    if len(wishes) > 1:
        return contradicting(wishes, why)
    word = f"{status} run" if status else "run"
    return UsageError(f"no {word} can have {as_written(wishes)}: {why}")


def impossible(
    contract: Contract, kind: str, status: str | None, fixed: Fixed, broken: Violation
) -> UsageError:
    """Return the error that names the requirement a wish would break, and how to break it."""
    rule = contract.register[broken.requirement]
    word = f"{status} {kind_in_words(kind)}" if status else kind_in_words(kind)
    return UsageError(
        f"no {word} can have {as_written(fixed, between=', ')}: it would break {rule.id} "
        f"({rule.sentence.rstrip('.')}); at "
        f"{broken.pointer or 'the value'} expected {broken.expected}. "
        f"To break it on purpose, take near_misses({rule.id!r})"
    )


def kind_in_words(kind: str) -> str:
    """Return a kind as it is written in a sentence.

    >>> kind_in_words("run_step")
    'run step'
    """
    return kind.replace("_", " ")
