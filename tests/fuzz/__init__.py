"""Everything that reads a file, given what no file should be."""
