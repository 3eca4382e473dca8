"""Lives: what happens to one run, as a poller sees it, as a stream shows it, and as lists hold it."""
