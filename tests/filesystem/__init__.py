"""Files that people name, as people name them."""
