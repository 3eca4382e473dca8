"""What a client can do wrong: each fault is the small client with one thing done otherwise.

The name of a fault is that of its class; its sentence is the docstring. `requirement` is what it
breaks, `streams` whether it takes a client that streams to see it. Faults on an outcome do no
harm to exchanges, or take a server that does something that it may.
"""

from __future__ import annotations

import contextlib
import json
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.faulty_clients.small_client import LIVE, GivenUp, Refused, SmallClient

Kind = type[SmallClient]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFault:
    """One deliberate defect of the small client."""

    requirement: str
    kind: Kind
    streams: bool

    @property
    def sentence(self) -> str:
        """What is wrong with it, in words."""
        return (self.kind.__doc__ or "").strip()


FAULTS: dict[str, ClientFault] = {}
"""Every fault by its name, e.g. ``SubmitsTwice``."""


def breaks(requirement: str, *, streams: bool = False) -> Callable[[Kind], Kind]:
    """Register a faulty client under its name."""

    def register(kind: Kind) -> Kind:
        FAULTS[kind.__name__] = ClientFault(requirement=requirement, kind=kind, streams=streams)
        return kind

    return register


def of_requirement(requirement: str) -> list[str]:
    """Return the names of the faults that break a requirement."""
    return [name for name, fault in FAULTS.items() if fault.requirement == requirement]


# Bodies, headers, addresses.


@breaks("CLIENT-BODY-001")
class SendsPython(SmallClient):
    """Bodies are written as Python writes them."""

    def encoded(self, body: Any) -> bytes:
        return repr(body).encode()


@breaks("CLIENT-BODY-002")
class ForgetsTheAssistant(SmallClient):
    """A run is created without saying of which assistant."""

    def create_body(self, assistant_id: str) -> dict[str, Any]:
        return {"instructions": f"Be {assistant_id}."}


@breaks("CLIENT-BODY-002")
class WritesNumbersAsText(SmallClient):
    """A number is sent as a text."""

    def create_body(self, assistant_id: str) -> dict[str, Any]:
        return {**super().create_body(assistant_id), "temperature": "0.2"}


@breaks("CLIENT-BODY-003")
class Misspells(SmallClient):
    """A member of a body is misspelt."""

    def create_body(self, assistant_id: str) -> dict[str, Any]:
        return {**super().create_body(assistant_id), "instuctions": "Be brief."}


@breaks("CLIENT-BODY-004")
class NotesTooMuch(SmallClient):
    """A value of metadata holds a whole transcript."""

    def create_body(self, assistant_id: str) -> dict[str, Any]:
        return {**super().create_body(assistant_id), "metadata": {"said": "blah " * 200}}


@breaks("CLIENT-HEAD-001")
class SaysPlainText(SmallClient):
    """JSON is sent as text/plain."""

    def headers(self, *, has_body: bool) -> dict[str, str]:
        typed = {"Content-Type": "text/plain"} if has_body else {}
        return {**super().headers(has_body=has_body), **typed}


@breaks("CLIENT-HEAD-002")
class NamesNoEdition(SmallClient):
    """No header says which edition is spoken."""

    def headers(self, *, has_body: bool) -> dict[str, str]:
        given = super().headers(has_body=has_body)
        return {name: value for name, value in given.items() if name != "OpenAI-Beta"}


@breaks("CLIENT-HEAD-003")
class ShowsItsKey(SmallClient):
    """The key is in the URL, too."""

    def address(self, path: str) -> str:
        sign = "&" if "?" in path else "?"
        return f"{super().address(path)}{sign}api_key={urllib.parse.quote(self.key)}"


@breaks("CLIENT-PATH-001")
class LosesItsRun(SmallClient):
    """The id of the run is read from a variable that is not set."""

    def settled(self, run: Any) -> Any:
        return super().settled({**run, "id": "undefined"} if run["status"] in LIVE else run)


@breaks("CLIENT-LIST-001")
class AsksForTooMany(SmallClient):
    """Pages of a thousand items are asked for."""

    page_size = 1000


