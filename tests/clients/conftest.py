"""What pytest must leave alone here: drivers run where their clients are installed."""

collect_ignore_glob = ["drivers/*"]
