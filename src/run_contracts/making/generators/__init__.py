"""Generators: from forms to values, by hypothesis, by faker, or the simplest and fullest."""
