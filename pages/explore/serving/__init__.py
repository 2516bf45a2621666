"""Explore, serving: is what is served what was approved."""
