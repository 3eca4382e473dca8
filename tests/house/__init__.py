"""The project as a whole: its map, its README, its action."""
