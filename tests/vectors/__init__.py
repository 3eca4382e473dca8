"""The vectors: what is committed is made, holds, and is read in other languages."""
