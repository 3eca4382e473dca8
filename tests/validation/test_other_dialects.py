"""Which dialects allow what is broken: those in which the very same is right, and no others."""

from __future__ import annotations

from run_contracts.contract.loading import load
from run_contracts.contract.readings import dialects
from run_contracts.validation.judging import violations
from run_contracts.validation.other_dialects import MOST_NAMED, OtherDialects
from tests import samples


def test_a_dialect_is_named_if_the_same_value_is_right_in_it() -> None:
    """Each that is named lets it pass, of the editions that are asked for."""
    run = samples.run() | {"required_action": {"type": "submit_tool_approval"}, "status": "queued"}
    del run["parallel_tool_calls"]
    names = OtherDialects(load("v2"), ("v2",)).allowing("RUN-SHAPE-027", value=run, kind="run")
    assert names == ("openai-2024-04-v2", "azure-2024-05-01-preview")
    for name in names:
        broken = violations(run, dialect=name)  # type: ignore[arg-type]  # one of the names
        assert "RUN-SHAPE-027" not in {one.requirement for one in broken}


def test_none_is_named_for_what_the_value_alone_does_not_show() -> None:
    """A key that is there twice, a life that goes back: the value is right in every dialect."""
    run = samples.run()
    for requirement in ("RUN-BODY-002", "RUN-LIFE-002"):
        assert OtherDialects(load("v2")).allowing(requirement, value=run, kind="run") == ()


def test_what_is_left_out_is_allowed_whatever_shows_it() -> None:
    """The first dialects that leave it out are named, but not the one that is spoken."""
    without = [name for name, one in dialects().items() if "RUN-ERR-013" in one.skips]
    assert OtherDialects(load("v2")).allowing("RUN-ERR-013") == tuple(without[:MOST_NAMED])
    spoken = load("v2", dialect="azure-agents")
    assert "azure-agents" not in OtherDialects(spoken, ("v2",)).allowing("RUN-ERR-013")
