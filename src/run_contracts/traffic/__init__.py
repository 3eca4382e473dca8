"""Traffic: from bytes to exchanges, and from exchanges to the histories of runs."""
