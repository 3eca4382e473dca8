"""Checks of whole servers: right ones, odd ones, and ones that stop."""
