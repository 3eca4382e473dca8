"""What the reference server is told that runs shall go through."""
