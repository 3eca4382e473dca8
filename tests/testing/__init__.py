"""The pytest plugin, in projects that use it."""
