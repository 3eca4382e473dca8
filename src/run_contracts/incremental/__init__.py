"""Evidence that grows: exchanges judged as they come, at a constant cost, in bounded memory."""
