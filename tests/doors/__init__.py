"""Paths that people import or name in a variable."""
