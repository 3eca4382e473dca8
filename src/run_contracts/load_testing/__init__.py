"""What the Locust user is made of: whole lives, driven by many at once, and every history judged."""