@breaks("CLIENT-LIST-002")
class GoesOnAfterTheFirst(SmallClient):
    """The next page is asked for after the first item of a page."""

    def cursor(self, page: Any) -> str:
        return page["data"][0]["id"]


@breaks("CLIENT-LIST-003")
class NeverTrustsTheLastPage(SmallClient):
    """Pages are asked for until one is empty, whatever they say."""

    def pages(self, path: str, order: str) -> Iterator[Any]:
        page = self.ask("GET", f"{path}?limit={self.page_size}&order={order}")
        while page["data"]:
            yield from page["data"]
            after = f"after={self.cursor(page)}"
            page = self.ask("GET", f"{path}?limit={self.page_size}&order={order}&{after}")


# Calls.


@breaks("CLIENT-CALL-001")
class AnswersTheFirstCall(SmallClient):
    """Of several calls only the first is answered."""

    def outputs(self, run: Any) -> dict[str, Any]:
        return {"tool_outputs": super().outputs(run)["tool_outputs"][:1]}


@breaks("CLIENT-CALL-002")
class SubmitsTwice(SmallClient):
    """Outputs are submitted, and then submitted again."""

    def answered(self, run: Any) -> Any:
        later = super().answered(run)
        with contextlib.suppress(Refused):
            self.ask("POST", f"{self.path(run)}/submit_tool_outputs", self.outputs(run))
        return later


@breaks("CLIENT-CALL-002")
class RepeatsOutputs(SmallClient):
    """Each output is in the body twice."""

    def outputs(self, run: Any) -> dict[str, Any]:
        return {"tool_outputs": super().outputs(run)["tool_outputs"] * 2}


@breaks("CLIENT-CALL-003")
class NamesNoCall(SmallClient):
    """Outputs do not say which call they answer."""

    def output(self, call: Any) -> dict[str, str]:
        return {"output": super().output(call)["output"]}


@breaks("CLIENT-CALL-004")
class AnswersWhatNobodyAsked(SmallClient):
    """One output more is submitted than there were calls."""

    def outputs(self, run: Any) -> dict[str, Any]:
        more = {"tool_call_id": "call_nobodyAskedForThis", "output": "7"}
        return {"tool_outputs": [*super().outputs(run)["tool_outputs"], more]}


@breaks("CLIENT-CALL-005")
class SubmitsToWhatEnded(SmallClient):
    """Outputs are submitted once more when the run has ended."""

    given: Any = None

    def outputs(self, run: Any) -> dict[str, Any]:
        self.given = super().outputs(run)
        return self.given

    def told(self, run: Any) -> dict[str, str]:
        with contextlib.suppress(Refused):
            self.ask("POST", f"{self.path(run)}/submit_tool_outputs", self.given)
        return super().told(run)


# Polling, threads, cancels.


@breaks("CLIENT-POLL-001")
class PollsAfterTheEnd(SmallClient):
    """A run that has ended is read for a while."""

    def told(self, run: Any) -> dict[str, str]:
        for _ in range(15):
            self.ask("GET", self.path(run))
        return super().told(run)


@breaks("CLIENT-POLL-002")
class PollsWhatWaits(SmallClient):
    """A run that waits for its caller is read and read before it is answered."""

    def answered(self, run: Any) -> Any:
        for _ in range(40):
            self.ask("GET", self.path(run))
        return super().answered(run)


@breaks("CLIENT-POLL-003")
class PollsAsFastAsItCan(SmallClient):
    """How long the server asks to wait is not looked at."""

    def pause(self, own: float) -> float:
        return 0.005


@breaks("CLIENT-THREAD-001")
class RunsTwice(SmallClient):
    """A second run is begun on the thread at once."""

    def begun(self, path: str, assistant_id: str) -> Any:
        run = super().begun(path, assistant_id)
        with contextlib.suppress(Refused):
            self.ask("POST", path, self.create_body(assistant_id))
        return run


@breaks("CLIENT-THREAD-001")
class TalksMeanwhile(SmallClient):
    """A message is added to the thread while its run is at work."""

    def begun(self, path: str, assistant_id: str) -> Any:
        run = super().begun(path, assistant_id)
        said = {"role": "user", "content": "Are you there?"}
        with contextlib.suppress(Refused):
            self.ask("POST", path.replace("/runs", "/messages"), said)
        return run


