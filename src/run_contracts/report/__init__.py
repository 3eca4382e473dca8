"""Reports: consumers of events, and of nothing else."""
