"""Recordings: files of traffic that somebody kept, read by content, judged, and played."""
