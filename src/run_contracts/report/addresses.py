"""Where a report says that requests went: a report that somebody else wrote names what it likes.

What is made of it, scripts and requests to send again, leads to the server it is about or nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from run_contracts.traffic.base_urls import below, is_base
from run_contracts.traffic.shell import is_check

_METHOD = re.compile("[A-Za-z]{1,20}(?:-[A-Za-z]{1,20}){0,2}")


def wrong_target(target: str) -> str:
    """Return why a target cannot be one; empty if it can."""
    return "" if is_base(target) else "the target is no base URL of a server over http or https"


def wrong_request(value: Mapping[str, Any], target: str) -> str:
    """Return why a request cannot have been sent to a target; empty if it can.

    `value` has `method` and `url`. Secrets in them are replaced by their names, in the target, too.
    """
    if not _METHOD.fullmatch(value["method"]):
        return "the method of the request is none of HTTP"
    if below(target, value["url"]) is None:
        return "the URL of the request does not lie below that of the target"
    return ""


def typed_command(command: str) -> str:
    """Return a command to type, if a check can have written it; else none, so that nobody does."""
    return command if is_check(command) else ""
