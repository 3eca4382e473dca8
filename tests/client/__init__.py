"""What sends: the way to a target, and how much may go over it."""
