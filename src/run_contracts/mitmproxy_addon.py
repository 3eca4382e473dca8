"""A watch inside mitmproxy: ``mitmdump -s $(python -m run_contracts.mitmproxy_addon)``.

Run as a module it prints its own path, for that is what mitmproxy takes.
"""

from __future__ import annotations

from pathlib import Path

from run_contracts.extras import named_extras

with named_extras():
    from run_contracts.watching.mitmproxy_flows import WatchAddon

addons = [WatchAddon()]

if __name__ == "__main__":
    print(Path(__file__).resolve())  # noqa: T201 - that is what it is for
