"""Tests of checking servers."""
