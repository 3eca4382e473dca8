"""A check reads what was sent and answered once, with all its reports."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.engine.decoding import checked, counted, reported, there_are


@pytest.mark.parametrize("edition", ["v1", "v2"])
@pytest.mark.parametrize("fault", ["RUN-LIST-005", "RUN-STREAM-003"])
def test_no_body_and_no_frame_is_decoded_twice(edition: str, fault: str) -> None:
    """From the wire to the page, the scripts and the list of what is left behind."""
    with counted() as decoded:
        events = checked(fault, edition)
        assert decoded.total() > 50
        reported(events)
    assert decoded - there_are(events) == Counter()
