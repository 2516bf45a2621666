"""Whether a model file is safe to load, and what it is."""
