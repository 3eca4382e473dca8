"""The shapes of runs, steps, lists and stream events, for type checkers.

What a value must hold is said by the schemas; these names only help those who read and complete
code. A test compares them with the schemas.
"""

from typing import Any, Generic, Literal, NotRequired, Protocol, TypedDict, TypeVar

JSONObject = dict[str, Any]
"""A JSON object, whatever it holds."""
Item = TypeVar("Item")
Edition = Literal["v1", "v2"]
DialectName = Literal[
    "openai-2023-11",
    "openai-2024-01",
    "openai-2024-04-v2",
    "azure-2024-02-15-preview",
    "azure-2024-05-01-preview",
    "azure-2024-08-01-preview",
    "azure-agents",
    "sdk-dump",
]
StreamEnding = Literal[
    "completed", "incomplete", "failed", "expired", "cancelled", "requires_action"
]
"""The status of a run when its stream ends."""
RunStatus = Literal[StreamEnding, "queued", "in_progress", "cancelling"]
ListOrder = Literal["desc", "asc"]
"""Whether the newest item of a list is first, or the oldest."""
RunStepStatus = Literal["in_progress", "completed", "failed", "cancelled", "expired"]
MadeKind = Literal[
    "run",
    "run_step",
    "message",
    "thread",
    "assistant",
    "error",
    "message_delta",
    "run_step_delta",
    "create_assistant_request",
    "create_message_request",
    "create_run_request",
    "create_thread_and_run_request",
    "create_thread_request",
    "modify_run_request",
    "submit_tool_outputs_request",
]
"""What an object may be that is not made of others."""
JudgedKind = Literal[
    "run",
    "run_step",
    "message",
    "thread",
    "assistant",
    "error",
    "message_delta",
    "run_step_delta",
    "run_list",
    "run_step_list",
    "message_list",
]
"""What a value may be judged as; of all others only the form is known."""
Kind = Literal[MadeKind, JudgedKind, "stream_event"]
"""What has a schema."""


class Usage(TypedDict):
    """Tokens read, written, and their sum."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_token_details: NotRequired[dict[str, int] | None]
    completion_tokens_details: NotRequired[dict[str, int] | None]


class FunctionCall(TypedDict):
    """A function's name and its arguments as JSON text."""

    name: str
    arguments: str


class ToolCall(TypedDict):
    """A call that a run waits for."""

    id: str
    type: Literal["function"]
    function: FunctionCall


class ToolOutputs(TypedDict):
    """The calls whose outputs are to be submitted."""

    tool_calls: list[ToolCall]


class RequiredAction(TypedDict):
    """What a run waits for."""

    type: Literal["submit_tool_outputs"]
    submit_tool_outputs: ToolOutputs


class LastError(TypedDict):
    """Why a run failed."""

    code: str
    message: str


class IncompleteDetails(TypedDict):
    """Which limit ended a run early."""

    reason: NotRequired[str]


class TruncationStrategy(TypedDict):
    """How the thread is shortened before a run."""

    type: str
    last_messages: NotRequired[int | None]


class Run(TypedDict):
    """A run of either edition; what only one of them has is not required."""

    id: str
    object: Literal["thread.run"]
    created_at: int
    thread_id: str
    assistant_id: str
    status: RunStatus
    required_action: RequiredAction | None
    last_error: LastError | None
    expires_at: int | None
    started_at: int | None
    cancelled_at: int | None
    failed_at: int | None
    completed_at: int | None
    incomplete_details: IncompleteDetails | None
    model: str
    instructions: str | None
    tools: list[dict[str, Any]]
    file_ids: NotRequired[list[str]]
    metadata: dict[str, str] | None
    usage: Usage | None
    temperature: NotRequired[float | None]
    top_p: NotRequired[float | None]
    max_prompt_tokens: int | None
    max_completion_tokens: int | None
    truncation_strategy: TruncationStrategy | None
    tool_choice: str | dict[str, Any] | None
    parallel_tool_calls: NotRequired[bool]
    response_format: str | dict[str, Any] | None
    tool_resources: NotRequired[dict[str, Any] | None]
    reasoning_effort: NotRequired[str | None]


class RunStep(TypedDict):
    """One step of a run: it wrote a message or called tools."""

    id: str
    object: Literal["thread.run.step"]
    created_at: int
    assistant_id: str
    thread_id: str
    run_id: str
    type: Literal["message_creation", "tool_calls"]
    status: RunStepStatus
    step_details: dict[str, Any]
    last_error: LastError | None
    expired_at: NotRequired[int | None]
    expires_at: NotRequired[int | None]
    cancelled_at: int | None
    failed_at: int | None
    completed_at: int | None
    metadata: NotRequired[dict[str, str] | None]
    usage: Usage | None


class Page(TypedDict, Generic[Item]):
    """The envelope of a list."""

    object: Literal["list"]
    data: list[Item]
    first_id: str | None
    last_id: str | None
    has_more: bool


class StreamEvent(TypedDict):
    """One event of a stream: its name, and its data as JSON value (a text for the end marker)."""

    event: str
    data: Any


class MakeRun(Protocol):
    """The fixture `make_run`: makes a legal run, in a status or in any."""

    def __call__(
        self,
        status: RunStatus | None = None,
        *,
        edition: Edition | None = None,
        dialect: DialectName | None = None,
        locale: str = ...,
        **fixed: Any,
    ) -> Run:
        """Return a run; see `run_contracts.factories.make_run`."""


class MakeRuns(Protocol):
    """The fixture `make_runs`: makes several legal runs."""

    def __call__(self, n: int, status: RunStatus | None = None, **fixed: Any) -> list[Run]:
        """Return as many runs; see `run_contracts.factories.make_runs`."""
