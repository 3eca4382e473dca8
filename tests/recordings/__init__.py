"""Recordings: read by content, judged, played."""
