"""Recorded answers judged: one, a part of a file, a file of any length in several processes."""
