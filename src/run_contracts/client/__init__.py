"""The client: what is sent to a target, and how much of it. Nothing else in the package sends."""
