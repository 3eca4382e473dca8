"""The search for what breaks the contract."""
