"""Bytes and values against the contract."""
