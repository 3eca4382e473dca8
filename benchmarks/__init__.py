"""Measures: ``python -m benchmarks [verdict] [making] [startup] [check] [selftest]``."""
