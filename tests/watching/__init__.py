"""Live traffic that is judged while it passes."""
