"""Catalogues: what is made by name, out of the contract alone: edge cases and near misses."""
