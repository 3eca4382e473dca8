"""A writing assistant that shows answers while they come: every run is streamed by the SDK."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import Any

import openai

from benchmarks.clients.program import FAILS, PAUSES, RESTS, STOCK, WEATHER, Desk, worked
from benchmarks.clients.sdk_program import SdkProgram, refused


def work(desk: Desk) -> list[str]:
    """Do a day's work; return what was given up."""
    day = Writing(desk)
    jobs = (
        day.open,
        day.draft,
        day.begin_anew,
        day.call,
        day.compute,
        day.search,
        day.stop,
        day.stop_at_once,
        day.be_brief,
        day.fail,
        day.give_up,
        day.read_raw,
        day.leave,
        day.close,
    )
    return worked(desk, "streaming", jobs)


class Writing(SdkProgram):
    """The program: one assistant, one document, which is a thread."""

    def open(self) -> None:
        """Set up the assistant and the document."""
        made = self.client.beta.assistants.create(
            model="gpt-4o",
            instructions="You write with the author.",
            tools=[WEATHER, STOCK, {"type": "code_interpreter"}, {"type": "file_search"}],
        )
        self.assistant_id = made.id
        message: Any = {"role": "user", "content": "A story of the sea."}
        self.thread_id = self.threads.create(messages=[message]).id

    def stream(self, **settings: Any) -> Any:
        """Stream a run, and return it as it ended."""
        asked = {"thread_id": self.thread_id, "assistant_id": self.assistant_id, **settings}
        with self.runs.stream(**asked) as events:
            for _ in events.text_deltas:
                pass
            return events.current_run

    def reread(self, run: Any) -> Any:
        """Read what was streamed as it is kept: the run, its steps, its message."""
        kept = self.runs.retrieve(run.id, thread_id=run.thread_id)
        self.runs.steps.list(run.id, thread_id=run.thread_id, limit=100)
        self.threads.messages.list(run.thread_id, limit=100)
        return kept

    def draft(self) -> None:
        """Stream a first draft, and read it again."""
        self.reread(self.stream(metadata={"draft": "1"}, temperature=0.9))

    def begin_anew(self) -> None:
        """Stream a run together with its thread."""
        with self.threads.create_and_run_stream(
            assistant_id=self.assistant_id,
            thread={"messages": [{"role": "user", "content": "Another one."}]},
        ) as events:
            run = events.get_final_run()
        self.reread(run)

    def waiting(self, choice: Any) -> Any:
        """Stream a run until it waits for outputs, and return it with them."""
        run = self.stream(tool_choice=choice)
        calls = run.required_action.submit_tool_outputs.tool_calls
        return run, [{"tool_call_id": call.id, "output": "Rain, 7 C."} for call in calls]

    def call(self) -> None:
        """Stream calls of functions, and the rest after their outputs."""
        run, given = self.waiting("required")
        self.runs.steps.list(run.id, thread_id=run.thread_id, limit=100)
        self.runs.retrieve(run.id, thread_id=run.thread_id)
        with self.runs.submit_tool_outputs_stream(
            run_id=run.id, thread_id=run.thread_id, tool_outputs=given
        ) as events:
            events.until_done()
        self.reread(run)

    def compute(self) -> None:
        """Stream a run that computes."""
        self.reread(self.stream(tool_choice={"type": "code_interpreter"}))

    def search(self) -> None:
        """Stream a run that searches files, and read what it found."""
        run = self.reread(self.stream(tool_choice={"type": "file_search"}))
        found: Any = ["step_details.tool_calls[*].file_search.results[*].content"]
        steps = self.runs.steps.list(run.id, thread_id=run.thread_id, include=found)
        for step in islice(steps, 5):
            self.runs.steps.retrieve(step.id, run_id=run.id, thread_id=run.thread_id, include=found)

    def stop(self) -> None:
        """Stop a run when enough of it was shown."""
        pieces, run_id = 0, ""
        stream = self.runs.create(
            thread_id=self.thread_id, assistant_id=self.assistant_id, stream=True
        )
        with suppress(openai.APITimeoutError):
            for event in stream:
                if event.event == "thread.run.created":
                    run_id = event.data.id
                pieces += event.event == "thread.message.delta"
                if pieces == 3:
                    pieces += 1
                    self.runs.cancel(run_id, thread_id=self.thread_id)
        self.wait(run_id)
        self.runs.steps.list(run_id, thread_id=self.thread_id)
        self.threads.messages.list(self.thread_id)

    def stop_at_once(self) -> None:
        """Stop a run as soon as it is there."""
        stream = self.runs.create(
            thread_id=self.thread_id, assistant_id=self.assistant_id, stream=True
        )
        run_id = ""
        with suppress(openai.APITimeoutError):
            for event in stream:
                if event.event == "thread.run.created":
                    run_id = event.data.id
                    self.runs.cancel(run_id, thread_id=self.thread_id)
        self.wait(run_id)

    def wait(self, run_id: str) -> None:
        """Poll a run until it rests."""
        for pause in PAUSES:
            run = self.runs.retrieve(run_id, thread_id=self.thread_id)
            if run.status in RESTS:
                break
            self.desk.sleep(pause)

    def be_brief(self) -> None:
        """Stream under a limit that is too low."""
        self.reread(self.stream(max_completion_tokens=16))

    def fail(self) -> None:
        """Stream from a model that fails."""
        self.reread(self.stream(metadata=FAILS))

    def give_up(self) -> None:
        """Cancel a run that waits for outputs; the worker submits them all the same."""
        run, given = self.waiting({"type": "function", "function": {"name": "weather"}})
        self.runs.cancel(run.id, thread_id=run.thread_id)
        with refused():
            self.runs.submit_tool_outputs(
                run.id, thread_id=run.thread_id, tool_outputs=given, stream=True
            )
        self.wait(run.id)

    def read_raw(self) -> None:
        """Read a stream as the bytes that it is."""
        with self.client.beta.threads.with_streaming_response.create_and_run(
            assistant_id=self.assistant_id,
            thread={"messages": [{"role": "user", "content": "Raw."}]},
            stream=True,
        ) as response:
            lines = list(response.iter_lines())
        if not lines:
            raise ValueError("nothing came")

    def leave(self) -> None:
        """Close the window in the middle of a stream, and come back later."""
        stream = self.runs.create(
            thread_id=self.thread_id, assistant_id=self.assistant_id, stream=True
        )
        run_id = ""
        for event in stream:
            if event.event == "thread.run.created":
                run_id = event.data.id
            if event.event == "thread.message.delta":
                break
        stream.close()
        self.wait(run_id)

    def close(self) -> None:
        """Show all that was done."""
        list(islice(self.runs.list(thread_id=self.thread_id, limit=5), 30))
        list(islice(self.threads.messages.list(self.thread_id, limit=8), 60))
