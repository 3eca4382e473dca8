"""Reports, all made of events."""
