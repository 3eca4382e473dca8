"""Recordings played as servers."""
