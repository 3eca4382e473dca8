"""What the Locust user is made of: whole lives, driven at once, and every history judged."""