@breaks("CLIENT-CANCEL-001")
class CancelsWhatEnded(SmallClient):
    """A run that has ended is cancelled, to be sure."""

    def told(self, run: Any) -> dict[str, str]:
        with contextlib.suppress(Refused):
            self.ask("POST", f"{self.path(run)}/cancel")
        return super().told(run)


# Trying again.


@breaks("CLIENT-RETRY-001")
class DoesNotWait(SmallClient):
    """How long the server asks to wait before a request is sent again is not looked at."""

    def wait(self, headers: Any, attempt: int) -> float:
        return 0.01


@breaks("CLIENT-RETRY-002")
class Insists(SmallClient):
    """What was refused for what it is, is sent again and again."""

    def create_body(self, assistant_id: str) -> dict[str, Any]:
        return {**super().create_body(assistant_id), "temperature": 99}

    def begun(self, path: str, assistant_id: str) -> Any:
        while True:
            try:
                return super().begun(path, assistant_id)
            except Refused:
                time.sleep(0.02)


@breaks("CLIENT-RETRY-003")
class NeverGivesUp(SmallClient):
    """What fails is sent again at once, and again, for ever."""

    def begun(self, path: str, assistant_id: str) -> Any:
        while True:
            try:
                return super().begun(path, assistant_id)
            except GivenUp:
                time.sleep(0.02)

    def wait(self, headers: Any, attempt: int) -> float:
        return 0.02


# Streams.


@breaks("CLIENT-STREAM-001", streams=True)
class HangsUp(SmallClient):
    """A stream is left at its first message, and its run left alone."""

    def streamed(self, response: Any) -> Any:
        for name, data in self.events(response):
            if name == "thread.message.created":
                response.close()
                raise GivenUp(f"heard enough: {data[:40]}")
        return None


@breaks("CLIENT-STREAM-002", streams=True)
class BeginsAnew(SmallClient):
    """After a stream that broke off a new run is begun, whatever became of the first."""

    def begun(self, path: str, assistant_id: str) -> Any:
        with self.sent(
            "POST", path, {**self.create_body(assistant_id), "stream": True}
        ) as response:
            run = self.streamed(response)
        if run is None or run["status"] in LIVE:
            self.streams = False
            time.sleep(1.0)
            return super().begun(path, assistant_id)
        return run


# What comes of it.


@breaks("CLIENT-END-001")
class IgnoresExpired(SmallClient):
    """A run that expired is waited for."""

    def settled(self, run: Any) -> Any:
        run = super().settled(run)
        while run["status"] == "expired":
            time.sleep(0.2)
            run = self.ask("GET", self.path(run))
        return run


@breaks("CLIENT-END-001")
class NeverReturnsOnIncomplete(SmallClient):
    """A run that is incomplete is waited for."""

    def settled(self, run: Any) -> Any:
        run = super().settled(run)
        while run["status"] == "incomplete":
            time.sleep(0.2)
            run = self.ask("GET", self.path(run))
        return run


@breaks("CLIENT-END-009")
class TrustsHasMore(SmallClient):
    """Pages are asked for as long as they say that more follow, empty ones, too."""

    last = ""

    def pages(self, path: str, order: str) -> Iterator[Any]:
        cursor = ""
        while True:
            page = self.ask("GET", f"{path}?limit={self.page_size}&order={order}{cursor}")
            yield from page["data"]
            if not page["has_more"]:
                return
            self.last = page["data"][-1]["id"] if page["data"] else self.last
            cursor = f"&after={self.last}"


@breaks("CLIENT-END-002")
class StopsAtCancelling(SmallClient):
    """A run that is being cancelled is taken for one that has ended."""

    def settled(self, run: Any) -> Any:
        while run["status"] in LIVE - {"cancelling"}:
            time.sleep(0.05)
            run = self.ask("GET", self.path(run))
        return run


@breaks("CLIENT-END-003")
class AlwaysCompletes(SmallClient):
    """Whatever became of the run, it is told to have completed."""

    def told(self, run: Any) -> dict[str, str]:
        return {**super().told(run), "status": "completed"}


