"""Refusals in a form of their own, with the wrong status, or that do not come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from starlette.requests import Request
from starlette.responses import Response

from run_contracts.server.event_frames import Streaming
from run_contracts.server.faults.fault import Fault
from run_contracts.server.queries import page_query
from run_contracts.server.records import Run, Wire
from run_contracts.server.refusal import Refusal


class BareErrors(Streaming):
    """RUN-ERR-001: refusals come without the error envelope."""

    def refusal_body(self, refusal: Refusal) -> Wire:
        return {"detail": refusal.message}


class ErrorIsText(Streaming):
    """RUN-ERR-001-b: error of a refusal is its message."""

    def refusal_body(self, refusal: Refusal) -> Wire:
        return {"error": refusal.message}


class UnknownThreadIsEmpty(Streaming):
    """RUN-ERR-006: the runs of a thread that does not exist are an empty list."""

    def list_runs(self, thread_id: str, query: Mapping[str, str]) -> Wire:
        if thread_id not in self.threads:
            return self.page([], page_query(query))
        return super().list_runs(thread_id, query)


class UnknownIsLatest(Streaming):
    """RUN-ERR-006-b: a run that does not exist is answered with the latest of its thread."""

    def get_run(self, thread_id: str, run_id: str) -> Wire:
        runs = self.find_thread(thread_id).runs
        known = [run.id for run in runs]
        return super().get_run(thread_id, run_id if run_id in known or not known else known[-1])


class UnknownIsBad(Streaming):
    """RUN-ERR-007: an unknown id is refused with 400."""

    def absence(self, kind: str, wanted: str) -> Refusal:
        return Refusal(f"Invalid {kind} id '{wanted}'.")


class UnknownIsFailure(Streaming):
    """RUN-ERR-008: an unknown id is answered 500."""

    def absence(self, kind: str, wanted: str) -> Refusal:
        return failure()


def odd_ids() -> Iterator[Fault]:
    """Yield a fault for each kind of odd id: it is answered 500."""
    for fault, (kind, is_odd) in ODD.items():
        yield Fault(id=fault, sentence=f"An id {kind} is answered 500.", defect=_failing(is_odd))


def _failing(is_odd: Callable[[str], bool]) -> type[Streaming]:
    class Defect(Streaming):
        def absence(self, kind: str, wanted: str) -> Refusal:
            return failure() if is_odd(wanted) else super().absence(kind, wanted)

    return Defect


ODD: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "RUN-ERR-008-e": ("without a prefix", lambda wanted: "_" not in wanted),
    "RUN-ERR-008-f": ("of more than 255 characters", lambda wanted: len(wanted) > LONGEST),
    "RUN-ERR-008-g": ("that is not ASCII", lambda wanted: not wanted.isascii()),
    "RUN-ERR-008-h": ("with a percent sign", lambda wanted: "%" in wanted),
    "RUN-ERR-008-i": ("of nothing but spaces", lambda wanted: not wanted.strip()),
}
"""What servers break at in ids that name nothing, by fault."""
LONGEST = 255
"""Characters that fit into a column of many databases."""


class NoJsonIsFailure(Streaming):
    """RUN-ERR-008-b: a body that is not what it should be is answered 500."""

    def read_body(self, data: bytes, kind: str) -> Wire:
        try:
            return super().read_body(data, kind)
        except Refusal:
            raise failure() from None


class WrongCallIsFailure(Streaming):
    """RUN-ERR-008-c: an output for a call that the run did not make is answered 500."""

    def outputs(self, run: Run, given: list[Wire]) -> dict[str, str]:
        known = {call["id"] for call in run.calls}
        if any(one.get("tool_call_id") not in known for one in given):
            raise failure()
        return super().outputs(run, given)


class LateCancelIsFailure(Streaming):
    """RUN-ERR-008-d: a cancel of a run that has ended is answered 500."""

    def refuse_cancel(self, run: Run) -> None:
        raise failure()


class WrongKeyIsForbidden(Streaming):
    """RUN-ERR-009: a wrong key is refused with 403."""

    def refuse_key(self, message: str) -> Refusal:
        return Refusal(message, status=403, code="invalid_api_key")


class AnyAssistant(Streaming):
    """RUN-ERR-010: a run created without assistant_id gets the first assistant there is."""

    def read_body(self, data: bytes, kind: str) -> Wire:
        if kind == "create_run_request" and data == b"{}" and self.assistants:
            return {"assistant_id": next(iter(self.assistants))}
        return super().read_body(data, kind)


class WrongFieldsIgnored(Streaming):
    """RUN-ERR-011: a modify whose body is wrong is accepted, and changes nothing."""

    def read_body(self, data: bytes, kind: str) -> Wire:
        try:
            return super().read_body(data, kind)
        except Refusal:
            if kind == "modify_run_request":
                return {}
            raise


class MadeUpAssistant(Streaming):
    """RUN-ERR-012: a run for an assistant that does not exist has a plain one."""

    def find_assistant(self, assistant_id: str) -> Wire:
        known = self.assistants.get(assistant_id)
        plain: Wire = {"model": "gpt-4o", "instructions": None, "tools": [], "file_ids": []}
        return {"id": assistant_id, **plain} if known is None else known


class EditionInUse(Streaming):
    """RUN-ERR-013: a request that names no edition is taken for one of that in use."""

    def edition_unnamed(self) -> str:
        return "v2" if self.threads else "v1"


class AnyMethod(Streaming):
    """RUN-HTTP-003: a method that does not exist is answered 200."""

    def leaving(self, request: Request, response: Response) -> Response:
        if response.status_code == 405:  # noqa: PLR2004 - method not allowed
            response = Response("{}", media_type="application/json")
        return super().leaving(request, response)


def failure() -> Refusal:
    """Return the answer of a server that broke at a request."""
    return Refusal("Internal server error", status=500)
