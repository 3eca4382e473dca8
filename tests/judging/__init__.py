"""Tests of judging values and recordings."""
