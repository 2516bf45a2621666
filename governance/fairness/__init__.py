"""Metrics by group, with their uncertainty."""
