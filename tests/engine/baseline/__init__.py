"""Known failures."""
