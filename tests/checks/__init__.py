"""Checks, tried on conversations that are told by hand."""
