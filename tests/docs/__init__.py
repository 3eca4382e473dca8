"""The documentation is run: every block of code in it does what its page says."""
