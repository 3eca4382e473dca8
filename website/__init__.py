"""The documentation as a site: what is written by hand, and the reference that is generated."""
