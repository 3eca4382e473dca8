"""Tests of the command line and the pytest plugin."""
