"""The reference server as an application in process, with the fault that the environment names."""

from __future__ import annotations

import os

from run_contracts.server import ServerOptions, create_app

FAULT = "RUN_CONTRACTS_NIGHT_FAULT"

app = create_app(ServerOptions.for_checking(faults=tuple(filter(None, [os.environ.get(FAULT)]))))
