"""Text from outside made fit for where it is shown: no control of a terminal, no illegal XML."""

from __future__ import annotations

import re

from run_contracts.filesystem.single_line import STEERING, escape, line

__all__ = ["document", "line"]

_IN_DOCUMENTS = re.compile(f"[{STEERING}\ufffe\uffff]")


def document(text: str) -> str:
    r"""Return a text fit for XML and HTML: what they cannot hold, or obey, is shown as escapes.

    >>> print(document("a\x00b\u202ec"))
    a\x00b\u202ec
    """
    return _IN_DOCUMENTS.sub(escape, text)
