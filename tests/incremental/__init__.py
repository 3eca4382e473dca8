"""Exchanges judged as they come."""
