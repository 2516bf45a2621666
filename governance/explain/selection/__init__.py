"""Which way a model can be explained, on which background."""
