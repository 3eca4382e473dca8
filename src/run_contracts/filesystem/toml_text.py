"""TOML that people wrote: a table, or one line that says why not."""

from __future__ import annotations

import tomllib
from typing import Any

from run_contracts.errors import UsageError
from run_contracts.filesystem.opening import FileName, read
from run_contracts.filesystem.single_line import LONGEST_WHY, line, name_of, shortened

LARGEST_TOML = 8 * 1024**2
"""Bytes of a TOML file that are read."""


def read_table(file: FileName) -> dict[str, Any]:
    """Return the table that a TOML file holds; raise `UsageError` that says why it holds none."""
    data = read(file, limit=LARGEST_TOML)
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is not UTF-8; save it as UTF-8"
    except RecursionError:
        reason = "nested too deep"
    except ValueError as error:
        # A syntax error is one, and a number of thousands of digits is another.
        reason = shortened(line(str(error)), LONGEST_WHY)
    raise UsageError(f"{name_of(file)}: cannot be read as TOML: {reason}")
