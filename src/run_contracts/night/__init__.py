"""A night: a check that goes on to search for hours, in rounds, from what it found before."""
