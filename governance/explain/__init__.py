"""Explanations of single predictions and of whole models."""
