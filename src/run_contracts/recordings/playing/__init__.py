"""Recordings played: a server that answers as the recorded one did."""
