"""Nights: checks that search on for hours."""
