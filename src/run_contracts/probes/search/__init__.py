"""Search: generated attempts to break the contract, and shorter ones that break the same."""
