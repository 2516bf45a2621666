"""Ways to learn what a model says about rows with changed columns."""
