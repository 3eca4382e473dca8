"""Recorded answers, judged as they lie in files."""
