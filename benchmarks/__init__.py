"""Measures of run_contracts: ``python -m benchmarks [verdict] [startup] [check] [selftest]``."""
