"""Checks, tried on traffic that is written by hand."""
