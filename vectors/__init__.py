"""The contract as examples, for any language: what is legal at the edges, what breaks one rule.

The files below this folder are data; the modules here write them (`python -m vectors`), and no
reader needs them. docs/vectors.md says what stands in them.
"""
