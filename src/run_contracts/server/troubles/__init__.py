"""Trouble that a client meets on purpose: failures, delays, broken connections, odd streams."""
