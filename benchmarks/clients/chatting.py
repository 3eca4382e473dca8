"""A chat: a few questions on a thread of its own, each answered by a run that is polled."""

from __future__ import annotations

from benchmarks.clients.program import STOCK, WEATHER, Desk, worked
from benchmarks.clients.sdk_program import SdkProgram
from run_contracts.contract.lifecycle import REQUIRES_ACTION, lifecycle

QUESTIONS = ("Where is my parcel?", "And when will it come?", "Thank you!")
TERMINAL = lifecycle("v2").terminal


def work(desk: Desk) -> list[str]:
    """Have one chat; return what was given up."""
    chat = Chat(desk)
    return worked(desk, "chatting", (chat.open, chat.talk))


class Chat(SdkProgram):
    """One customer with questions, polled once a second as the SDK's own helpers do."""

    def open(self) -> None:
        """Set up the assistant and a thread."""
        made = self.client.beta.assistants.create(
            model="gpt-4o", instructions="Be brief.", tools=[WEATHER, STOCK]
        )
        self.assistant_id = made.id
        self.thread_id = self.threads.create().id

    def talk(self) -> None:
        """Ask each question, and read what was answered."""
        for question in QUESTIONS:
            self.threads.messages.create(self.thread_id, role="user", content=question)
            run = self.runs.create(thread_id=self.thread_id, assistant_id=self.assistant_id)
            while run.status not in TERMINAL:
                self.desk.sleep(1)
                run = self.runs.retrieve(run.id, thread_id=self.thread_id)
                if run.status == REQUIRES_ACTION:
                    calls = run.required_action.submit_tool_outputs.tool_calls
                    run = self.runs.submit_tool_outputs(
                        run.id,
                        thread_id=self.thread_id,
                        tool_outputs=[{"tool_call_id": one.id, "output": "12"} for one in calls],
                    )
            self.threads.messages.list(self.thread_id, limit=20)
