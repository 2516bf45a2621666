"""Shapley values by asking the model, with their error."""
