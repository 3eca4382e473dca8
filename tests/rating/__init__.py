"""Checkers rated: what they catch, and what they say of right servers."""
