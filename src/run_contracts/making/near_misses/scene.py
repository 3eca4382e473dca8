"""The scene of exchanges: one plain conversation with a server, request by request.

An exchange in a near miss is a JSON object: `method`, `path`, `body`, `status` and `answer`, or
`events` where a stream is answered. Some say more: `headers` of the request, the `content_type` of
the answer, what the sender knew (`intent`), and which were under way at the same time (`together`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from run_contracts.contract.loading import Contract
from run_contracts.contract.operations import operations
from run_contracts.making.generators.content import PREFIXES
from run_contracts.making.generators.typical import TAIL, numbered
from run_contracts.making.near_misses.miss import Miss
from run_contracts.making.typical_content import PLAIN_CONTENT
from run_contracts.making.typical_objects import typical_object
from run_contracts.traffic.exchange import BAD_REQUEST, OK
from run_contracts.types import JSONObject

EXCHANGES = "exchanges"
TYPICAL_IDS = {name: PREFIXES[name] + TAIL for name in ("thread_id", "run_id", "step_id")}
"""The ids in the paths of a scene, unless it says others."""
OTHER_IDS = {name: numbered(id_, 2) for name, id_ in TYPICAL_IDS.items()}
"""Ids of something else."""
Exchanges = list[JSONObject]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What may be seen of a server of one contract."""

    contract: Contract

    def made(self, kind: str, status: str | None = None, **fixed: Any) -> JSONObject:
        """Return a typical object; a run without metadata unless it is given."""
        if kind == "run":
            fixed = {"metadata": {}, **fixed}
        return typical_object(self.contract, kind, status, **fixed)

    def sent(  # noqa: PLR0913 - the parts of an exchange
        self,
        operation: str,
        answer: Any,
        *,
        body: Any = None,
        status: int = OK,
        query: str = "",
        ids: Mapping[str, str] = TYPICAL_IDS,
        **more: Any,
    ) -> JSONObject:
        """Return an exchange: a request of an operation, with its answer."""
        known = operations(self.contract.edition)[operation]
        return {
            "method": known.method,
            "path": known.url(**{**TYPICAL_IDS, **ids}) + query,
            "body": body,
            "status": status,
            "answer": answer,
            **more,
        }

    def read(self, status: str, **fixed: Any) -> JSONObject:
        """Return a read of a run in a status."""
        return self.sent("getRun", self.made("run", status, **fixed))

    def created(self, run: JSONObject | None = None, /, **asked: Any) -> JSONObject:
        """Return the create of a run, which is just queued unless it is given."""
        answer = self.made("run", **asked) if run is None else run
        body = {"assistant_id": answer["assistant_id"], **asked}
        return self.sent("createRun", answer, body=body)


def refusal(message: str, status: int = BAD_REQUEST) -> JSONObject:
    """Return the status and the answer of a refusal."""
    error = {**PLAIN_CONTENT["error"]["error"], "message": message}
    return {"status": status, "answer": {"error": error}}


def differing(
    legal: Exchanges,
    at: int,
    sentence: str,
    *,
    after: Mapping[int, JSONObject] | None = None,
    **changes: Any,
) -> Miss:
    """Return a miss that differs from legal exchanges in one of them, and in what came of it."""
    broken = [{**one, **(after or {}).get(number, {})} for number, one in enumerate(legal)]
    broken[at] |= changes
    wrong = next(name for name in changes if changes[name] != legal[at].get(name))
    return Miss(
        kind=EXCHANGES,
        value=broken,
        pointer=f"/{at}/{wrong}",
        sentence=sentence,
        legal=legal,
    )


def showing(legal: Exchanges, at: int, sentence: str, /, **fields: Any) -> Miss:
    """Return a miss in which fields of one answered object are others."""
    miss = differing(legal, at, sentence, answer={**legal[at]["answer"], **fields})
    return Miss(
        kind=miss.kind,
        value=miss.value,
        pointer=f"{miss.pointer}/{next(iter(fields))}",
        sentence=sentence,
        legal=legal,
    )
