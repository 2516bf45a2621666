"""Samples of two windows and what is counted of them."""
