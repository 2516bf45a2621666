"""Robustness against structured corruptions."""
