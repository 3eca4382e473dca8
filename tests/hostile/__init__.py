"""Servers that are hostile or broken, and what a check of each must not do."""
