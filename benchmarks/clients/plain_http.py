"""A dashboard over plain HTTP: its own poller, lists in every way, and what goes wrong in a day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import httpx2

from benchmarks.clients.program import FAILS, KNOWN, PAUSES, RESTS, STOCK, WEATHER, Desk, worked

NEXT, PREVIOUS = "after", "before"
CHOICE = {"type": "function", "function": {"name": "weather"}}


def work(desk: Desk) -> list[str]:
    """Do a day's work; return what was given up."""
    day = Dashboard(desk)
    jobs = (
        day.open,
        day.run_all,
        day.show_runs,
        day.show_steps,
        day.show_messages,
        day.retag,
        day.call,
        day.double_click,
        day.two_workers,
        day.mistype,
        day.mistype_bodies,
        day.mix_up,
        day.clean_up,
        day.new_key,
    )
    return worked(desk, f"plain {desk.recorder.edition}", jobs)


class Dashboard:
    """The program: requests as dicts, answers as dicts."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.http = desk, desk.http()
        self.headers = {
            "Authorization": f"Bearer {desk.key}",
            "OpenAI-Beta": f"assistants={desk.recorder.edition}",
        }
        self.assistant_id, self.thread_id, self.other_id = KNOWN, "", ""
        self.run_ids: list[str] = []

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """Send a request as it is; what only reads once more if the connection is lost."""
        sent = self.headers if headers is None else headers
        if method == "GET":
            with suppress(httpx2.RemoteProtocolError):
                return self.http.request(method, path, headers=sent)
        return self.http.request(method, path, json=body, headers=sent)

    def at_once(self, path: str, body: Any) -> list[Any]:
        """Send the same body twice, the second before the first is answered."""
        sent: Any = {"json": body, "headers": self.headers}
        first, second = (self.http.stream("POST", path, **sent) for _ in range(2))
        with first as one, second as other:
            return [json.loads(answer.read()) for answer in (one, other)]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request and return the JSON of its answer, whatever its status."""
        return self.send(method, path, body).json()

    def path(self, run_id: str = "", rest: str = "") -> str:
        """Return the path of the thread's runs, or of one of them."""
        return f"/threads/{self.thread_id}/runs" + (f"/{run_id}" if run_id else "") + rest

    def create(self, **settings: Any) -> Any:
        """Create a run."""
        run = self.ask("POST", self.path(), {"assistant_id": self.assistant_id, **settings})
        self.run_ids.append(run["id"])
        return run

    def wait(self, run_id: str) -> Any:
        """Poll a run until it rests."""
        run: Any = {}
        for pause in PAUSES:
            run = self.ask("GET", self.path(run_id))
            if run["status"] in RESTS:
                break
            self.desk.sleep(pause)
        return run

    def outputs(self, run: Any) -> Any:
        """Return the body that answers what a run waits for."""
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        return {"tool_outputs": [{"tool_call_id": one["id"], "output": "7"} for one in calls]}

    def open(self) -> None:
        """Set up an assistant and two threads."""
        self.assistant_id = self.ask(
            "POST",
            "/assistants",
            {"model": "gpt-4o", "tools": [WEATHER, STOCK], "instructions": "Be exact."},
        )["id"]
        said = [{"role": "user", "content": f"Line {number}"} for number in range(24)]
        self.thread_id = self.ask("POST", "/threads", {"messages": said})["id"]
        self.other_id = self.ask("POST", "/threads", {"messages": said[:2]})["id"]
        for thread_id in (self.thread_id, self.other_id):
            self.ask("GET", f"/threads/{thread_id}/runs")
            self.ask("GET", f"/threads/{thread_id}")
            self.ask("GET", f"/threads/{thread_id}/messages?limit=100")

    def run_all(self) -> None:
        """Run what the day brings: plain, named, limited, failing, cancelled; and forget one."""
        for settings in ({}, {"metadata": {"job": "1"}}, {"max_completion_tokens": 18}):
            self.wait(self.create(**settings)["id"])
        self.wait(self.create(metadata=FAILS)["id"])
        run = self.create()
        self.send("POST", self.path(run["id"], "/cancel"))
        self.wait(run["id"])

    def show_runs(self) -> None:
        """Show the runs: by default, by pages, oldest first, and back again."""
        newest = self.ask("GET", self.path())["data"]
        self.ask("GET", self.path() + f"?{PREVIOUS}={newest[1]['id']}")
        page = self.walk(self.path(), "limit=2")
        self.walk(self.path(), "limit=2&order=asc")
        first = page[0]["id"] if page else ""
        self.ask("GET", self.path() + f"?limit=2&{PREVIOUS}={first}")
        self.ask("GET", f"/threads/{self.other_id}/runs")

    def walk(self, path: str, query: str) -> list[Any]:
        """Show a list page by page; return the last page that held anything."""
        cursor, last = "", []
        for _ in range(6):
            listed = self.ask("GET", f"{path}?{query}{cursor}")
            last = listed["data"] or last
            if not (listed["has_more"] and listed["data"]):
                break
            cursor = f"&{NEXT}={listed['last_id']}"
        return last

    def show_steps(self) -> None:
        """Show the steps of a run that called something, each by itself, too."""
        run_id = self.run_ids[0]
        for step in self.ask("GET", self.path(run_id, "/steps"))["data"]:
            self.ask("GET", self.path(run_id, f"/steps/{step['id']}"))
        self.walk(self.path(run_id, "/steps"), "limit=1")

    def show_messages(self) -> None:
        """Show the messages: the newest, all of them, oldest first."""
        path = f"/threads/{self.thread_id}/messages"
        self.ask("GET", path)
        self.walk(path, "limit=9")
        self.walk(path, "limit=12&order=asc")
        self.ask("GET", f"/threads/{self.other_id}/messages")

    def retag(self) -> None:
        """Change what is noted of a run that has ended, once as too long a note."""
        path = self.path(self.run_ids[0])
        self.ask("POST", path, {"metadata": {"checked": "yes"}})
        self.ask("GET", path)
        self.ask("POST", path, {"metadata": {"checked": "x" * 513}})
        self.ask("POST", path, {"metadata": {f"tag {number}": "" for number in range(17)}})
        self.ask("GET", path)

    def call(self) -> None:
        """Answer a call, after a look at the steps, and write meanwhile."""
        run = self.wait(self.create(tool_choice=CHOICE)["id"])
        path = self.path(run["id"])
        self.ask("GET", path + "/steps")
        self.ask("POST", f"/threads/{self.thread_id}/messages", {"role": "user", "content": "So?"})
        self.ask("POST", self.path(), {"assistant_id": self.assistant_id})
        self.ask("GET", path)
        self.ask("POST", path + "/submit_tool_outputs", {"tool_outputs": []})
        self.ask("POST", path + "/submit_tool_outputs", self.outputs(run))
        self.wait(run["id"])
        for step in self.ask("GET", path + "/steps")["data"]:
            self.ask("GET", f"{path}/steps/{step['id']}")

    def double_click(self) -> None:
        """Start a run twice at once, by a double click."""
        made = self.at_once(self.path(), {"assistant_id": self.assistant_id})
        runs = [run["id"] for run in made if "id" in run]
        for run_id in runs:
            self.ask("GET", self.path(run_id))
        for run_id in runs:
            self.wait(run_id)

    def two_workers(self) -> None:
        """Let two workers answer the same call at once."""
        run = self.wait(self.create(tool_choice=CHOICE)["id"])
        self.at_once(self.path(run["id"], "/submit_tool_outputs"), self.outputs(run))
        self.wait(run["id"])

    def mistype(self) -> None:
        """Ask for what is not there, in ways that a user types them."""
        for path in (
            "/threads/thread_notThere/runs",
            self.path("run_notThere"),
            self.path("run_notThere", "/steps"),
            self.path(self.run_ids[0], "/steps/step_notThere"),
            self.path("undefined"),
            self.path("run_cutOff\u2026"),
            self.path("run_%25s"),
            self.path("%20"),
            self.path("null", "/steps"),
            self.path() + "?limit=0",
            self.path() + "?limit=1000",
            self.path() + "?limit=all",
            self.path() + "?order=newest",
        ):
            self.send("GET", path)
        self.send("DELETE", self.path(self.run_ids[0]))
        self.send("PUT", self.path(self.run_ids[0]), {"metadata": {}})

    def mistype_bodies(self) -> None:
        """Send bodies that a programmer gets wrong at first."""
        path = self.path()
        self.ask("POST", path, {})
        self.ask("POST", path, {"assistant": self.assistant_id})
        self.ask("POST", path, {"assistant_id": self.assistant_id, "temperature": "warm"})
        self.ask("POST", path, {"assistant_id": self.assistant_id, "metadata": "none"})
        self.ask("POST", self.path(self.run_ids[0]), {"metadata": "checked"})
        self.send("POST", self.path(self.run_ids[0], "/submit_tool_outputs"), {"outputs": []})
        silent = self.ask("POST", "/assistants", {"model": "gpt-4o"})["id"]
        empty = self.ask("POST", "/threads", {})["id"]
        self.send("POST", f"/threads/{empty}/runs", {"assistant_id": silent})

    def mix_up(self) -> None:
        """Ask for a run under the thread of another tab."""
        run_id = self.run_ids[0]
        wrong = f"/threads/{self.other_id}/runs/{run_id}"
        self.send("GET", wrong)
        self.send("GET", wrong + "/steps")
        self.send("POST", wrong, {"metadata": {"tab": "2"}})
        self.send("POST", wrong + "/cancel")
        self.ask("GET", self.path(run_id))

    def clean_up(self) -> None:
        """Delete a thread and an assistant, which an old bookmark still names."""
        self.send("DELETE", f"/threads/{self.other_id}")
        self.send("GET", f"/threads/{self.other_id}/runs")
        other = self.ask("POST", "/assistants", {"model": "gpt-4o"})["id"]
        self.send("DELETE", f"/assistants/{other}")
        self.send("POST", self.path(), {"assistant_id": other})

    def new_key(self) -> None:
        """Go on with a key that was revoked, and with a client that forgot its edition."""
        revoked = {**self.headers, "Authorization": "Bearer sk-revoked"}
        self.send("GET", self.path(self.run_ids[0]), headers=revoked)
        bare = {"Authorization": self.headers["Authorization"]}
        self.send("GET", self.path(self.run_ids[0]), headers=bare)
