"""Lives: what happens to one run, as pollers see it, as streams show it, as lists hold it."""
