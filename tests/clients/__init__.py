"""A small client of ours, right unless a fault is asked for; a server that keeps what it was sent."""
