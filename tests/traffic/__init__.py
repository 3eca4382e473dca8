"""From exchanges to what they show together, and recorded traffic."""
