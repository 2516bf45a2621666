"""Explore, robustness: what happens when the data break."""
