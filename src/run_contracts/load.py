"""Load tests that judge: ``from run_contracts.load import RunUser`` in a locustfile.

Needs the extra ``load``. What is named here is loaded when it is used, for Locust patches the
process that imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from run_contracts.lazy_imports import lazy_names

if TYPE_CHECKING:
    from run_contracts.load_testing.run_user import RunUser

__all__ = ["RunUser"]

__getattr__, __dir__ = lazy_names("run_contracts.load_testing", {"RunUser": "run_user"})
