"""Tests of how much of the contract some evidence shows."""
