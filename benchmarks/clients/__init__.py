"""Ordinary programs that talk to a server, as their users write them; none of them judges."""
