"""``python -m run_contracts`` is ``run-contracts``, also where scripts are not on the path."""

from __future__ import annotations

from run_contracts.cli import main

if __name__ == "__main__":
    main()
