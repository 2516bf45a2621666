"""Asking a model: rows in, checked answers out."""
