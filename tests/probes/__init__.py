"""Probes: what they need around their runs, and the search for what none of them does."""
