"""Recorded answers judged: one, a session, a file of any length in several processes."""
