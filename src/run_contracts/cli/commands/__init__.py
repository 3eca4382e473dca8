"""The commands, one a module; each is its module's `command`."""
