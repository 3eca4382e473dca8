"""The sets of vectors of an edition: values, histories, streams, requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, cast

from run_contracts import load
from run_contracts.contract.operations import operations
from run_contracts.making import NearMiss, edge_cases, near_misses
from run_contracts.making.edge_cases import edge_kinds
from run_contracts.making.lives.stream_events import as_sse
from run_contracts.making.near_misses.refused_bodies import wrong_bodies
from run_contracts.types import Edition
from vectors.identities import Identities
from vectors.judged_misses import how_broken
from vectors.stream_text import decoded, form_vectors
from vectors.vector_files import Vector, VectorFile

HISTORY, STREAM = "history", "stream"
CREATE, CREATE_THREAD, SUBMIT = "createRun", "createThreadAndRun", "submitToolOutputs"
REFUSED = 400
"""What the hosted service answered to a request of a wrong form; any of 400 to 499 refuses."""


def files(edition: str, ids: Identities) -> Iterator[VectorFile]:
    """Yield every file of an edition, the large vectors among the others."""
    misses: dict[str, list[NearMiss]] = defaultdict(list)
    for miss in near_misses(edition=cast("Edition", edition)):
        misses[miss.kind].append(miss)
    requests = {one.request: one.id for one in operations(edition).values() if one.request}
    for kind in edge_kinds(load(cast("Edition", edition))):
        if kind not in (HISTORY, STREAM, *requests):
            yield _legal(edition, "edge-cases", kind, {"kind": kind}, _values(edition, kind, ids))
    histories, streams = misses.pop(HISTORY), misses.pop(STREAM)
    for kind, of_kind in misses.items():
        vectors = tuple(_missed(one, ids) for one in of_kind)
        yield _legal(edition, "near-misses", kind, {"kind": kind}, vectors)
    legal: dict[str, Any] = {"is_legal": True}
    broken: dict[str, Any] = {"is_legal": False}
    yield _legal(edition, "histories", "legal", legal, _values(edition, HISTORY, ids))
    lives = tuple(_missed(one, ids) for one in histories)
    yield _legal(edition, "histories", "broken", broken, lives)
    yield _legal(edition, "streams", "legal", legal, tuple(_streams(edition, ids)))
    yield _legal(edition, "streams", "forms", legal, tuple(form_vectors(edition, ids)))
    wrong = tuple(_broken_stream(one, ids) for one in streams)
    yield _legal(edition, "streams", "broken", broken, wrong)
    yield from _requests(edition, ids)


def _legal(
    edition: str, set_: str, name: str, about: dict[str, Any], vectors: tuple[Vector, ...]
) -> VectorFile:
    return VectorFile(edition=edition, set=set_, name=name, about=about, vectors=vectors)


def _values(edition: str, kind: str, ids: Identities) -> tuple[Vector, ...]:
    """Return the edge cases of a kind."""
    return tuple(
        {
            "id": ids.named(f"{edition}/{kind}/{case.name}", case.what),
            "what": case.what,
            "value": case.value,
        }
        for case in edge_cases(cast("Edition", edition), kind=kind)
    )


def _missed(miss: NearMiss, ids: Identities) -> Vector:
    """Return a near miss; of a body, the value is its text."""
    return {
        "id": ids.numbered(f"{miss.edition}/{miss.requirement}", miss.sentence),
        "what": miss.sentence,
        "broken": how_broken(miss),
        "value": miss.value,
    }


def _streams(edition: str, ids: Identities) -> Iterator[Vector]:
    """Yield the edge cases of streams, as text and as events."""
    for case in edge_cases(cast("Edition", edition), kind=STREAM):
        first = case.value[0]["event"]
        operation = CREATE_THREAD if first == "thread.created" else CREATE
        yield {
            "id": ids.named(f"{edition}/{STREAM}/{case.name}", case.what),
            "what": case.what,
            "operation": SUBMIT if first == "thread.run.step.completed" else operation,
            "text": as_sse(case.value),
            "events": case.value,
        }


def _broken_stream(miss: NearMiss, ids: Identities) -> Vector:
    """Return a stream that breaks a rule, as the text that is sent and the events in it."""
    return {
        "id": ids.numbered(f"{miss.edition}/{miss.requirement}", miss.sentence),
        "what": miss.sentence,
        "broken": how_broken(miss),
        "operation": miss.operation,
        "content_type": miss.content_type,
        "text": miss.text,
        "events": decoded(miss.text),
    }


def _requests(edition: str, ids: Identities) -> Iterator[VectorFile]:
    """Yield a file for each operation that takes a body: those that are right, and wrong ones."""
    contract = load(cast("Edition", edition))
    for operation in operations(edition).values():
        if operation.request is None:
            continue
        right = (
            {
                "id": ids.named(f"{edition}/{operation.id}/{case.name}", case.what),
                "what": case.what,
                "body": case.value,
            }
            for case in edge_cases(cast("Edition", edition), kind=operation.request)
        )
        wrong = (
            {
                "id": ids.named(f"{edition}/{operation.id}/wrong-{one.name}", one.sentence),
                "what": one.sentence,
                "refused": {
                    "requirement": one.requirement,
                    "level": str(contract.register[one.requirement].level),
                    "pointer": one.pointer,
                    "code": one.code,
                    "status": REFUSED,
                },
                "body": one.body,
            }
            for one in wrong_bodies(contract, operation)
        )
        about = {
            "operation": operation.id,
            "method": operation.method,
            "path": operation.path,
            "kind": operation.request,
        }
        yield _legal(edition, "requests", operation.id, about, (*right, *wrong))
