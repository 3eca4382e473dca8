"""The self-test of the checks."""
