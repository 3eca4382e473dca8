"""A small client, right or faulty, and a server that keeps what it was sent."""
