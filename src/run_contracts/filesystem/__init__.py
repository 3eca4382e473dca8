"""Files that people name: opened without waiting for ever, read with bounds, written or told."""
