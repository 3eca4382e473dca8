"""A support desk on the typed SDK: it creates runs, polls them, answers calls, keeps a history."""

from __future__ import annotations

from itertools import islice
from typing import Any

from benchmarks.clients.program import FAILS, RESTS, STOCK, WEATHER, Desk, worked
from benchmarks.clients.sdk_program import SdkProgram, refused

MANY = 200


def work(desk: Desk) -> list[str]:
    """Do a day's work; return what was given up."""
    day = Support(desk)
    jobs = (
        day.open,
        day.answer,
        day.look_up,
        day.look_up_two,
        day.cancel,
        day.cancel_waiting,
        day.be_brief,
        day.with_settings,
        day.fail,
        day.lunch,
        day.new_customer,
        day.summarize,
        day.history,
        day.mistakes,
    )
    return worked(desk, "polling", jobs)


class Support(SdkProgram):
    """The desk: one assistant, a thread for each customer."""

    def open(self) -> None:
        """Set up the assistant, and the thread of the first customer."""
        made = self.client.beta.assistants.create(
            model="gpt-4o",
            name="Support",
            instructions="You help the customers of a shop. Be brief.",
            tools=[WEATHER, STOCK, {"type": "code_interpreter"}],
            metadata={"shop": "north"},
            temperature=0.3,
        )
        self.assistant_id = self.client.beta.assistants.retrieve(made.id).id
        thread = self.threads.create(
            messages=[{"role": "user", "content": "Where is my parcel?"}],
            metadata={"customer": "4711"},
        )
        self.thread_id = self.threads.retrieve(thread.id).id
        list(self.threads.messages.list(thread.id))
        list(self.runs.list(thread_id=thread.id))

    def ask(self, text: str = "And when?", **settings: Any) -> Any:
        """Add what the customer says, and create a run that answers it."""
        self.threads.messages.create(self.thread_id, role="user", content=text)
        return self.runs.create(
            thread_id=self.thread_id, assistant_id=self.assistant_id, **settings
        )

    def wait(self, run: Any) -> Any:
        """Poll a run until it rests, ever less often."""
        for pause in (2, 5, 10, 20, 40, 60):
            run = self.runs.retrieve(run.id, thread_id=run.thread_id)
            if run.status in RESTS:
                break
            self.desk.sleep(pause)
        return run

    def show(self, run: Any) -> None:
        """Show what a run did, step by step, and what it wrote."""
        steps = list(islice(self.runs.steps.list(run.id, thread_id=run.thread_id), MANY))
        for step in steps[:1]:
            self.runs.steps.retrieve(step.id, run_id=run.id, thread_id=run.thread_id)
        self.threads.messages.list(run.thread_id, limit=100)

    def answer(self) -> None:
        """Answer the first question."""
        run = self.ask(metadata={"ticket": "1"}, additional_instructions="The parcel is late.")
        done = self.wait(run)
        self.show(done)
        self.runs.update(done.id, thread_id=done.thread_id, metadata={"ticket": "1", "seen": "yes"})
        self.wait(done)

    def outputs(self, run: Any) -> list[Any]:
        """Return an output for each call that a run waits for."""
        calls = run.required_action.submit_tool_outputs.tool_calls
        return [{"tool_call_id": call.id, "output": f"{call.function.name}: 7"} for call in calls]

    def look_up(self) -> None:
        """Let the model call a function; meanwhile the customer types on."""
        choice = {"type": "function", "function": {"name": "stock"}}
        run = self.wait(self.ask("Is it in stock?", tool_choice=choice))
        list(self.runs.steps.list(run.id, thread_id=run.thread_id))
        with refused():
            self.threads.messages.create(self.thread_id, role="user", content="Hello?")
        with refused():
            self.runs.create(thread_id=self.thread_id, assistant_id=self.assistant_id)
        again = self.runs.retrieve(run.id, thread_id=run.thread_id)
        given = self.outputs(again)
        self.runs.submit_tool_outputs(run.id, thread_id=run.thread_id, tool_outputs=given)
        self.show(self.wait(run))
        with refused():  # a worker that was slow submits them, too
            self.runs.submit_tool_outputs(run.id, thread_id=run.thread_id, tool_outputs=given)
        self.wait(run)

    def look_up_two(self) -> None:
        """Let it call two functions, of which one worker answers its own, and then both."""
        run = self.wait(self.ask("Weather and stock?", tool_choice="required"))
        given = self.outputs(run)
        place: Any = {"run_id": run.id, "thread_id": run.thread_id}
        with refused():
            self.runs.submit_tool_outputs(**place, tool_outputs=given[:1])
        with refused():
            other = {"tool_call_id": "call_ofTheRunBefore", "output": "?"}
            self.runs.submit_tool_outputs(**place, tool_outputs=[*given, other])
        self.runs.retrieve(run.id, thread_id=run.thread_id)
        done = self.runs.submit_tool_outputs_and_poll(
            **place, tool_outputs=given, poll_interval_ms=1
        )
        list(self.runs.steps.list(done.id, thread_id=done.thread_id))

    def cancel(self) -> None:
        """Cancel what the customer does not want any more, twice by a double click."""
        run = self.ask("Never mind.", metadata={"ticket": "2"})
        with refused():
            self.runs.cancel(run.id, thread_id=run.thread_id)
        gone = self.wait(run)
        with refused():
            self.runs.cancel(gone.id, thread_id=gone.thread_id)
        self.wait(gone)

    def cancel_waiting(self) -> None:
        """Cancel a run whose function nobody can answer; a worker does it too late."""
        run = self.wait(
            self.ask("Rain?", tool_choice={"type": "function", "function": WEATHER_NAME})
        )
        given = self.outputs(run)
        with refused():
            self.runs.cancel(run.id, thread_id=run.thread_id)
        gone = self.wait(run)
        with refused():
            self.runs.submit_tool_outputs(run.id, thread_id=run.thread_id, tool_outputs=given)
        self.wait(gone)

    def be_brief(self) -> None:
        """Answer under a limit that is too low."""
        run = self.wait(self.ask("Tell me all.", max_completion_tokens=20))
        self.show(run)
        with refused():
            self.runs.cancel(run.id, thread_id=run.thread_id)
        self.wait(run)

    def with_settings(self) -> None:
        """Answer with everything that can be chosen."""
        run = self.ask(
            "As a table, please.",
            model="gpt-4o-mini",
            instructions="Answer in JSON.",
            tools=[WEATHER, {"type": "file_search"}],
            tool_choice={"type": "function", "function": WEATHER_NAME},
            response_format={"type": "json_object"},
            truncation_strategy={"type": "last_messages", "last_messages": 5},
            temperature=0.7,
            top_p=0.5,
            parallel_tool_calls=False,
            max_prompt_tokens=4000,
            max_completion_tokens=1000,
            metadata={"ticket": "3"},
        )
        run = self.wait(run)
        self.runs.submit_tool_outputs(
            run.id, thread_id=run.thread_id, tool_outputs=self.outputs(run)
        )
        self.show(self.wait(run))

    def fail(self) -> None:
        """Meet a model that fails; the customer clicks on cancel when it has."""
        run = self.wait(self.ask("Why?", metadata={**FAILS, "ticket": "4"}))
        self.show(run)
        with refused():
            self.runs.cancel(run.id, thread_id=run.thread_id)
        self.runs.update(run.id, thread_id=run.thread_id, metadata={"ticket": "4"})
        self.wait(run)

    def lunch(self) -> None:
        """Leave a function unanswered over lunch; then the outputs come too late."""
        choice = {"type": "function", "function": WEATHER_NAME}
        run = self.wait(self.ask("Sun?", tool_choice=choice))
        given = self.outputs(run)
        self.desk.sleep(3600)
        self.threads.create(metadata={"customer": "after lunch"})
        late = self.wait(run)
        with refused():
            self.runs.submit_tool_outputs(late.id, thread_id=late.thread_id, tool_outputs=given)
        with refused():
            self.runs.cancel(late.id, thread_id=late.thread_id)
        self.wait(late)

    def new_customer(self) -> None:
        """Begin a thread with its run, twice within a second."""
        for customer in ("4712", "4713"):
            text = f"I am customer {customer}."
            message: Any = {"role": "user", "content": text, "metadata": {"by": "mail"}}
            run = self.threads.create_and_run(
                assistant_id=self.assistant_id,
                thread={"messages": [message], "metadata": {"customer": customer}},
            )
            run = self.wait(run)
            self.show(run)

    def summarize(self) -> None:
        """Create and poll as the SDK does it by itself, with messages of its own."""
        run = self.runs.create_and_poll(
            thread_id=self.thread_id,
            assistant_id=self.assistant_id,
            additional_messages=[{"role": "user", "content": "Sum it up."}],
            poll_interval_ms=1,
        )
        list(islice(self.threads.messages.list(self.thread_id, limit=100), MANY))
        self.runs.list(thread_id=run.thread_id)

    def history(self) -> None:
        """Show the history of a thread, page by page, newest first and oldest first."""
        shown = [run.id for run in islice(self.runs.list(thread_id=self.thread_id, limit=5), 20)]
        list(islice(self.runs.list(thread_id=self.thread_id, limit=8, order="asc"), 20))
        self.runs.list(thread_id=self.thread_id, limit=3, before=shown[-2])
        list(islice(self.threads.messages.list(self.thread_id, limit=12), MANY))

    def mistakes(self) -> None:
        """Meet what the server refuses: what is gone, what was mistyped, what is too long."""
        with refused():
            self.runs.retrieve("run_thatIsNotThere", thread_id=self.thread_id)
        with refused():
            self.runs.create(thread_id=self.thread_id, assistant_id="asst_thatIsNotThere")
        with refused():
            self.ask("Hm?", metadata={"note": "x" * 600})


WEATHER_NAME = {"name": "weather"}
