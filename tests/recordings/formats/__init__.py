"""The forms in which recorders keep traffic."""
