"""What other tools see of an Assistants run, and what we see of the same, each measured here."""
