"""Checkers that people have besides ours, set up as their documentation says."""
