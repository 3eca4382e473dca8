"""The engine: a check from its plan to its exit code, told as events."""
