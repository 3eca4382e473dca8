"""Tests of the load: by hand what needs no Locust, in processes of their own what does."""
