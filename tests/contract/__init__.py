"""Tests of the contract data."""
