"""Reading requests: their queries and bodies, and the refusals of those that are wrong."""
