"""What passed, as an exchange that was recorded, and the session that it belongs to."""

from __future__ import annotations

from dataclasses import replace

from run_contracts.contract.operations import BETA
from run_contracts.recordings.recorded import Recorded
from run_contracts.recordings.sessions import key_of, server_of
from run_contracts.traffic.exchange import OK, Request, Response
from run_contracts.watching.judge_messages import Passed

SessionKey = tuple[str, ...]


def session_key(request: Request) -> SessionKey:
    """Return what tells the session of a request from others: server, key and edition."""
    beta = [value for name, value in request.headers if name.lower() == BETA]
    return (*server_of(request), key_of(request), *beta)


def recorded_passage(request: Request, passed: Passed, sent: bytes, body: bytes) -> Recorded:
    """Return what passed as an exchange that was recorded by somebody who saw its end."""
    response = Response(
        status=passed.status,
        headers=passed.headers,
        body=body,
        seconds=passed.seconds,
        is_whole=passed.is_whole,
        is_left=passed.is_left,
        broken_off=passed.broken_off,
        failure=passed.failure,
        silences=passed.silences,
    )
    asked = replace(request, body=sent)
    return Recorded(request=asked, response=response, at=passed.at, is_checked=True)


def shows_run(response: Response) -> bool:
    """Say whether a success shows a run."""
    return OK <= response.status < 300 and bool(response.payload.objects["run"])  # noqa: PLR2004
