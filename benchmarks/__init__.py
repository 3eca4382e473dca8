"""Measures of run_contracts: ``python -m benchmarks [verdict] [making] [startup] [check]``."""
