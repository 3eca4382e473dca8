"""What a request is told that no recorded exchange fits: what was asked, and what was expected."""

from __future__ import annotations

import json
from itertools import islice

from run_contracts.filesystem.single_line import line, shortened
from run_contracts.recordings.playing.plain_request import (
    PlainRequest,
    body_differences,
    is_same_place,
    is_same_query,
)
from run_contracts.recordings.playing.play import Play
from run_contracts.validation.found import shown

NOT_RECORDED = "not_in_recording"
MOST_DIFFERENCES = 5
LONGEST_DIFFERENCE = 60
LONGEST_SHOWN_REQUEST = 200
"""Characters of a value, and of a request, that are shown."""


def refusal(play: Play, asked: PlainRequest) -> tuple[int, bytes]:
    """Return status and body of the answer to what nothing fits.

    404 if the recording has no such path, 409 if it has, at another time or in other words.
    """
    alike = [one for one in play.recording.exchanges if is_same_place(one.request, asked)]
    message = f"{_named(play, asked)} is not in the recording{_why(play, asked)}{_next(play)}."
    return (409 if alike else 404), error_body(message)


def error_body(message: str) -> bytes:
    """Return the error envelope of the contract."""
    error = {"message": line(message), "type": "invalid_request_error", "param": None}
    return json.dumps({"error": {**error, "code": NOT_RECORDED}}).encode()


def _why(play: Play, asked: PlainRequest) -> str:
    """Return what keeps the nearest exchange from fitting, as the end of a clause."""
    left = [one.request for one in play.left() if is_same_place(one.request, asked)]
    if not left:
        places = (one.request for one in play.recording.exchanges)
        is_known = any(is_same_place(one, asked) for one in places)
        return " again: all that was recorded of it was played" if is_known else ""
    same_query = [one for one in left if is_same_query(one, asked)]
    if not same_query:
        recorded = "&".join(f"{name}={value}" for name, value in left[0].query) or "none"
        return f": its query differs, recorded is {_cut(play, recorded)}"
    found = list(islice(body_differences(same_query[0], asked), MOST_DIFFERENCES))
    where = [
        f"{_cut(play, pointer) or 'all of it'} (sent {_cut(play, shown(sent))}, "
        f"recorded {_cut(play, shown(recorded))})"
        for pointer, sent, recorded in found
    ]
    return f": its body differs at {', '.join(where)}"


def _next(play: Play) -> str:
    expected = play.expected()
    if expected is None:
        return "; nothing more is expected, all of it was played"
    return f"; expected next: {_named(play, expected.request)}"


def _named(play: Play, request: PlainRequest) -> str:
    path = play.as_played(request.path.encode("utf-8", "replace")).decode("utf-8", "replace")
    return shortened(f"{request.method} {path}", LONGEST_SHOWN_REQUEST)


def _cut(play: Play, text: str) -> str:
    """Return a value with the ids of the play, of a length that can be read."""
    played = play.as_played(text.encode("utf-8", "replace")).decode("utf-8", "replace")
    return shortened(played, LONGEST_DIFFERENCE)