@breaks("CLIENT-END-004", streams=True)
class LosesADelta(SmallClient):
    """The second piece of each message is lost."""

    count = 0

    def seen(self, name: str, value: Any, run: Any) -> Any:
        self.count += name == "thread.message.delta"
        return (
            run
            if name == "thread.message.delta" and self.count == 2
            else super().seen(name, value, run)
        )


@breaks("CLIENT-END-004")
class ReadsTheFirstPage(SmallClient):
    """Only the first page of a list is read."""

    def pages(self, path: str, order: str) -> Iterator[Any]:
        yield from self.ask("GET", f"{path}?limit={self.page_size}&order={order}")["data"]


@breaks("CLIENT-END-005")
class AnswersOnce(SmallClient):
    """A run that calls again is not answered again."""

    has_answered = False

    def answered(self, run: Any) -> Any:
        if self.has_answered:
            raise GivenUp("it was answered before")
        self.has_answered = True
        return super().answered(run)


KNOWN_FIELDS = {
    *("started_at", "expires_at", "cancelled_at", "failed_at", "completed_at", "usage"),
    *("required_action", "last_error", "incomplete_details"),
    *("id", "object", "created_at", "assistant_id", "thread_id", "status", "model"),
    *("instructions", "tools", "tool_resources", "metadata", "temperature", "top_p"),
    *("reasoning_effort", "max_completion_tokens", "max_prompt_tokens", "truncation_strategy"),
    *("response_format", "tool_choice", "parallel_tool_calls"),
}
KNOWN_EVENTS = ("thread.", "done", "error")


@breaks("CLIENT-END-006")
class RefusesUnknownFields(SmallClient):
    """A run with a field that the client does not know is an error of its own."""

    def settled(self, run: Any) -> Any:
        run = super().settled(run)
        if run.keys() - KNOWN_FIELDS:
            raise TypeError(f"unexpected {run.keys() - KNOWN_FIELDS}")
        return run


@breaks("CLIENT-END-006", streams=True)
class NeedsAnnotations(SmallClient):
    """A delta without annotations is an error of its own."""

    def seen(self, name: str, value: Any, run: Any) -> Any:
        if name == "thread.message.delta":
            [part["text"]["annotations"] for part in value["delta"]["content"]]
        return super().seen(name, value, run)


@breaks("CLIENT-END-007", streams=True)
class RefusesUnknownEvents(SmallClient):
    """An event that the client does not know is an error of its own."""

    def seen(self, name: str, value: Any, run: Any) -> Any:
        if not name.startswith(KNOWN_EVENTS):
            raise ValueError(name)
        return super().seen(name, value, run)


@breaks("CLIENT-END-008", streams=True)
class KnowsOneLineEnd(SmallClient):
    """Only LF ends a line; CR before it is an error of its own."""

    def lines(self, response: Any) -> Iterator[str]:
        rest = b""
        for chunk in self.chunks(response):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                if line.endswith(b"\r"):
                    raise ValueError(line)
                yield line.decode()


@breaks("CLIENT-END-008", streams=True)
class CutsLetters(SmallClient):
    """Each piece of a stream is decoded by itself, though a letter may be cut by its end."""

    def chunks(self, response: Any) -> Iterator[bytes]:
        for chunk in super().chunks(response):
            yield chunk.decode("utf-8", "replace").encode()


@breaks("CLIENT-END-008", streams=True)
class KnowsNoComments(SmallClient):
    """Whatever stands in a line of a stream is taken for data."""

    def lines(self, response: Any) -> Iterator[str]:
        for line in super().lines(response):
            yield f"data: {line[1:]}" if line.startswith(":") else line


@breaks("CLIENT-END-009")
class TriesOnce(SmallClient):
    """A request that fails is not sent again."""

    def wait(self, headers: Any, attempt: int) -> float:
        raise GivenUp("the server is in trouble")


@breaks("CLIENT-END-010")
class EndsInATraceback(SmallClient):
    """A run that did not complete is an error of its own."""

    def told(self, run: Any) -> dict[str, str]:
        assert run["status"] == "completed", json.dumps(run)
        return super().told(run)
