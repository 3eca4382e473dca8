"""Wrong forms of fields, one row each: of runs, steps, lists, refusals and what surrounds them."""

from __future__ import annotations

from typing import Any

from run_contracts.server.faults.rows import MISSING_FIELD, Wrong

IF_SET = {"if_set": True}
IN_WORDS = "2026-01-01T00:00:00Z"
"""A timestamp in words, as many frameworks write it."""
IN_MILLISECONDS = 1_800_000_000_000
"""A timestamp as JavaScript has it."""
TOO_MANY_TOOLS = [{"type": "code_interpreter"}] * 129
TIMED_OUT = {"code": "timeout", "message": "Too late."}
TOO_MANY_PAIRS = {f"pair_{n}": "" for n in range(17)}
TRACE = {"started_at": 1, "run": "run_1"}

RUN_SHAPES: tuple[tuple[str, str, Any, dict[str, Any]], ...] = (
    ("RUN-SHAPE-003", "created_at", 1800000000.5, {}),
    ("RUN-SHAPE-003-b", "created_at", IN_WORDS, {}),
    ("RUN-SHAPE-005", "assistant_id", None, {}),
    ("RUN-SHAPE-006", "status", "running", {"when": ("in_progress",)}),
    ("RUN-SHAPE-007", "required_action", "submit_tool_outputs", IF_SET),
    ("RUN-SHAPE-008", "last_error", "server_error", IF_SET),
    ("RUN-SHAPE-008-b", "last_error", {"code": 504, "message": "Too late."}, IF_SET),
    ("RUN-SHAPE-009", "expires_at", IN_WORDS, IF_SET),
    ("RUN-SHAPE-010", "started_at", IN_WORDS, IF_SET),
    ("RUN-SHAPE-011", "cancelled_at", True, IF_SET),
    ("RUN-SHAPE-012", "failed_at", IN_WORDS, IF_SET),
    ("RUN-SHAPE-013", "completed_at", 1800000000.5, IF_SET),
    ("RUN-SHAPE-014", "incomplete_details", {"reason": None}, IF_SET),
    ("RUN-SHAPE-015", "model", None, {}),
    ("RUN-SHAPE-016", "instructions", ["Be brief."], {}),
    ("RUN-SHAPE-017", "tools", None, {}),
    ("RUN-SHAPE-017-b", "tools", TOO_MANY_TOOLS, {"when": ("failed",)}),
    ("RUN-SHAPE-018", "file_ids", None, {}),
    ("RUN-SHAPE-019", "metadata", [], {"when": ("failed",)}),
    ("RUN-SHAPE-020", "usage", 42, IF_SET),
    ("RUN-SHAPE-020-b", "usage", {"total_tokens": None}, IF_SET),
    ("RUN-SHAPE-021", "temperature", "1.0", {}),
    ("RUN-SHAPE-022", "max_prompt_tokens", "none", {}),
    ("RUN-SHAPE-023", "max_completion_tokens", 16.5, {}),
    ("RUN-SHAPE-024", "truncation_strategy", {"type": "last_messages", "last_messages": 0}, {}),
    ("RUN-SHAPE-025", "tool_choice", "any", {}),
    ("RUN-SHAPE-026", "response_format", "json", {}),
    ("RUN-SHAPE-027", "parallel_tool_calls", None, {}),
    ("RUN-SHAPE-028", "top_p", "1.0", {}),
    ("RUN-SHAPE-029", "tool_resources", [], {}),
    ("RUN-SHAPE-030", "reasoning_effort", 1, {}),
    ("RUN-SHAPE-033", "last_error", TIMED_OUT, IF_SET),
    ("RUN-SHAPE-034", "incomplete_details", {"reason": "length"}, IF_SET),
    ("RUN-META-001", "metadata", TOO_MANY_PAIRS, {"when": ("failed",)}),
    ("RUN-META-002", "metadata", {"k" * 65: ""}, {"when": ("failed",)}),
    ("RUN-META-003", "metadata", {"note": "x" * 513}, {"when": ("failed",)}),
    ("RUN-META-004", "metadata", TRACE, {"when": ("failed",)}),
)
STEP_SHAPES: tuple[tuple[str, str, Any, dict[str, Any]], ...] = (
    ("RUN-STEP-002", "object", "run.step", {}),
    ("RUN-STEP-003", "created_at", 1800000000.5, {}),
    ("RUN-STEP-004", "run_id", MISSING_FIELD, {}),
    ("RUN-STEP-005", "assistant_id", None, {}),
    ("RUN-STEP-006", "thread_id", MISSING_FIELD, {}),
    ("RUN-STEP-007", "type", "message", {}),
    ("RUN-STEP-008", "status", "running", {"when": ("in_progress",)}),
    ("RUN-STEP-009", "cancelled_at", "", {}),
    ("RUN-STEP-010", "completed_at", IN_WORDS, IF_SET),
    ("RUN-STEP-011", "failed_at", "", {}),
    ("RUN-STEP-012", "last_error", "", {}),
    ("RUN-STEP-013", "step_details", {"type": "message_creation"}, {}),
    ("RUN-STEP-014", "usage", 42, IF_SET),
    ("RUN-STEP-015", "expires_at", IN_WORDS, IF_SET),
    ("RUN-STEP-037", "last_error", TIMED_OUT, IF_SET),
    ("RUN-STEP-040", "created_at", IN_MILLISECONDS, {}),
    ("RUN-STEP-040-b", "cancelled_at", -1, {}),
)
OTHER_SHAPES: tuple[tuple[str, str, str, Any], ...] = (
    ("RUN-SHAPE-002", "listed_run", "object", "run"),
    ("RUN-LIST-001", "list", "object", "page"),
    ("RUN-LIST-002", "list", "data", None),
    ("RUN-LIST-003", "list", "first_id", ""),
    ("RUN-LIST-004", "list", "last_id", ""),
    ("RUN-LIST-010", "list", "has_more", "no"),
    ("RUN-LIST-010-b", "list", "has_more", MISSING_FIELD),
    ("RUN-OBJ-001", "message", "created_at", IN_WORDS),
    ("RUN-OBJ-001-b", "streamed_message", "role", "bot"),
    ("RUN-OBJ-002", "thread", "created_at", IN_WORDS),
    ("RUN-OBJ-003", "assistant", "tools", None),
    ("RUN-OBJ-004", "piece_of_a_message", "delta", "Hello"),
    ("RUN-OBJ-005", "piece_of_a_step", "delta", None),
    ("RUN-OBJ-007", "message", "created_at", IN_MILLISECONDS),
    ("RUN-OBJ-009", "thread", "created_at", IN_MILLISECONDS),
    ("RUN-OBJ-010", "assistant", "created_at", IN_MILLISECONDS),
    ("RUN-ERR-002", "refusal", "message", ["No."]),
    ("RUN-ERR-003", "refusal", "type", None),
    ("RUN-ERR-004", "refusal", "param", MISSING_FIELD),
    ("RUN-ERR-005", "refusal", "code", 400),
)
SHAPE_ROWS = (
    Wrong(
        fault="RUN-SHAPE-001",
        kind="streamed_run",
        field="id",
        value=MISSING_FIELD,
        when=("in_progress",),
    ),
    Wrong(
        fault="RUN-SHAPE-004",
        kind="streamed_run",
        field="thread_id",
        value=MISSING_FIELD,
        when=("in_progress",),
    ),
    Wrong(fault="RUN-STEP-001", kind="streamed_step", field="id", value=MISSING_FIELD),
    Wrong(fault="RUN-OBJ-008", kind="streamed_message", field="completed_at", value=1, if_set=True),
    *(Wrong(fault=f, kind="run", field=n, value=v, **rest) for f, n, v, rest in RUN_SHAPES),
    *(Wrong(fault=f, kind="step", field=n, value=v, **rest) for f, n, v, rest in STEP_SHAPES),
    *(Wrong(fault=f, kind=kind, field=n, value=v) for f, kind, n, v in OTHER_SHAPES),
)
"""Every field whose form can be wrong."""
